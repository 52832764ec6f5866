/** Views on both databases: the same rows in the tables, the same rows in the views; and what they show is what they are declared to show. */
import { DuckDBInstance } from '@duckdb/node-api';
import { openBigquery } from '../../io/bigquery/client';
import { createTable, createViews, openDataset } from '../../io/bigquery/dataset';
import { type DatasetName, qualified } from '../../io/bigquery/dataset_name';
import { bigqueryTable, bigqueryViews } from '../../schema/bigquery';
import { duckdbCreateTable, duckdbViews } from '../../schema/duckdb';
import type { Table } from '../../schema/table';
import {
  goldAnomaliesHourlyBrand,
  goldFunnelDailyBrand,
  goldFunnelHourlyBrand,
  runs,
  TABLES,
} from '../../schema/tables';
import { CLOSING_TABLES, JOINED_TABLES, joinedView, viewStatements } from '../../schema/views';
import { describeWithBigquery } from '../emulators/bigquery';

// A statement takes the stand-in a tenth of a second and more, on a machine that has other work several times that.
jest.setTimeout(300_000);

type Values = Record<string, string>;

/** Literals that both databases read as the same value. */
const insert = (name: string, table: Table, row: Values, money: string): string => {
  const columns = Object.entries(table.columns).filter(
    ([, { nullable }], i) => !nullable || Object.keys(table.columns)[i] in row,
  );
  // Without a cast BigQuery takes a number with a point for a double.
  const literal = (type: string, value: string) =>
    type === 'money' ? `CAST('${value}' AS ${money})` : value;
  const plain: Record<string, string> = {
    ...{ text: "'x'", timestamp: "TIMESTAMP '2026-01-01 00:00:00'", date: "DATE '2026-01-01'", int64: '0' },
    ...{ money: '0', double: '0', boolean: 'FALSE', json: "JSON '{}'" },
  };
  const values = columns.map(([column, { type }]) => literal(type, row[column] ?? plain[type]));
  return `INSERT INTO ${name} (${columns.map(([column]) => column).join(', ')}) VALUES (${values.join(', ')})`;
};

const day = (
  date: string,
  brand: string,
  views: number,
  carts: number,
  purchases: number,
  revenue: string,
): [Table, Values] => [
  goldFunnelDailyBrand,
  {
    date: `DATE '${date}'`,
    brand: `'${brand}'`,
    views: `${views}`,
    carts: `${carts}`,
    purchases: `${purchases}`,
    revenue,
  },
];
const hour = (table: Table, start: string, brand: string, more: Values = {}): [Table, Values] => [
  table,
  {
    ...{ window_start: `TIMESTAMP '2026-01-01 ${start}:00:00'`, brand: `'${brand}'` },
    window_end: `TIMESTAMP '2026-01-01 ${String(Number(start) + 1).padStart(2, '0')}:00:00'`,
    ...more,
  },
];
const run = (id: string, start: string, watermark: string | null): [Table, Values] => [
  runs,
  {
    ...{ run_id: `'${id}'`, started_at: `TIMESTAMP '${start}'`, allowed_lateness_ms: '7200000' },
    ...(watermark !== null && { watermark: `TIMESTAMP '${watermark}'` }),
  },
];

const LIVE: [Table, Values][] = [
  run('old', '2026-01-01 00:00:00', null),
  // Passes 10 o'clock, plus two hours of lateness, plus one, to the millisecond.
  run('new', '2026-01-02 00:00:00', '2026-01-01 13:00:00'),
  hour(goldFunnelHourlyBrand, '09', 'a', { views: '1' }),
  hour(goldFunnelHourlyBrand, '10', 'a', { views: '2' }),
  hour(goldAnomaliesHourlyBrand, '09', 'a', { status: "'open'" }),
  hour(goldAnomaliesHourlyBrand, '10', 'a', { status: "'retracted'" }),
  day('2025-12-31', 'a', 10, 4, 2, '12.3400'),
  day('2026-01-01', 'a', 3, 0, 0, '0'),
  day('2026-01-01', 'b', 4, 1, 1, '0.0001'),
  // Six and seven days later: the first day is in one week and no more in the other.
  day('2026-01-06', 'a', 0, 0, 0, '0'),
  day('2026-01-07', 'a', 7, 7, 7, '99999999999.9999'),
];
const HISTORY: [Table, Values][] = [
  run('history', '2025-01-01 00:00:00', null),
  hour(goldFunnelHourlyBrand, '08', 'a', { views: '80' }),
  hour(goldFunnelHourlyBrand, '09', 'a', { views: '90' }),
  hour(goldFunnelHourlyBrand, '09', 'only before', { views: '91' }),
  hour(goldAnomaliesHourlyBrand, '08', 'a', { status: "'open'", n_brand: '8' }),
  // The live run has this hour, and sees no anomaly in it.
  hour(goldAnomaliesHourlyBrand, '10', 'b', { status: "'open'", n_brand: '10' }),
];

const VIEWS: Record<string, string> = {
  ...Object.fromEntries(CLOSING_TABLES.map(({ name, key }) => [`${name}_closed`, key.join(', ')])),
  anomalies_open: 'window_start, brand',
  funnel_daily: 'date',
};

/** Rows without what the drivers make of types. */
const plainRows = (rows: readonly Record<string, unknown>[]): unknown[] =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => {
        const inner = typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
        const text = inner === null ? null : String(inner);
        if (text !== null && /^\d{4}-\d\d-\d\d[ T]/.test(text))
          return [
            name,
            Date.parse(/Z$|\+00$/.test(text) ? text.replace('+00', 'Z') : `${text.replace(' ', 'T')}Z`),
          ];
        return [name, text !== null && text !== '' && Number.isFinite(Number(text)) ? Number(text) : text];
      }),
    ),
  );

