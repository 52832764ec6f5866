/** Flushes leave in memory what they leave in a map of rows by key. */
import fc from 'fast-check';
import type { Table } from '../../../schema/table';
import {
  deadLetters,
  goldAnomaliesHourlyBrand,
  goldFunnelDailyCategory,
  goldFunnelHourlyBrand,
  pipelineLedger,
  runs,
} from '../../../schema/tables';
import { ColumnStore } from '../../../serving/columns/column_store';
import { columnsOf, sumOf } from '../../../serving/questions/selection';
import { type AnyRow, blockOf } from './column_blocks';
import { keyText, someRow, someRows } from './random_rows';
import { someSelection } from './random_selections';

const KEPT: readonly Table[] = [
  goldFunnelHourlyBrand,
  goldFunnelDailyCategory,
  goldAnomaliesHourlyBrand,
  pipelineLedger,
  runs,
];

interface Change {
  readonly row: AnyRow;
  readonly goes: boolean;
}

function emptyStore(table: Table): ColumnStore {
  return new ColumnStore([{ table, columns: Object.keys(table.columns), key: 'kept' }]);
}

function rowsOf(store: ColumnStore, table: Table): AnyRow[] {
  const fields = columnsOf(table, Object.keys(table.columns));
  return inOrder(table, store.select({ table, fields, where: [] }));
}

function inOrder(table: Table, rows: Iterable<AnyRow>): AnyRow[] {
  return [...rows].sort((a, b) => (keyText(table, a) < keyText(table, b) ? -1 : 1));
}

/** A row of a known key, or of any. */
function someChange(table: Table, known: readonly AnyRow[]): fc.Arbitrary<Change> {
  const kept = [...table.key, ...(table.partitionBy === undefined ? [] : [table.partitionBy])];
  const any = someRow(table);
  const again = fc
    .tuple(fc.nat(), any)
    .map(([i, row]) =>
      known.length === 0
        ? row
        : { ...row, ...Object.fromEntries(kept.map((name) => [name, known[i % known.length][name]])) },
    );
  return fc.record({ row: fc.oneof({ weight: 3, arbitrary: again }, any), goes: fc.boolean() });
}

