/** Flushes of a stream as they may come: random rows of all its tables, some flushes again, some together. */
import fc from 'fast-check';
import type { Table } from '../../schema/table';
import { deadLetters, goldAnomaliesHourlyBrand, pipelineLedger } from '../../schema/tables';
import { anomalyRow, GOLD, goldRow, ledgerRow, letterRow, PANES, type Values } from './upsert_rows';

/** The rows of a flush, by table. */
export type Flush = ReadonlyMap<Table, readonly Values[]>;

const goldKey = fc.record({
  hour: fc.nat(1),
  name: fc.constantFrom('a', 'bb', 'unknown'),
  revision: fc.integer({ min: 1, max: 5 }),
  pane: fc.constantFrom(...PANES),
});
const goldKeys = fc.array(goldKey, { maxLength: 8 });
/** Ledger rows grow from flush to flush; `at` is the flush's number. */
const flushes = fc
  .array(
    fc.record({
      gold: fc.tuple(goldKeys, goldKeys, goldKeys, goldKeys),
      anomalies: fc.array(fc.tuple(goldKey, fc.nat(2)), { maxLength: 8 }),
      letters: fc.array(fc.nat(6), { maxLength: 5 }),
      ledger: fc.array(fc.tuple(fc.nat(2), fc.nat(3)), { maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((all): Flush[] =>
    all.map(
      ({ gold, anomalies, letters, ledger }, at) =>
        new Map<Table, readonly Values[]>([
          ...GOLD.map((table, index): [Table, Values[]] => [
            table,
            gold[index].map((key) => goldRow(table, key)),
          ]),
          [goldAnomaliesHourlyBrand, anomalies.map(([key, through]) => anomalyRow({ ...key, through }))],
          [deadLetters, letters.map(letterRow)],
          [pipelineLedger, ledger.map(([bucket, more]) => ledgerRow(bucket, at * 10 + more))],
        ]),
    ),
  );

/** Which flushes come, in which order, and which come together: what a crash cut off is done again with what follows, so they are neighbours. */
export const history = flushes.chain((all) =>
  fc.tuple(
    fc.constant(all),
    fc.array(
      fc
        .tuple(fc.nat(all.length - 1), fc.nat(2))
        .map(([from, more]) => all.map((_, at) => at).slice(from, from + more + 1)),
      { maxLength: 5 },
    ),
  ),
);

/** A run takes a second, so a failure is shown as it was found. */
export const runsOf = (numRuns: number) => ({ numRuns, endOnFailure: true });
