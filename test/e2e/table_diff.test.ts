/** Reading tables back from a DuckDB file, and telling what differs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Column } from '../../schema/column';
import { duckdbCreateTable, quote } from '../../schema/duckdb';
import { TABLES } from '../../schema/tables';
import { dirtyCsv } from '../dirty/dirty_csv';
import { dirtyNdjson } from '../dirty/dirty_ndjson';
import { computeReference, type Tables } from '../reference/reference';
import { readTables } from './read_tables';
import { diffTables, expectSameTables, type TableRow } from './table_diff';

function tables(): Tables {
  return computeReference(
    [
      { source: 'a.csv', bytes: dirtyCsv(1, 1500), format: 'csv' },
      { source: 'b.ndjson', bytes: dirtyNdjson(1, 1500), format: 'ndjson' },
    ],
    { minFlagViews: 20, zThreshold: 1 },
  );
}

test('tables written to DuckDB come back as they were', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'funnelpulse-read-'));
  try {
    const expected = tables();
    expect(expected.gold_anomalies_hourly_brand.length).toBeGreaterThan(0);
    const path = join(folder, 't.duckdb');
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    for (const table of TABLES) {
      await connection.run(duckdbCreateTable(table));
      const columns = Object.entries(table.columns);
      const rows: readonly object[] = expected[table.name as keyof Tables];
      for (let from = 0; from < rows.length; from += 500) {
        const values = (rows.slice(from, from + 500) as readonly TableRow[]).map(
          (row) => `(${columns.map(([name, column]) => literal(column, row[name])).join(', ')})`,
        );
        await connection.run(`INSERT INTO ${quote(table.name)} VALUES ${values.join(', ')}`);
      }
    }
    connection.closeSync();
    instance.closeSync();
    expectSameTables(expected, await readTables(path), { ignore: [] });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function literal({ type }: Column, value: unknown): string {
  if (value === null) return 'NULL';
  if (type === 'timestamp') return `make_timestamp(${value as number}::BIGINT * 1000)`;
  if (type === 'money') return decimal(value as bigint);
  if (typeof value === 'string')
    return `'${value.replaceAll("'", "''").replaceAll('\u0000', "' || chr(0) || '")}'`;
  return String(value);
}

function decimal(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(5, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

describe('a difference is named', () => {
  const expected = tables();
  const changed = (table: keyof Tables, change: (rows: TableRow[]) => TableRow[]) =>
    diffTables(expected, { ...expected, [table]: change([...expected[table]] as unknown as TableRow[]) });

  test('none', () => expect(changed('gold_funnel_hourly_brand', (rows) => rows.toReversed())).toEqual([]));
  test('a missing row', () => {
    const lines = changed('gold_funnel_daily_category', (rows) => rows.slice(1));
    expect(lines[0]).toMatch(/^gold_funnel_daily_category: expected \d+ rows, found \d+$/);
    expect(lines[1]).toMatch(/^gold_funnel_daily_category \[.*\]: missing; expected \{date: /);
  });
  test('a row twice', () => {
    expect(changed('pipeline_ledger', (rows) => [...rows, rows[0]])[1]).toMatch(
      /^pipeline_ledger \[.*\]: unexpected \{/,
    );
  });
  test('a count, a sum, a null', () => {
    const [row] = expected.gold_funnel_daily_brand;
    const put = (change: object) =>
      changed('gold_funnel_daily_brand', (rows) => [{ ...rows[0], ...change }, ...rows.slice(1)]);
    expect(put({ views: row.views + 1 })).toEqual([
      `gold_funnel_daily_brand ["${row.date}", "${row.brand}"]: views expected ${row.views}, found ${row.views + 1}`,
    ]);
    expect(put({ revenue: row.revenue + 1n })).toHaveLength(1);
    expect(put({ view_to_cart_rate: row.view_to_cart_rate === null ? 0 : null })).toHaveLength(1);
  });
  test('a rate beyond 1e-9 of itself', () => {
    const rate = (factor: number) =>
      changed('gold_funnel_daily_brand', (rows) =>
        rows.map((row) => ({
          ...row,
          conversion_rate: row.conversion_rate === null ? null : (row.conversion_rate as number) * factor,
        })),
      );
    expect(rate(1 + 1e-11)).toEqual([]);
    expect(rate(1 + 1e-8).length).toBeGreaterThan(0);
  });
  test('a table that is not there', () => {
    const { dead_letters, ...others } = expected;
    expect(dead_letters.length).toBeGreaterThan(0);
    expect(diffTables(expected, others)).toEqual(['dead_letters: the table is missing']);
  });
});
