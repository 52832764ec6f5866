/** The plain reference and the SQL, on the real sample: equal, and as its known facts say (samples/README.md). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectSameTables } from '../../e2e/table_diff';
import { computeReference, type Tables } from '../reference';
import { SQL_TABLES, sqlTables } from './sql_tables';

const SAMPLE = join(__dirname, '../../../samples/2019-Oct.sample.csv');

describe('the real sample', () => {
  let tables: Tables;
  beforeAll(() => {
    tables = computeReference([{ source: SAMPLE, bytes: readFileSync(SAMPLE), format: 'csv' }]);
  });

  const total = (pick: (row: Tables['pipeline_ledger'][number]) => number) =>
    tables.pipeline_ledger.reduce((sum, row) => sum + pick(row), 0);

  test('every record is accounted for', () => {
    expect(total((row) => row.read)).toBe(22_283);
    expect(total((row) => row.rejected)).toBe(39);
    expect(total((row) => row.duplicates)).toBe(1_242);
    expect(total((row) => row.counted)).toBe(21_002);
    expect(tables.dead_letters.map((row) => row.reason)).toEqual(Array(39).fill('nonpositive_price'));
    expect(tables.silver_events).toHaveLength(21_002);
  });

  test('rows per table', () => {
    expect(tables.gold_funnel_hourly_brand).toHaveLength(869);
    expect(tables.gold_funnel_daily_brand).toHaveLength(260);
    expect(tables.gold_funnel_daily_category).toHaveLength(11);
    expect(tables.gold_funnel_hourly_price_band).toHaveLength(40);
    expect(tables.gold_anomalies_hourly_brand).toHaveLength(0);
  });

  test('brand-hours without a view, with more carts than views, with 50 views', () => {
    const rows = tables.gold_funnel_hourly_brand;
    expect(rows.filter((row) => row.views === 0 && row.conversion_rate === null)).toHaveLength(116);
    expect(rows.filter((row) => row.views > 0 && row.carts > row.views)).toHaveLength(88);
    expect(rows.filter((row) => row.views >= 50)).toHaveLength(27);
  });

  test('revenue, in all and of one brand', () => {
    const revenue = (rows: readonly { revenue: bigint }[]) =>
      rows.reduce((sum, row) => sum + row.revenue, 0n);
    for (const rows of [
      tables.gold_funnel_hourly_brand,
      tables.gold_funnel_daily_brand,
      tables.gold_funnel_daily_category,
      tables.gold_funnel_hourly_price_band,
    ]) {
      expect(revenue(rows)).toBe(90_586_000n);
    }
    const runail = tables.gold_funnel_daily_brand.filter((row) => row.brand === 'runail');
    expect(runail.reduce((sum, row) => sum + row.views, 0)).toBe(848);
    expect(runail.reduce((sum, row) => sum + row.purchases, 0)).toBe(342);
    expect(revenue(runail)).toBe(9_687_400n);
  });

  test('the SQL says the same', async () => {
    const expected = Object.fromEntries(SQL_TABLES.map(({ name }) => [name, tables[name as keyof Tables]]));
    expectSameTables(expected, await sqlTables(SAMPLE));
  });
});
