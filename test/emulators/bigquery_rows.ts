/** Tables of a dataset as texts, and statements for tests. */

import { openBigquery } from '../../io/bigquery/client';
import { type DatasetName, qualified } from '../../io/bigquery/dataset_name';
import { isMissing } from '../../io/bigquery/service_error';
import type { Column } from '../../schema/column';
import { DAY_MS } from '../../schema/events';
import type { Table } from '../../schema/table';
import { TABLES } from '../../schema/tables';
import type { TableRow } from '../e2e/table_diff';

export async function runSql(dataset: DatasetName, sql: string): Promise<Record<string, unknown>[]> {
  const [rows] = await openBigquery(dataset.project).query(sql);
  return rows;
}

/** Names of the tables and views of a dataset. */
export async function namesIn({ project, dataset }: DatasetName): Promise<string[]> {
  const [tables] = await openBigquery(project).dataset(dataset).getTables();
  return tables.map(({ id }) => String(id)).sort();
}

/** All declared tables that the dataset has, in the row shapes of schema/tables.ts, each ordered by its key. */
export async function readDataset(dataset: DatasetName): Promise<Record<string, TableRow[]>> {
  const tables: Record<string, TableRow[]> = {};
  for (const table of TABLES) {
    try {
      tables[table.name] = await readTable(dataset, table);
    } catch (error) {
      if (!isMissing(error) && !/not found/i.test(String(error))) throw error;
    }
  }
  return tables;
}

export async function readTable(dataset: DatasetName, table: Table): Promise<TableRow[]> {
  const order = table.key.map((name) => `\`${name}\``).join(', ');
  return readRows(dataset, `FROM ${qualified(dataset, table.name)} ORDER BY ${order}`, table.columns);
}

/** Rows of `SELECT columns …`, without loss. */
export async function readRows(
  dataset: DatasetName,
  from: string,
  columns: Readonly<Record<string, Column>>,
): Promise<TableRow[]> {
  const entries = Object.entries(columns);
  const rows = await runSql(
    dataset,
    `SELECT ${entries.map(([name, column]) => `${plain(`\`${name}\``, column)} AS \`_${name}\``).join(', ')} ${from}`,
  );
  return rows.map((row) =>
    Object.fromEntries(entries.map(([name, column]) => [name, codeValue(column, row[`_${name}`])])),
  );
}

function plain(expression: string, { type }: Column): string {
  if (type === 'timestamp') return `CAST(UNIX_MICROS(${expression}) AS STRING)`;
  if (type === 'date') return `UNIX_DATE(${expression})`;
  if (type === 'money') return `CAST(CAST(${expression} * 10000 AS INT64) AS STRING)`;
  if (type === 'int64') return `CAST(${expression} AS STRING)`;
  if (type === 'json') return `TO_JSON_STRING(${expression})`;
  return expression;
}

function codeValue({ type }: Column, value: unknown): unknown {
  if (value === null || value === undefined || (type === 'json' && value === 'null')) return null;
  if (type === 'timestamp') return Number(value) / 1000;
  if (type === 'date') return new Date(Number(value) * DAY_MS).toISOString().slice(0, 10);
  if (type === 'int64') return Number(value);
  if (type === 'money') return BigInt(String(value));
  return value;
}