describeWithBigquery('views', () => {
  const live: DatasetName = { project: 'local-test', dataset: 'views_live' };
  const history: DatasetName = { project: 'local-test', dataset: 'views_history' };
  let bigquery: (sql: string) => Promise<unknown[]>;
  let duckdb: (sql: string) => Promise<unknown[]>;
  let close: () => void;

  beforeAll(async () => {
    const client = openBigquery('local-test');
    bigquery = async (sql) => plainRows((await client.query(sql))[0]);
    for (const [dataset, rows] of [
      [live, LIVE],
      [history, HISTORY],
    ] as const) {
      const place = await openDataset(client, dataset, null);
      await Promise.all(
        [...TABLES, runs].map((table: Table) =>
          createTable(client, dataset, table.name, bigqueryTable(table)),
        ),
      );
      await client.query(
        rows.map(([table, row]) => insert(qualified(dataset, table.name), table, row, 'NUMERIC')).join(';\n'),
      );
      await createViews(place, dataset);
    }
    const bigqueryOf = (dataset: DatasetName) => bigqueryViews((name) => qualified(dataset, name));
    for (const joined of JOINED_TABLES)
      await client.query(
        joinedView(
          qualified(live, `${joined.table.name}_joined`),
          joined,
          bigqueryOf(live),
          bigqueryOf(history),
        ),
      );

    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    close = () => {
      connection.closeSync();
      instance.closeSync();
    };
    duckdb = async (sql) => plainRows((await connection.runAndReadAll(sql)).getRowObjectsJson());
    for (const [catalog, rows] of [
      ['live', LIVE],
      ['history', HISTORY],
    ] as const) {
      await connection.run(`ATTACH ':memory:' AS ${catalog}; USE ${catalog}`);
      await connection.run([...TABLES, runs].map((table: Table) => duckdbCreateTable(table)).join(';\n'));
      await connection.run(
        rows.map(([table, row]) => insert(table.name, table, row, 'DECIMAL(18,4)')).join(';\n'),
      );
      await connection.run(viewStatements(duckdbViews()).join(';\n'));
    }
    const duckdbOf = (catalog: string) => duckdbViews((name) => `${catalog}.${name}`);
    for (const joined of JOINED_TABLES)
      await connection.run(
        joinedView(`live.${joined.table.name}_joined`, joined, duckdbOf('live'), duckdbOf('history')),
      );
    await connection.run('USE live');
  });
  afterAll(() => close());

  test.each(Object.entries(VIEWS))('%s has the same rows on both', async (view, order) => {
    const rows = await duckdb(`SELECT * FROM ${view} ORDER BY ${order}`);
    expect(await bigquery(`SELECT * FROM ${qualified(live, view)} ORDER BY ${order}`)).toEqual(rows);
  });

  test.each(JOINED_TABLES.map((joined) => [joined.table.name, joined.table.key] as const))(
    '%s of a live and a history output has the same rows on both',
    async (name, key) => {
      const order = key.join(', ');
      const rows = await duckdb(`SELECT * FROM ${name}_joined ORDER BY ${order}`);
      expect(await bigquery(`SELECT * FROM ${qualified(live, `${name}_joined`)} ORDER BY ${order}`)).toEqual(
        rows,
      );
    },
  );

  test('an hour is closed when the watermark of the last run has passed its end, lateness and the hour of merges', async () => {
    expect(await duckdb('SELECT views FROM gold_funnel_hourly_brand_closed')).toEqual([{ views: 1 }]);
    expect(await duckdb('SELECT views FROM history.gold_funnel_hourly_brand_closed ORDER BY 1')).toEqual([
      { views: 80 },
      { views: 90 },
      { views: 91 },
    ]);
    expect(await duckdb('SELECT date FROM gold_funnel_daily_brand_closed')).toEqual([{ date: '2025-12-31' }]);
  });

  test('open anomalies are those that were not retracted', async () => {
    expect(await duckdb('SELECT status FROM anomalies_open')).toEqual([{ status: 'open' }]);
  });

  test('a day has the means of the seven that end with it', async () => {
    const rows = await duckdb('SELECT * FROM funnel_daily ORDER BY date');
    expect(rows).toMatchObject([
      {
        date: '2025-12-31',
        views: 10,
        views_7d: 10,
        conversion_rate: 0.2,
        conversion_rate_7d: 0.2,
        revenue: 12.34,
      },
      { date: '2026-01-01', views: 7, views_7d: 8.5, conversion_rate: 1 / 7, conversion_rate_7d: 3 / 17 },
      { date: '2026-01-06', views: 0, views_7d: 17 / 3, conversion_rate: null, conversion_rate_7d: 3 / 17 },
      { date: '2026-01-07', views: 7, views_7d: 14 / 3, purchases_7d: 8 / 3, cart_to_purchase_rate_7d: 1 },
    ]);
  });

  test('of an hour that both have, the live one’s rows are shown and no others', async () => {
    expect(
      await duckdb('SELECT brand, views FROM gold_funnel_hourly_brand_joined ORDER BY window_start, brand'),
    ).toEqual([
      { brand: 'a', views: 80 },
      { brand: 'a', views: 1 },
      { brand: 'a', views: 2 },
    ]);
    expect(
      await duckdb(
        "SELECT n_brand FROM gold_anomalies_hourly_brand_joined WHERE status = 'open' ORDER BY window_start",
      ),
    ).toEqual([{ n_brand: 8 }, { n_brand: 0 }]);
  });
});