describe.each(KEPT.map((table) => [table.name, table] as const))('%s', (_name, table) => {
  const cases = someRows(table, 30).chain((rows) =>
    fc.record({
      rows: fc.constant(rows),
      selections: fc.array(someSelection(table, rows), { minLength: 3, maxLength: 3 }),
      flushes: fc.array(
        fc.uniqueArray(someChange(table, rows), {
          maxLength: 20,
          selector: ({ row }) => keyText(table, row),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    }),
  );

  test('holds what a map would', () => {
    fc.assert(
      fc.property(cases, ({ rows, flushes, selections }) => {
        const store = emptyStore(table);
        store.load(table, blockOf(table, rows));
        const expected = new Map(rows.map((row) => [keyText(table, row), row]));
        for (const flush of flushes) {
          const block = blockOf(
            table,
            flush.map(({ row }) => row),
          );
          const goes = flush.some((change) => change.goes);
          store.apply(table, block, goes ? Uint8Array.from(flush, (change) => Number(change.goes)) : null);
          for (const change of flush) {
            if (change.goes) expected.delete(keyText(table, change.row));
            else expected.set(keyText(table, change.row), change.row);
          }
          expect(rowsOf(store, table)).toEqual(inOrder(table, expected.values()));
          expect(store.rows).toBe(expected.size);
          const fresh = emptyStore(table);
          fresh.load(table, blockOf(table, [...expected.values()]));
          for (const { selection } of selections)
            expect(store.select(selection)).toEqual(fresh.select(selection));
        }
      }),
      { numRuns: 60 },
    );
  });
});

const HOUR = 3_600_000;
const NAMES = ['window_start', 'window_date', 'brand', 'views'];

function hourlyBlock(rows: readonly AnyRow[]) {
  return blockOf(goldFunnelHourlyBrand, rows, NAMES);
}

function hourOf(brand: string, hour: number, views: number): AnyRow {
  return { window_start: hour * HOUR, window_date: '1970-01-01', brand, views };
}

function someHours(): ColumnStore {
  return new ColumnStore([{ table: goldFunnelHourlyBrand, columns: NAMES, key: 'kept' }]);
}

test('what was handed out does not change', () => {
  const store = someHours();
  store.load(goldFunnelHourlyBrand, hourlyBlock([hourOf('a', 0, 1)]));
  const selection = {
    table: goldFunnelHourlyBrand,
    fields: columnsOf(goldFunnelHourlyBrand, ['brand', 'views']),
    where: [],
  };
  const before = store.select(selection);
  store.apply(goldFunnelHourlyBrand, hourlyBlock([hourOf('a', 0, 2), hourOf('b', 1, 3)]), null);
  expect(before).toEqual([{ brand: 'a', views: 1 }]);
  expect(store.select(selection)).toHaveLength(2);
  store.clear();
  expect(store.select(selection)).toEqual([]);
  expect(store.rows).toBe(0);
});

test('sums know of rows that come later, are replaced, or go', () => {
  const store = someHours();
  const sum = () =>
    store.select({
      table: goldFunnelHourlyBrand,
      fields: { views: sumOf('views', 'int64', 'Views') },
      where: [],
      by: [],
    });
  store.load(goldFunnelHourlyBrand, hourlyBlock([hourOf('a', 0, 1), hourOf('a', 1, 2), hourOf('b', 1, 4)]));
  expect(sum()).toEqual([{ views: 7 }]);
  store.load(goldFunnelHourlyBrand, hourlyBlock([hourOf('b', 2, 8)]));
  expect(sum()).toEqual([{ views: 15 }]);
  store.apply(goldFunnelHourlyBrand, hourlyBlock([hourOf('a', 0, 101)]), null);
  expect(sum()).toEqual([{ views: 115 }]);
  store.apply(goldFunnelHourlyBrand, hourlyBlock([hourOf('b', 1, 0)]), Uint8Array.of(1));
  expect(sum()).toEqual([{ views: 111 }]);
});

test('rows without a key are only appended', () => {
  const columns = ['reason', 'event_time', 'event_date'];
  const store = new ColumnStore([{ table: deadLetters, columns, key: 'none' }]);
  const letter = { reason: 'bad_price', event_time: null, event_date: null };
  const block = blockOf(deadLetters, [letter, letter], columns);
  store.load(deadLetters, block);
  store.apply(deadLetters, block, null);
  expect(store.rows).toBe(4);
  expect(() => store.apply(deadLetters, block, Uint8Array.of(0, 1))).toThrow(
    'no row of dead_letters ever goes',
  );
});

test('what is not held is a defect', () => {
  const store = someHours();
  const { carts } = goldFunnelHourlyBrand.columns;
  const ask = (fields: object, rest: object = {}) =>
    store.select({ table: goldFunnelHourlyBrand, where: [], fields: fields as never, ...rest });
  const own = { carts: { take: 'value', from: 'carts', column: carts } };
  expect(() => ask(own)).toThrow('gold_funnel_hourly_brand.carts is not held in memory');
  expect(() => ask({}, { where: [{ column: 'carts', from: 1 }] })).toThrow('not held');
  expect(() => ask({}, { by: ['carts'] })).toThrow('not held');
  expect(() => store.select({ table: runs, where: [], fields: {} })).toThrow('runs is not held in memory');
  expect(() => store.load(goldFunnelHourlyBrand, blockOf(goldFunnelHourlyBrand, [], ['brand']))).toThrow(
    'rows of gold_funnel_hourly_brand without their window_start',
  );
  const without = { table: goldFunnelHourlyBrand, columns: ['window_date', 'brand'], key: 'kept' } as const;
  expect(() => new ColumnStore([without])).toThrow('the key of gold_funnel_hourly_brand is not held');
});
