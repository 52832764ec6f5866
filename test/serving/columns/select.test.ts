/** Tables in memory answer every selection as DuckDB does. */
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { ask } from '../../../io/duckdb/ask';
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
import type { Position, Selection } from '../../../serving/questions/selection';
import { questionOf } from '../../../serving/questions/selection_sql';
import { DUCKDB_QUESTIONS } from '../../../serving/questions/store';
import { type AnyRow, blockOf } from './column_blocks';
import { createdWith } from './duckdb_rows';
import { someRows } from './random_rows';
import { type Asked, someSelection } from './random_selections';

const HELD: readonly Table[] = [
  goldFunnelHourlyBrand,
  goldFunnelDailyCategory,
  goldAnomaliesHourlyBrand,
  pipelineLedger,
  runs,
  deadLetters,
];
/** Sets of rows of each table. */
const RUNS = 10;
/** Selections that are put to each set of rows. */
const ASKED = 25;

function storeWith(table: Table, rows: readonly AnyRow[], blockRows: number): ColumnStore {
  const store = new ColumnStore([
    { table, columns: Object.keys(table.columns), key: table === deadLetters ? 'none' : 'kept' },
  ]);
  for (let at = 0; at < rows.length; at += blockRows)
    store.load(table, blockOf(table, rows.slice(at, at + blockRows)));
  return store;
}

/** The selection of the page behind a row of the whole answer, or behind where there is none. */
function pageOf({ selection, behind }: Asked, whole: readonly AnyRow[]): Selection {
  if (behind === null || whole.length === 0) return selection;
  const row = whole[behind % whole.length];
  const other = whole[(behind * 7) % whole.length];
  const after = (selection.order ?? []).map(({ field }, i) => {
    const value = (behind % 3 === 0 && i > 0 ? other : row)[field];
    return behind % 4 === 0 && i === behind % 5 ? beside(value) : value;
  }) as Position;
  return { ...selection, after };
}

/** A value that comes a little later; a day is itself. */
function beside(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'bigint') return value + 1n;
  return typeof value === 'string' && !/^\d{4}-\d\d-\d\d$/.test(value) ? `${value}!` : value;
}

/** Without an order any rows of the answer will do, as many as are asked for. */
function expectSome(
  store: ColumnStore,
  { order: _order, ...selection }: Selection,
  whole: readonly AnyRow[],
): void {
  if (Object.values(selection.fields).some(({ take }) => take === 'place')) return;
  const left = whole.map(textOf);
  const some = store.select(selection).map(textOf);
  expect(some).toHaveLength(Math.min(selection.most ?? left.length, left.length));
  for (const row of some) {
    const at = left.indexOf(row);
    expect(at).toBeGreaterThanOrEqual(0);
    left.splice(at, 1);
  }
}

function textOf(row: AnyRow): string {
  return JSON.stringify(row, (_key, value) => (typeof value === 'bigint' ? `${value}n` : value));
}

describe.each(HELD.map((table) => [table.name, table] as const))('%s', (_name, table) => {
  test('answers as DuckDB does', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const cases = someRows(table, 60).chain((rows) =>
      fc.record({
        rows: fc.constant(rows),
        blockRows: fc.integer({ min: 1, max: 64 }),
        asked: fc.array(someSelection(table, rows), { minLength: ASKED, maxLength: ASKED }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, blockRows, asked }) => {
        const store = storeWith(table, rows, blockRows);
        for (const statement of createdWith(table, rows)) await connection.run(statement);
        for (const each of asked) {
          const { most: _most, ...unlimited } = each.selection;
          const whole = store.select(unlimited);
          const selection = pageOf(each, whole);
          const expected = await ask(connection, questionOf(DUCKDB_QUESTIONS, selection));
          expect(store.select(selection)).toEqual(expected);
          expectSome(store, each.selection, whole);
        }
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    connection.closeSync();
    instance.closeSync();
  });
});
