/** What conformance graphs run. Plain JavaScript, so that worker threads of the built program can load it. */
const fs = require('node:fs');
const { requireForSerialization } = require('apache-beam/serialization');
const Long = require('long');

const EXTREMES = new Map([
  ['-9223372036854775', 'MIN'],
  ['9223372036854775', 'MAX'],
  ['9223371950454775', 'GLOBAL_END'],
]);

/** A number, or the name of one of Beam's extremes. */
function time(instant) {
  const text = instant.toString();
  return EXTREMES.get(text) ?? (Number.isSafeInteger(Number(text)) ? Number(text) : text);
}

function windowOf(context) {
  const window = context.window.lookup();
  return window.start === undefined ? 'global' : [time(window.start), time(window.end)];
}

function append(file, line) {
  fs.appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/** Writes each pane of a grouping into a file, and hands on its sum. */
class Panes {
  constructor(file, stage) {
    this.file = file;
    this.stage = stage;
  }
  *process({ key, value }, context) {
    const values = [...value].sort((a, b) => a - b);
    const { timing, index, onTimeIndex, isFirst, isLast } = context.pane.lookup();
    append(this.file, {
      stage: this.stage,
      key,
      window: windowOf(context),
      values,
      timestamp: time(context.timestamp.lookup()),
      timing,
      index: Number(index),
      onTimeIndex: Number(onTimeIndex),
      isFirst,
      isLast,
    });
    yield { key, value: values.reduce((a, b) => a + b, 0) };
  }
}

/** Writes each element of the main input into a file, with what it sees of the side input. */
class WithSide {
  constructor(file) {
    this.file = file;
  }
  process({ key, value }, context) {
    append(this.file, {
      key,
      value,
      window: windowOf(context),
      timestamp: time(context.timestamp.lookup()),
      side: plain(context.side.lookup()),
    });
  }
}

/** Sorted, since order means nothing in a PCollection. */
function plain(side) {
  if (side instanceof Map) return Object.fromEntries([...side].map(([k, v]) => [k, plain(v)]).sort());
  return Array.isArray(side) ? [...side].sort((a, b) => a - b) : side;
}

class Values {
  *process({ value }) {
    yield value;
  }
}

/** One key for all, as Beam's global combines have it. */
class KeyAll {
  *process(value) {
    yield { key: '', value };
  }
}

class Same {
  *process(element) {
    yield element;
  }
}

/** All values of a pane. */
class Collect {
  createAccumulator() {
    return [];
  }
  addInput(values, value) {
    return [...values, value];
  }
  mergeAccumulators(lists) {
    return [...lists].flat();
  }
  extractOutput(values) {
    return values;
  }
}

class Sum {
  createAccumulator() {
    return 0;
  }
  addInput(sum, value) {
    return sum + value;
  }
  mergeAccumulators(sums) {
    let all = 0;
    for (const sum of sums) all += sum;
    return all;
  }
  extractOutput(sum) {
    return sum;
  }
}

/** Beam's asSingleton is this combine: each pane has to hold one element, or none where there is a default. */
class Only {
  constructor(hasDefault, defaultValue) {
    this.hasDefault = hasDefault;
    this.defaultValue = defaultValue;
  }
  createAccumulator() {
    return [];
  }
  addInput(elements, value) {
    return [...elements, value];
  }
  mergeAccumulators(parts) {
    return [...parts].flat();
  }
  extractOutput(elements) {
    if (elements.length === 1) return elements[0];
    if (elements.length === 0 && this.hasDefault) return this.defaultValue;
    throw new Error(`A singleton view has to have one element, but has ${elements.length}`);
  }
}

/** The elements' values by key, of which there may be no two. */
class MapView {
  constructor() {
    this.accessPattern = 'beam:side_input:iterable:v1';
  }
  toValue(elements) {
    const byKey = new Map();
    for (const { key, value } of elements) {
      if (byKey.has(key)) throw new Error(`A map view has two values for the key ${key}`);
      byKey.set(key, value);
    }
    return byKey;
  }
}

/** Elements with their timestamps, for runners that know no TestStream. */
class EmitTimed {
  constructor(elements) {
    this.elements = elements;
  }
  *process() {
    yield* this.elements;
  }
}

function timestampOf({ ts }) {
  return Long.fromNumber(ts);
}

class Untimed {
  *process({ key, value }) {
    yield { key, value };
  }
}

const registered = {
  Collect,
  EmitTimed,
  KeyAll,
  MapView,
  Only,
  Panes,
  Same,
  Sum,
  timestampOf,
  Untimed,
  Values,
  WithSide,
};
requireForSerialization('funnelpulse/test/conformance', registered);
module.exports = registered;
