/** What a checkpoint keeps of a combine's accumulator gives the accumulator again, whenever it is written and however much has come. */

import type { Coder } from 'apache-beam/coders/coders';
import { StrUtf8Coder } from 'apache-beam/coders/standard_coders';
import fc from 'fast-check';
import { JsonCoder } from '../../../beam/json_coder';
import type { CombineFn } from '../../../runners/harness/operators/combine';
import { type Accumulation, Accumulators } from '../../../runners/local/event_time/accumulators';

/** The values so far, or an accumulator of a few bytes, however many they are. */
const listOf: CombineFn = {
  createAccumulator: () => [],
  addInput: (list, value) => [...(list as string[]), value],
  mergeAccumulators: (lists) => [...(lists as Iterable<string[]>)].flat(),
  extractOutput: (list) => list,
};
const lengthOf: CombineFn = {
  createAccumulator: () => 0,
  addInput: (length, value) => (length as number) + (value as string).length,
  mergeAccumulators: (lengths) => [...(lengths as Iterable<number>)].reduce((a, b) => a + b, 0),
  extractOutput: (length) => length,
};

function accumulatorsOf(fn: CombineFn): Accumulators {
  const [text, json] = [new StrUtf8Coder(), new JsonCoder()] as Coder<unknown>[];
  const coders = { key: text, value: json, accumulator: json, output: json, window: json };
  return new Accumulators('Combine', fn, coders, true);
}

/** A store that holds the records of one window. */
class Records {
  bytes: Uint8Array[] = [];
  written = 0;
  private beginsWithAccumulator = false;

  save(contents: Accumulation): void {
    contents.beginSaving();
    this.bytes.length = Math.min(this.bytes.length, contents.saved);
    for (let at = contents.saved; at < contents.records; at++) {
      this.bytes[at] = contents.record(at);
      this.written += this.bytes[at].length;
    }
    this.beginsWithAccumulator = contents.beginsWithAccumulator;
    contents.endSaving();
  }

  restore(accumulators: Accumulators): Accumulation {
    return accumulators.restore(this.bytes, this.beginsWithAccumulator);
  }
}

function encoded(value: string): {
  chunk: { bytes: Uint8Array; values: number };
  offset: number;
  length: number;
} {
  const bytes = Buffer.from(JSON.stringify(value), 'utf8');
  return { chunk: { bytes, values: 1 }, offset: 0, length: bytes.length };
}

const value = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 5 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 90_000 }).map((length) => 'x'.repeat(length)) },
);
const step = fc.oneof(
  { weight: 5, arbitrary: value.map((added) => ({ added })) },
  { weight: 2, arbitrary: fc.constant('save' as const) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
  { weight: 1, arbitrary: fc.constant('merge' as const) },
);

test.each([
  ['a list', listOf],
  ['a number', lengthOf],
])('saved and restored at any moment, %s holds what was saved', (_name, fn) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const accumulators = accumulatorsOf(fn);
      const plain = (values: readonly string[]) =>
        values.reduce<unknown>(fn.addInput, fn.createAccumulator());
      const store = new Records();
      let contents = accumulators.create();
      let [now, saved]: string[][] = [[], []];
      for (const each of steps) {
        if (each === 'save') {
          store.save(contents);
          saved = now;
        } else if (each === 'restart') {
          contents = store.restore(accumulators);
          now = saved;
        } else if (each === 'merge') {
          // The window's records go when it becomes another.
          contents = accumulators.merge([contents, accumulators.add(accumulators.create(), encoded('more'))]);
          store.bytes = [];
          store.save(contents);
          now = [...now, 'more'];
          saved = now;
        } else {
          contents = accumulators.add(contents, encoded(each.added));
          now = [...now, each.added];
        }
        expect(contents.accumulator).toEqual(plain(now));
      }
      expect(store.restore(accumulators).accumulator).toEqual(plain(saved));
    }),
    { numRuns: 300 },
  );
});

test('what is written stays within a small multiple of what comes, and the store within one of the accumulator', () => {
  const accumulators = accumulatorsOf(listOf);
  const store = new Records();
  let contents = accumulators.create();
  let came = 0;
  for (let commit = 0; commit < 2000; commit++) {
    const each = encoded('y'.repeat(500));
    came += each.length;
    contents = accumulators.add(contents, each);
    store.save(contents);
  }
  expect(store.written).toBeLessThan(4 * came);

  const small = accumulatorsOf(lengthOf);
  const records = new Records();
  let length = small.create();
  for (let commit = 0; commit < 2000; commit++) {
    length = small.add(length, encoded('y'.repeat(500)));
    records.save(length);
  }
  expect(records.bytes.reduce((sum, bytes) => sum + bytes.length, 0)).toBeLessThan(70_000);
});

test('what user code throws names the step', () => {
  const failing = accumulatorsOf({
    ...listOf,
    addInput: () => {
      throw new Error('no');
    },
  });
  expect(() => failing.add(failing.create(), encoded('v'))).toThrow(/^Combine: no \(at "v"\)/);
});
