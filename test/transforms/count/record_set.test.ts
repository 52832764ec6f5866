/** The laws of the deduplication's accumulator: what makes sharding, order, lifting and repetition harmless. */
import { Context } from 'apache-beam/coders/coders';
import fc from 'fast-check';
import { EventBatch, pairText } from '../../../transforms/clean/event_batch';
import { RECORD_WORDS } from '../../../transforms/clean/packed_record';
import { RecordSetCoder } from '../../../transforms/count/coders';
import { CountRecords } from '../../../transforms/count/count_fn';
import { RecordSet } from '../../../transforms/count/record_set';
import { combineByTree, mergeSteps, regrouped, throughCoder } from '../merge_trees';
import {
  BANDS,
  batches,
  batchOf,
  canonical,
  type PlainRecord,
  plainRollup,
  record,
  rollupMeaning,
  START,
} from '../records';

const fn = new CountRecords(BANDS);

/** A set of its own, since merging changes its first. */
function setOf(...groups: PlainRecord[][]): RecordSet {
  const set = new RecordSet();
  for (const records of groups) if (records.length > 0) set.addBatch(batchOf(records));
  return set;
}

function union(...sets: RecordSet[]): RecordSet {
  return fn.mergeAccumulators(sets);
}

const records = fc.array(record, { maxLength: 30 });
const check = <T extends [unknown, ...unknown[]]>(property: fc.IProperty<T>, numRuns = 300) =>
  fc.assert(property, { numRuns });

test('union is commutative, and adds up what was absorbed', () => {
  check(
    fc.property(records, records, (a, b) => {
      const ab = union(setOf(a), setOf(b));
      const ba = union(setOf(b), setOf(a));
      expect(canonical(ab)).toEqual(canonical(ba));
      expect(ab.absorbed).toBe(a.length + b.length);
      expect(ba.absorbed).toBe(a.length + b.length);
    }),
  );
});

test('union is associative', () => {
  check(
    fc.property(records, records, records, (a, b, c) => {
      const left = union(union(setOf(a), setOf(b)), setOf(c));
      const right = union(setOf(a), union(setOf(b), setOf(c)));
      expect(canonical(left)).toEqual(canonical(right));
      expect(left.absorbed).toBe(right.absorbed);
    }),
  );
});

test('union is idempotent as a set; absorbed still adds up', () => {
  check(
    fc.property(records, (a) => {
      const twice = union(setOf(a), setOf(a));
      expect(canonical(twice)).toEqual(canonical(setOf(a)));
      expect(twice.absorbed).toBe(2 * a.length);
    }),
  );
});

test('the empty set changes nothing', () => {
  check(
    fc.property(records, (a) => {
      expect(canonical(union(setOf(a), new RecordSet()))).toEqual(canonical(setOf(a)));
      expect(canonical(union(new RecordSet(), setOf(a)))).toEqual(canonical(setOf(a)));
      expect(canonical(union(setOf(a)))).toEqual(canonical(setOf(a)));
    }),
  );
  expect(canonical(union())).toEqual(canonical(new RecordSet()));
});

test('cut anywhere, the parts make the whole', () => {
  check(
    fc.property(records, fc.nat({ max: 30 }), (a, cut) => {
      const parts = union(setOf(a.slice(0, cut)), setOf(a.slice(cut)));
      expect(canonical(parts)).toEqual(canonical(setOf(a)));
      expect(canonical(setOf(a.slice(0, cut), a.slice(cut)))).toEqual(canonical(setOf(a)));
      expect(parts.absorbed).toBe(a.length);
    }),
  );
});

test('the revision is the number of distinct records, so it grows with the set', () => {
  const distinct = (all: PlainRecord[]) => new Set(all.map((plain) => JSON.stringify(plain))).size;
  check(
    fc.property(records, records, (a, b) => {
      expect(setOf(a).size).toBe(distinct(a));
      expect(union(setOf(a), setOf(b)).size).toBe(distinct([...a, ...b]));
    }),
  );
});

test('encoding and decoding changes nothing', () => {
  check(
    fc.property(records, fc.constantFrom(Context.needsDelimiters, Context.wholeStream), (a, context) => {
      const set = union(setOf(a), setOf(a));
      const decoded = throughCoder(new RecordSetCoder(), set, context);
      expect(canonical(decoded)).toEqual(canonical(set));
      expect(decoded.absorbed).toBe(set.absorbed);
      // What was decoded goes on as a set: more can be added to it.
      expect(canonical(union(decoded, setOf(a)))).toEqual(canonical(set));
    }),
  );
});

test('whatever the order of batches and the tree of merges, the output is that of the obvious loops', () => {
  const cases = batches.chain((all) =>
    fc.tuple(fc.constant(all.flat()), regrouped(all.map((each) => batchOf(each)))),
  );
  check(
    fc.property(cases, mergeSteps, ([whole, groups], steps) => {
      const output = fn.extractOutput(combineByTree(fn, groups, steps));
      expect(rollupMeaning(output)).toEqual(plainRollup(whole));
    }),
    400,
  );
});

