/** The functions of the runners' tests. Plain JavaScript, so that worker threads of the built program can load them. */
const fs = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');
const { requireForSerialization } = require('apache-beam/serialization');
const Long = require('long');

/** Emits the same elements for whatever comes. */
class Emit {
  constructor(elements) {
    this.elements = elements;
  }
  *process() {
    yield* this.elements;
  }
}

/** Emits the numbers from 0 on. */
class Count {
  constructor(count) {
    this.count = count;
  }
  *process() {
    for (let i = 0; i < this.count; i++) yield i;
  }
}

/** Appends a line for each element to a file: value, window, timestamp, pane, and what a side input holds. */
class Collect {
  constructor(path) {
    this.path = path;
  }
  process(value, context) {
    const window = context.window.lookup();
    const pane = context.pane.lookup();
    context.seen.increment();
    const line = {
      value: plain(value),
      window: window.start === undefined ? 'global' : [window.start.toNumber(), window.end.toNumber()],
      timestamp: context.timestamp.lookup().toString(),
      pane: `${pane.timing} ${pane.index} ${pane.onTimeIndex}${pane.isFirst ? ' first' : ''}${pane.isLast ? ' last' : ''}`,
    };
    if (context.side) line.side = plain(context.side.lookup());
    fs.appendFileSync(this.path, `${JSON.stringify(line)}\n`);
  }
}

/** Sorted where order means nothing. */
function plain(value) {
  if (value instanceof Map) return Object.fromEntries([...value].map(([k, v]) => [k, plain(v)]).sort());
  if (ArrayBuffer.isView(value)) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (value === null || typeof value !== 'object') return value;
  if (typeof value[Symbol.iterator] === 'function') {
    return [...value].map(plain).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
}

class SyncIterable {
  *process(x) {
    yield `${x}a`;
    yield `${x}b`;
  }
}
class ArrayResult {
  process(x) {
    return [`${x}a`, `${x}b`];
  }
}
class PromiseResult {
  async process(x) {
    await sleep(1);
    return [`${x}a`, `${x}b`];
  }
}
class AsyncIterableResult {
  async *process(x) {
    yield `${x}a`;
    await sleep(1);
    yield `${x}b`;
  }
}
class Nothing {
  process() {}
}

/** Holds its elements back until the bundle ends, and writes down its life. */
class Buffering {
  constructor(path) {
    this.path = path;
  }
  setup() {
    fs.appendFileSync(this.path, 'setup\n');
  }
  async startBundle() {
    await sleep(1);
    this.held = [];
    fs.appendFileSync(this.path, 'start\n');
  }
  process(value, context) {
    this.held.push({
      value: `held ${value}`,
      windows: [context.window.lookup()],
      timestamp: context.timestamp.lookup(),
      pane: context.pane.lookup(),
    });
  }
  *finishBundle() {
    fs.appendFileSync(this.path, 'finish\n');
    yield* this.held;
  }
  async teardown() {
    await sleep(20);
    fs.appendFileSync(this.path, 'teardown\n');
  }
}

class AppendLine {
  constructor(path, line) {
    this.path = path;
    this.line = line;
  }
  process() {
    fs.appendFileSync(this.path, `${this.line}\n`);
    return [];
  }
}

class EvenOdd {
  *process(x) {
    yield x % 2 === 0 ? { even: x } : { odd: x };
  }
}

/** Text 'key value milliseconds' → its parts. */
class ParseKeyed {
  *process(text) {
    const [key, value] = text.split(' ');
    yield { key, value };
  }
}

function timestampOfText(text) {
  return Long.fromString(text.split(' ')[2]);
}

class ToLength {
  *process({ key, value }) {
    yield { key, value: value.length };
  }
}

class KeyByRemainder {
  constructor(divisor) {
    this.divisor = divisor;
  }
  *process(x) {
    yield { key: `k${x % this.divisor}`, value: x };
  }
}

class SumFn {
  createAccumulator() {
    return { sum: 0 };
  }
  addInput(accumulator, input) {
    return { sum: accumulator.sum + Number(input) };
  }
  mergeAccumulators(accumulators) {
    let sum = 0;
    for (const accumulator of accumulators) sum += accumulator.sum;
    return { sum };
  }
  extractOutput({ sum }) {
    return sum;
  }
}

class Fails {
  constructor(on) {
    this.on = on;
  }
  *process(value) {
    if (JSON.stringify(value).includes(this.on)) {
      const error = new Error('no such file');
      error.name = 'InputError';
      error.exitCode = 2;
      error.paths = ['a.csv'];
      throw error;
    }
    yield value;
  }
}

class FailsLater {
  async process() {
    await sleep(2);
    throw new TypeError('too late');
  }
}

class Exits {
  process() {
    process.exit(7);
  }
}

class Slow {
  constructor(ms, path) {
    this.ms = ms;
    this.path = path;
  }
  async process(value) {
    await sleep(this.ms);
    return [value];
  }
  teardown() {
    if (this.path) fs.appendFileSync(this.path, 'teardown\n');
  }
}

class Measure {
  process(value, context) {
    context.count.increment();
    context.count.increment(value);
    context.size.update(value);
    return [value];
  }
}

class LargeBytes {
  constructor(bytes) {
    this.bytes = bytes;
  }
  *process(x) {
    yield { key: `k${x % 3}`, value: new Uint8Array(this.bytes).fill(x) };
  }
}

class LongText {
  *process({ value }) {
    yield { bytes: value, words: Array(10_000).fill('long'), text: 'x'.repeat(1e6) };
  }
}

class OnlyBelow {
  constructor(limit) {
    this.limit = limit;
  }
  *process(x) {
    if (x < this.limit) yield x;
  }
}

class SumBytes {
  *process({ key, value }) {
    let sum = 0;
    let count = 0;
    for (const bytes of value) {
      count++;
      sum += bytes[0] * bytes.length;
    }
    // Values can be read as often as one likes.
    for (const bytes of value) sum += bytes[0] - bytes[bytes.length - 1];
    yield { key, value: `${count} values, sum ${sum}` };
  }
}

class KeyBytes {
  constructor(pairs) {
    this.pairs = pairs;
  }
  *process() {
    for (const { key, value } of this.pairs) yield { key: Uint8Array.from(key), value };
  }
}

class BigText {
  *process({ key, value }) {
    yield `${Buffer.from(key).toString('hex')}: ${[...value].join()}`;
  }
}

const registered = {
  AppendLine,
  ArrayResult,
  AsyncIterableResult,
  BigText,
  Buffering,
  Collect,
  Count,
  Emit,
  EvenOdd,
  Exits,
  Fails,
  FailsLater,
  KeyByRemainder,
  KeyBytes,
  LargeBytes,
  LongText,
  Measure,
  Nothing,
  OnlyBelow,
  ParseKeyed,
  PromiseResult,
  Slow,
  SumBytes,
  SumFn,
  SyncIterable,
  ToLength,
  timestampOfText,
};
requireForSerialization('funnelpulse/test/runners', registered);
module.exports = registered;
