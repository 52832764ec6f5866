/** Sequence numbers, in the order that BigQuery documents, against the rules by which DuckDB keeps rows, as DuckDB computes them. */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { sequenceNumber } from '../../../../io/bigquery/write/sequence_number';
import { removals, sequenceNumbers } from '../../../../io/bigquery/write/sequence_rules';
import { appendBlocks } from '../../../../io/duckdb/append_blocks';
import { isVoidSql, upsertRule } from '../../../../io/duckdb/upsert_rules';
import { readBlocks } from '../../../../io/staging/block_reader';
import { BlockWriter } from '../../../../io/staging/block_writer';
import type { Stamp } from '../../../../io/staging/stream_rows';
import { duckdbCreateTable } from '../../../../schema/duckdb';
import type { Table } from '../../../../schema/table';
import {
  deadLetters,
  goldAnomaliesHourlyBrand,
  goldFunnelDailyBrand,
  goldFunnelHourlyBrand,
  pipelineLedger,
  runs,
} from '../../../../schema/tables';
import { compareSequenceNumbers } from '../../../emulators/documented_order';
import { anomalyRow, goldRow, ledgerRow, letterRow, PANES, START, type Values } from '../../upsert_rows';

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
});
afterAll(() => connection.closeSync());

test('the documentation’s own examples', () => {
  expect(compareSequenceNumbers('77', '7B')).toBeLessThan(0);
  expect(compareSequenceNumbers('FFF/B', 'FFF/ABC')).toBeLessThan(0);
  expect(compareSequenceNumbers('BA/FFFFFFFF', 'ABC')).toBeLessThan(0);
  expect(compareSequenceNumbers('ABC', 'FFF/ABC')).toBeLessThan(0);
  expect(compareSequenceNumbers('abc', 'ABC')).toBe(0);
  for (const wrong of ['', 'G', '1/2/3/4/5', '12345678901234567', '1//2', '-1'])
    expect(() => compareSequenceNumbers(wrong, '0')).toThrow('is no sequence number');
});

const section = fc.maxSafeNat();
const sections = fc
  .integer({ min: 1, max: 4 })
  .chain((length) =>
    fc.tuple(...[0, 1].map(() => fc.array(section, { minLength: length, maxLength: length }))),
  );

test('numbers of equally many sections have the order of their sections, and so have their texts', () => {
  fc.assert(
    fc.property(sections, ([a, b]) => {
      const at = a.findIndex((value, index) => value !== b[index]);
      const expected = at < 0 ? 0 : Math.sign(a[at] - b[at]);
      const [one, other] = [sequenceNumber(a), sequenceNumber(b)];
      expect(compareSequenceNumbers(one, other)).toBe(expected);
      expect(one < other ? -1 : one > other ? 1 : 0).toBe(expected);
    }),
  );
});

test('what is no section is refused', () => {
  for (const wrong of [[], [-1], [0.5], [Number.NaN], [2 ** 53], [1, 2, 3, 4, 5]])
    expect(() => sequenceNumber(wrong)).toThrow(RangeError);
});

/** A block of few rows, at the beginning of its memory. */
function blockOf(table: Table, rows: readonly Values[]) {
  const writer = new BlockWriter(table);
  writer.append(rows, 0);
  const bytes = writer.take();
  const [block] = readBlocks(table, bytes);
  return { bytes, block };
}

const stamp = fc.record({
  time: fc.integer({ min: START, max: START + 3 }),
  commit: fc.integer({ min: 1, max: 3 }),
});
const gold = fc.record({
  hour: fc.constant(0),
  name: fc.constant('a'),
  revision: fc.oneof(fc.nat(3), fc.integer({ min: 2 ** 52, max: 2 ** 52 + 2 })),
  pane: fc.constantFrom(...PANES),
});
const time = fc.oneof(
  fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
  fc.integer({ min: -2, max: 2 }),
);

/** Rows that come for one key, of each table. */
const ROWS: readonly [Table, fc.Arbitrary<Values>][] = [
  [goldFunnelHourlyBrand, gold.map((key) => goldRow(goldFunnelHourlyBrand, key))],
  [goldFunnelDailyBrand, gold.map((key) => goldRow(goldFunnelDailyBrand, key))],
  [
    goldAnomaliesHourlyBrand,
    fc.tuple(gold, fc.option(time)).map(([key, through]) => ({
      ...anomalyRow({ ...key, through: 1 }),
      baseline_through: through,
    })),
  ],
  [deadLetters, time.map((rejected) => ({ ...letterRow(1), rejected_at: rejected }))],
  [
    pipelineLedger,
    fc
      .record({
        ...{ read: fc.nat(2), counted: fc.nat(2), duplicates: fc.nat(2), rejected: fc.nat(2) },
        ...{ late_dropped: fc.option(fc.nat(2)), redriven: fc.oneof(fc.nat(2), fc.constant(2 ** 40)) },
      })
      .map((counts) => ({ ...ledgerRow(1, 0), ...counts })),
  ],
];

type Pair = readonly [Values, Values];

