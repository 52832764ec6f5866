/** Rows of every table as a server of others' making reads them. It knows no upserts: its tables get the two pseudo-columns as columns, and each row is appended. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BigQueryWriter } from '../../../../io/bigquery/write/bigquery_writer';
import { bigquerySchema } from '../../../../schema/bigquery';
import type { Column } from '../../../../schema/column';
import type { Table } from '../../../../schema/table';
import {
  deadLetters,
  goldAnomaliesHourlyBrand,
  pipelineLedger,
  STREAM_TABLES,
} from '../../../../schema/tables';
import { describeWithBigquery, type LocalBigquery } from '../../../emulators/bigquery';
import { compareSequenceNumbers } from '../../../emulators/documented_order';
import { anomalyRow, goldRow, ledgerRow, letterRow, log, START, type Values } from '../../upsert_rows';

const PROJECT = 'local-test';

describeWithBigquery('rows for local-bigquery', (server) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'funnelpulse-local-bigquery-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each(STREAM_TABLES.map((table) => ({ name: table.name, table })))('$name', async ({ name, table }) => {
    const dataset = `d_${name}`;
    await createTable(server(), dataset, table);
    const rows = [1, 2, 3].map((at) => exampleRow(table, at));
    const writer = await BigQueryWriter.open({
      dataset: `projects/${PROJECT}/datasets/${dataset}`,
      endpoint: { host: '127.0.0.1', port: server().grpcPort },
    });
    try {
      writer.append(log(table, folder, rows)[0], { time: START + 5, commit: 4 });
      expect(await writer.flush()).toEqual({ written: { [name]: 3 }, refused: 0, firstRefusal: null });
    } finally {
      await writer.close();
    }
    const stamped = rows.map((row) => ({
      ...row,
      ...('computed_at' in row && { computed_at: START + 5 }),
      ...('commit' in row && { commit: 4 }),
    }));
    const found = await readRows(server(), dataset, table);
    for (const { sequence } of found) expect(compareSequenceNumbers(sequence, '0')).toBeGreaterThan(0);
    const key = (row: Values) => JSON.stringify(table.key.map((column) => row[column]));
    const byKey = (a: Values, b: Values) => (key(a) < key(b) ? -1 : 1);
    expect(found.map(({ row }) => row).sort(byKey)).toEqual(stamped.sort(byKey));
    expect(new Set(found.map(({ change }) => change))).toEqual(new Set(['UPSERT']));
  });
});

/** A row with all its values, some of them unlike others of their type. */
function exampleRow(table: Table, at: number): Values {
  const key = { hour: at, name: `Ärger & Co. “${at}” 🛒`, revision: at, pane: 'late' as const };
  const measures = {
    ...{
      views: 2 ** 40 + at,
      carts: 1,
      removals: 0,
      purchases: at,
      revenue: [-1n, 123_456n, 98_765_432_101_234n][at - 1],
    },
    ...{ view_to_cart_rate: 0.1 * at, cart_to_purchase_rate: null, conversion_rate: 1e-300 },
  };
  if (table === goldAnomaliesHourlyBrand)
    return {
      ...{ ...anomalyRow({ ...key, through: at }), ...measures, is_drop_anomaly: at === 2, z_brand: -at / 3 },
      ...{ anomaly_type: at === 2 ? 'drop' : null, revenue_at_risk: at === 1 ? null : 50_000n },
    };
  if (table === deadLetters)
    return {
      ...{ ...letterRow(at), payload: `"quoted"\t\\ ${'x'.repeat(100 * at)}\n`, line: at === 1 ? null : at },
      ...{ event_time: -at, event_date: '1969-12-31', columns: at === 3 ? null : '["a","b"]' },
    };
  if (table === pipelineLedger) return { ...ledgerRow(at - 1, at), late_dropped: at === 1 ? null : at };
  return { ...goldRow(table, key), ...measures };
}

const TYPES: Partial<Record<Column['type'], (text: string) => unknown>> = {
  timestamp: (micros) => Number(micros) / 1000,
  int64: Number,
  double: Number,
  boolean: (text) => text === 'true',
  money: (ten_thousandths) => BigInt(ten_thousandths),
};

/** As text of which nothing is lost. */
function textSql(name: string, type: Column['type']): string {
  const column = `\`${name}\``;
  if (type === 'timestamp') return `CAST(UNIX_MICROS(${column}) AS STRING)`;
  if (type === 'money') return `CAST(CAST(${column} * 10000 AS INT64) AS STRING)`;
  if (type === 'json') return `IF(${column} IS NULL, NULL, TO_JSON_STRING(${column}))`;
  return `CAST(${column} AS STRING)`;
}

async function readRows(server: LocalBigquery, dataset: string, table: Table) {
  const columns = Object.entries<Column>(table.columns);
  const texts = columns.map(([name, { type }]) => textSql(name, type));
  const sql = `SELECT ${[...texts, '_CHANGE_TYPE', '_CHANGE_SEQUENCE_NUMBER'].map((text, at) => `${text} AS c${at}`).join(', ')} FROM ${dataset}.${table.name}`;
  const { rows = [] } = await call(server, 'queries', { query: sql, useLegacySql: false });
  return (rows as { f: { v: string | null }[] }[]).map(({ f }) => ({
    row: Object.fromEntries(
      columns.map(([name, { type }], at) => {
        const text = f[at].v;
        return [name, text === null ? null : (TYPES[type]?.(text) ?? text)];
      }),
    ),
    change: f[columns.length].v,
    sequence: f[columns.length + 1].v!,
  }));
}

async function createTable(server: LocalBigquery, dataset: string, table: Table): Promise<void> {
  await call(server, 'datasets', { datasetReference: { projectId: PROJECT, datasetId: dataset } });
  const pseudo = ['_CHANGE_TYPE', '_CHANGE_SEQUENCE_NUMBER'].map((name) => ({ name, type: 'STRING' }));
  await call(server, `datasets/${dataset}/tables`, {
    tableReference: { projectId: PROJECT, datasetId: dataset, tableId: table.name },
    schema: { fields: [...bigquerySchema(table), ...pseudo] },
  });
}

async function call(server: LocalBigquery, path: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${server.url}/bigquery/v2/projects/${PROJECT}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}