test('twins of one key that differ in one field only', () => {
  const plain: PlainRecord = { key: 1, price: 500, brand: 'b', category: 'b', type: 3, other: 0 };
  const twins: Partial<PlainRecord>[] = [
    { price: 499 },
    { price: null },
    { brand: '' },
    { brand: 'ｚ' },
    { category: 'a.b' },
    { type: 0 },
    { type: 1 },
    { other: 1 },
  ];
  for (const change of twins) {
    const pair = [plain, { ...plain, ...change }];
    const one = union(setOf([pair[0]]), setOf([pair[1]]));
    const other = union(setOf([pair[1]]), setOf([pair[0]]));
    expect(canonical(one)).toEqual(canonical(other));
    expect({ size: one.size, losers: one.losers, counted: one.counted }).toEqual({
      size: 2,
      losers: 1,
      counted: 1,
    });
    expect(rollupMeaning(fn.extractOutput(one))).toEqual(plainRollup(pair));
  }
});

test('sets that are filled in turns, more of them than there are kernels, are as good as one alone', () => {
  const SETS = 20;
  const parts = fc.array(fc.tuple(fc.nat({ max: SETS - 1 }), records), { minLength: 30, maxLength: 80 });
  check(
    fc.property(parts, (all) => {
      const sets = Array.from({ length: SETS }, () => new RecordSet());
      for (const [at, part] of all) if (part.length > 0) sets[at].addBatch(batchOf(part));
      for (const [at, set] of sets.entries()) {
        const own = all.filter(([of]) => of === at).map(([, part]) => part);
        expect(canonical(set)).toEqual(canonical(setOf(...own)));
        expect(rollupMeaning(fn.extractOutput(set))).toEqual(plainRollup(own.flat()));
      }
    }),
    20,
  );
});

test('a set that is used again is as good as new', () => {
  check(
    fc.property(records, records, (a, b) => {
      const used = setOf(a);
      used.clear();
      for (const part of [b.slice(0, 9), b.slice(9)]) if (part.length > 0) used.addBatch(batchOf(part));
      expect(canonical(used)).toEqual(canonical(setOf(b)));
      expect(used.absorbed).toBe(b.length);
      expect(canonical(throughCoder(new RecordSetCoder(), used))).toEqual(canonical(setOf(b)));
    }),
  );
});

test('an output does not change when its accumulator is used again', () => {
  check(
    fc.property(records, records, (a, b) => {
      const set = setOf(a);
      const output = fn.extractOutput(set);
      const meaning = rollupMeaning(output);
      fn.release(set);
      const next = fn.createAccumulator();
      if (b.length > 0) fn.addInput(next, batchOf(b));
      expect(rollupMeaning(fn.extractOutput(next))).toEqual(plainRollup(b));
      expect(rollupMeaning(output)).toEqual(meaning);
    }),
    100,
  );
});

test('many records and a union that outgrows its memory several times', () => {
  const many = (from: number, count: number): PlainRecord[] =>
    Array.from({ length: count }, (_, at) => ({
      ...{ key: 0, price: 100 + ((from + at) % 7), brand: `b${at % 300}`, category: '', type: at % 4 },
      other: from + at,
    }));
  // One key for all: each record is a twin of each other.
  const all = many(0, 1500);
  const set = union(setOf(all.slice(0, 1)), setOf(all.slice(1, 700)), setOf(all.slice(600)));
  expect(canonical(set)).toEqual(canonical(setOf(all)));
  expect(set.size).toBe(1500);
  expect(set.counted).toBe(1);
  expect(set.absorbed).toBe(1600);
  expect(set.earliest).toBe(START);
});

test('a sum of money beyond what a double holds exactly', () => {
  const sold = Array.from(
    { length: 2000 },
    (_, key): PlainRecord => ({
      key,
      price: 9_999_999_999_999 - (key % 3),
      brand: 'b',
      category: '',
      type: 3,
      other: 0,
    }),
  );
  const total = sold.reduce((sum, { price }) => sum + BigInt(price!), 0n);
  expect(total).toBeGreaterThan(2n ** 54n);
  const { brands, priceBands } = fn.extractOutput(setOf(sold));
  expect(brands.revenue(0)).toBe(total);
  expect(priceBands.revenue(0)).toBe(total);
});

test('more pairs than a record can name are refused, not mixed up', () => {
  const distinct = (from: number): PlainRecord[] =>
    Array.from({ length: 40_000 }, (_, at) => ({
      ...{ key: at, price: 1, category: '', type: 0, other: 0 },
      brand: `b${from + at}`,
    }));
  const set = new RecordSet();
  set.addBatch(packedPairs(distinct(0)));
  expect(set.counted).toBe(40_000);
  expect(() => set.addBatch(packedPairs(distinct(40_000)))).toThrow(/65,536 pairs.*--shards/);
});

/** Like batchOf, for more pairs than that can look through. */
function packedPairs(plain: PlainRecord[]): EventBatch {
  const names = plain.map(({ brand }) => Buffer.from(brand));
  const words = new Int32Array(plain.length * RECORD_WORDS);
  for (let at = 0; at < plain.length; at++) words.set([at, at, 0, 0, 0, 1, at], at * RECORD_WORDS);
  return EventBatch.pack(
    words,
    plain.length,
    names.map((brand) => pairText(brand, new Uint8Array(0))),
    START,
  );
}
