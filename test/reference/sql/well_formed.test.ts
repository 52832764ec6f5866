/** The plain reference and the SQL agree on generated well-formed files: duplicates that differ, anomalies, rejected prices. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wellFormedCsv } from '../../dirty/well_formed_csv';
import { expectSameTables } from '../../e2e/table_diff';
import { computeReference, type Tables } from '../reference';
import { SQL_TABLES, sqlTables } from './sql_tables';

const SEEDS = [1, 2, 3, 4, 5, 6];
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-sql-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('the SQL says the same of generated files, and some hold anomalies', async () => {
  let anomalies = 0;
  for (const seed of SEEDS) {
    const path = join(folder, `${seed}.csv`);
    const bytes = wellFormedCsv(seed, 3000);
    writeFileSync(path, bytes);
    const tables = computeReference([{ source: path, bytes, format: 'csv' }]);
    const expected = Object.fromEntries(SQL_TABLES.map(({ name }) => [name, tables[name as keyof Tables]]));
    const actual = await sqlTables(path);
    expectSameTables(expected, actual, { ignore: ['revenue_at_risk'] });
    const risk = (rows: readonly object[]) =>
      (rows as Tables['gold_anomalies_hourly_brand'])
        .map((row): [string, number] => [`${row.window_start} ${row.brand}`, Number(row.revenue_at_risk)])
        .sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [index, [key, value]] of risk(actual.gold_anomalies_hourly_brand).entries()) {
      const [expectedKey, expectedValue] = risk(tables.gold_anomalies_hourly_brand)[index];
      expect(key).toBe(expectedKey);
      expect(Math.abs(value - expectedValue)).toBeLessThanOrEqual(1);
    }
    anomalies += tables.gold_anomalies_hourly_brand.length;
  }
  expect(anomalies).toBeGreaterThan(0);
});