/** What DuckDB makes of pairs of rows, by the rule's own SQL. */
async function duckdbSays(table: Table, pairs: readonly Pair[], { commit }: Stamp) {
  for (const side of [0, 1]) {
    await connection.run(`DROP TABLE IF EXISTS ${sideName(side)}`);
    await connection.run(duckdbCreateTable(table, sideName(side)));
    const appender = await connection.createAppender(sideName(side));
    const rows = pairs.map((pair) => pair[side]);
    appendBlocks(appender, table, blockOf(table, rows).bytes);
    appender.closeSync();
  }
  const { order, stays } = upsertRule(table);
  const found = await connection.runAndReadAll(
    `SELECT ${order('i')} < ${order('j')}, ${order('i')} = ${order('j')}, NOT ${stays('i', 'j', { time: 0, commit })}, ${'views' in table.columns ? isVoidSql('i') : 'false'} FROM ${sideName(0)} i POSITIONAL JOIN ${sideName(1)} j`,
  );
  return found.getRows().map(([isSmaller, isEqual, isReplaced, isVoid]) => ({
    ...{ isSmaller: isSmaller === true, isEqual: isEqual === true },
    ...{ isReplaced: isReplaced === true, isVoid: isVoid === true },
  }));
}

function sideName(side: number): string {
  return `side_${side}`;
}

function numbersOf(table: Table, rows: readonly Values[], at: Stamp): string[] {
  const numbers = sequenceNumbers(table, blockOf(table, rows).block, at);
  return rows.map((_, row) => numbers(row));
}

const RUNS = { numRuns: 25 };

describe.each(ROWS.map(([table, rows]) => ({ name: table.name, table, rows })))(
  '$name',
  ({ table, rows }) => {
    const pairs = fc.array(fc.tuple(rows, rows), { minLength: 1, maxLength: 40 });
    const sides = (all: readonly Pair[]) => [all.map(([a]) => a), all.map(([, b]) => b)] as const;

    test('of the rows of one flush, the number has the order of the rule', async () => {
      await fc.assert(
        fc.asyncProperty(pairs, stamp, async (all, at) => {
          const [ones, others] = sides(all).map((side) => numbersOf(table, side, at));
          const orders = ones.map((one, index) => compareSequenceNumbers(one, others[index]));
          const said = await duckdbSays(table, all, at);
          expect(orders.map((order) => order < 0)).toEqual(said.map(({ isSmaller }) => isSmaller));
          expect(orders.map((order) => order === 0)).toEqual(said.map(({ isEqual }) => isEqual));
        }),
        RUNS,
      );
    });

    test('of the rows of two flushes, one behind the other, the later is the larger where the rule lets it replace the earlier', async () => {
      await fc.assert(
        fc.asyncProperty(
          pairs,
          stamp,
          fc.integer({ min: 1, max: 5 }),
          fc.nat(2),
          async (all, at, ms, more) => {
            const later = { time: at.time + ms, commit: at.commit + more };
            const [before, after] = sides(all);
            const others = numbersOf(table, after, later);
            const orders = numbersOf(table, before, at).map((one, index) =>
              compareSequenceNumbers(one, others[index]),
            );
            const stored = all.map(
              ([a, b]): Pair => [table === pipelineLedger ? { ...a, commit: at.commit } : a, b],
            );
            const said = await duckdbSays(table, stored, later);
            expect(orders).toEqual(said.map(({ isReplaced }) => (isReplaced ? -1 : 1)));
          },
        ),
        RUNS,
      );
    });

    test('the rows that remove others are those that DuckDB counts as void', async () => {
      const isGold = table.name.startsWith('gold_funnel_');
      await fc.assert(
        fc.asyncProperty(pairs, async (all) => {
          const [ones] = sides(all);
          const removes = removals(table, blockOf(table, ones).block);
          const said = await duckdbSays(table, all, { time: 0, commit: 1 });
          expect(ones.map((_, row) => removes(row))).toEqual(said.map(({ isVoid }) => isGold && isVoid));
        }),
        RUNS,
      );
    });
  },
);

test('a fuller hour stays whatever years its baseline and the other’s reach to', async () => {
  const row = (revision: number, through: string): Values => ({
    ...anomalyRow({ hour: 0, name: 'a', revision, pane: 'early', through: 1 }),
    baseline_through: Date.parse(through),
  });
  const fuller = row(3, '0001-01-01T00:00:00Z');
  const other = row(2, '9999-12-31T00:00:00Z');
  const [said] = await duckdbSays(goldAnomaliesHourlyBrand, [[fuller, other]], { time: 0, commit: 1 });
  expect(said).toMatchObject({ isReplaced: false });
});

test('of a run the last word counts', () => {
  const row = {
    ...{ run_id: 'r', state_id: 's', mode: 'streaming', input: 'in', options: '{}', counts: '{}' },
    ...{ watermark: null, allowed_lateness_ms: 0, status: 'running', started_at: START, finished_at: null },
  };
  const [one] = numbersOf(runs, [row], { time: START, commit: 9 });
  const [other] = numbersOf(runs, [row], { time: START + 1, commit: 1 });
  expect(compareSequenceNumbers(one, other)).toBeLessThan(0);
  expect(removals(runs, blockOf(runs, [row]).block)(0)).toBe(false);
});
