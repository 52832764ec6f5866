/** The merge by revision: of each source the fullest pane counts, whatever order panes come in, however often, and whichever are lost but the last. */
import fc from 'fast-check';
import { CountRecords } from '../../../transforms/count/count_fn';
import type { Rollup } from '../../../transforms/count/rollup';
import { isFuller, MergeSources, type SourcedRollup } from '../../../transforms/merge/merge_fn';
import { SourcesCoder } from '../../../transforms/merge/sources_coder';
import { combineByTree, mergeSteps, regrouped, throughCoder } from '../merge_trees';
import { BANDS, batchOf, type PlainRecord, plainRollup, record, rollupMeaning } from '../records';

const count = new CountRecords(BANDS);
const merge = new MergeSources();

function rollupOf(records: readonly PlainRecord[]): Rollup {
  return count.extractOutput(count.addInput(count.createAccumulator(), batchOf(records)));
}

const EMPTY = rollupOf([]);

/** What the accumulator of one shard saw, in order, and after how many records it fired; the last pane holds all. */
interface Shard {
  readonly records: readonly PlainRecord[];
  readonly panes: readonly SourcedRollup[];
}

function shardOf(source: string, records: readonly PlainRecord[], fired: readonly number[]): Shard {
  const ends = [...fired.map((end) => Math.min(end, records.length)), records.length].sort((a, b) => a - b);
  return { records, panes: ends.map((end) => ({ ...rollupOf(records.slice(0, end)), source })) };
}

/** An hour's records, sharded by key as the parser does it, and how each shard fired. */
const hour = fc
  .tuple(
    fc.array(record, { maxLength: 40 }),
    fc.integer({ min: 1, max: 4 }),
    fc.array(fc.nat({ max: 15 }), { maxLength: 3 }),
  )
  .map(([records, shards, fired]) =>
    Array.from({ length: shards }, (_, shard) =>
      shardOf(
        String(shard),
        records.filter(({ key }) => key % shards === shard),
        fired,
      ),
    ),
  );

/** Panes as they may arrive: the last of each source at least once, the others or not, some twice, empty ones between, in any order. */
function delivered(panes: readonly (readonly SourcedRollup[])[]): fc.Arbitrary<SourcedRollup[][]> {
  const last = panes.map((ofSource) => ofSource[ofSource.length - 1]);
  const all = panes.flat();
  return fc
    .tuple(
      fc.subarray(all),
      fc.subarray(all),
      fc.subarray(last.map(({ source }): SourcedRollup => ({ ...EMPTY, source }))),
    )
    .chain(([some, again, empty]) => regrouped([...last, ...some, ...again, ...empty]));
}

const arrivals = hour.chain((shards) =>
  fc.tuple(fc.constant(shards), delivered(shards.map(({ panes }) => panes)), mergeSteps),
);

test('panes repeated, reordered, empty, or lost but the last: the merge is that of all records', () => {
  fc.assert(
    fc.property(arrivals, ([shards, groups, steps]) => {
      const merged = merge.extractOutput(combineByTree(merge, groups, steps));
      expect(rollupMeaning(merged)).toEqual(plainRollup(shards.flatMap(({ records }) => records)));
    }),
    { numRuns: 300 },
  );
});

test('a merge gives the same when it is done again, and takes nothing from what it is given', () => {
  fc.assert(
    fc.property(arrivals, ([, groups, steps]) => {
      const sources = combineByTree(merge, groups, steps);
      const once = rollupMeaning(merge.extractOutput(sources));
      expect(rollupMeaning(merge.extractOutput(sources))).toEqual(once);
      expect(rollupMeaning(merge.extractOutput(merge.mergeAccumulators([sources, sources])))).toEqual(once);
      expect(
        rollupMeaning(merge.extractOutput(merge.mergeAccumulators([merge.createAccumulator(), sources]))),
      ).toEqual(once);
      expect(rollupMeaning(merge.extractOutput(throughCoder(new SourcesCoder(), sources)))).toEqual(once);
    }),
    { numRuns: 100 },
  );
});

test('no pane that comes makes a merge smaller', () => {
  fc.assert(
    fc.property(arrivals, ([, groups]) => {
      const sources = merge.createAccumulator();
      let before = merge.extractOutput(sources);
      for (const pane of groups.flat()) {
        merge.addInput(sources, pane);
        const after = merge.extractOutput(sources);
        expect(isFuller(before, after)).toBe(false);
        before = after;
      }
    }),
    { numRuns: 100 },
  );
});

test('hours into days: panes of merges merge the same way', () => {
  const day = fc
    .array(hour, { minLength: 1, maxLength: 3 })
    .chain((hours) =>
      fc.tuple(fc.constant(hours), ...hours.map((shards) => delivered(shards.map(({ panes }) => panes)))),
    )
    .chain(([hours, ...ofHours]) => {
      // An hour's merge fires after each pane that it gets.
      const panes = ofHours.map((groups, number) => {
        const sources = merge.createAccumulator();
        return (groups as SourcedRollup[][]).flat().map(
          (pane): SourcedRollup => ({
            ...merge.extractOutput(merge.addInput(sources, pane)),
            source: String(number),
          }),
        );
      });
      return fc.tuple(fc.constant(hours), delivered(panes));
    });
  fc.assert(
    fc.property(day, mergeSteps, ([hours, groups], steps) => {
      const merged = rollupMeaning(merge.extractOutput(combineByTree(merge, groups, steps)));
      const plain = hours
        .map((shards) => shards.flatMap(({ records }) => records))
        .map((all) => rollupOf(all));
      const sources = plain.map((rollup, number): SourcedRollup => ({ ...rollup, source: String(number) }));
      expect(merged).toEqual(rollupMeaning(merge.extractOutput(combineByTree(merge, [sources], steps))));
    }),
    { numRuns: 150 },
  );
});

test('of two panes with one revision the one that absorbed more counts', () => {
  const [plain] = fc.sample(record, { numRuns: 1, seed: 1 });
  const once: SourcedRollup = { ...rollupOf([plain]), source: 's' };
  const twice: SourcedRollup = { ...rollupOf([plain, plain]), source: 's' };
  for (const panes of [
    [once, twice],
    [twice, once],
  ])
    expect(
      merge.extractOutput(
        panes.reduce((sources, pane) => merge.addInput(sources, pane), merge.createAccumulator()),
      ).absorbed,
    ).toBe(2);
});

test('nothing merges to nothing', () => {
  expect(rollupMeaning(merge.extractOutput(merge.mergeAccumulators([])))).toEqual(rollupMeaning(EMPTY));
});
