/** Reads the tables of a DuckDB file back into the row shapes of schema/tables.ts. */
import { type DuckDBBlobValue, type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Column } from '../../schema/column';
import { quote } from '../../schema/duckdb';
import { DAY_MS } from '../../schema/events';
import type { Table } from '../../schema/table';
import { TABLES } from '../../schema/tables';
import type { TableRow } from './table_diff';

/** All declared tables that the file holds, each ordered by its key. */
export async function readTables(path: string): Promise<Record<string, TableRow[]>> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  try {
    const connection = await instance.connect();
    try {
      const present = await connection.runAndReadAll('SELECT table_name FROM duckdb_tables()');
      const names = new Set(present.getRows().map(([name]) => name));
      const tables: Record<string, TableRow[]> = {};
      for (const table of TABLES) {
        if (names.has(table.name)) tables[table.name] = await readTable(connection, table);
      }
      return tables;
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

async function readTable(connection: DuckDBConnection, table: Table): Promise<TableRow[]> {
  const columns = Object.entries(table.columns);
  const fields = columns.map(([name, column]) => plain(quote(name), column));
  const sql = `SELECT ${fields.join(', ')} FROM ${quote(table.name)} ORDER BY ${table.key.map(quote).join(', ')}`;
  return readRows(connection, sql, table.columns);
}

/** The result of a query that gives the columns, in their order, as {@link plain} writes them. */
export async function readRows(
  connection: DuckDBConnection,
  sql: string,
  columns: Readonly<Record<string, Column>>,
): Promise<TableRow[]> {
  const result = await connection.runAndReadAll(sql);
  const entries = Object.entries(columns);
  return result
    .getRows()
    .map((values) =>
      Object.fromEntries(entries.map(([name, column], index) => [name, codeValue(column, values[index])])),
    );
}

/**
 * An expression as the driver hands it over without loss: times as microseconds, money as integers, days as numbers, texts as bytes (the driver's
 * decoder takes a byte order mark off the front of a text).
 */
export function plain(expression: string, { type }: Column): string {
  if (type === 'timestamp') return `epoch_us(${expression})`;
  if (type === 'date') return `(${expression} - DATE '1970-01-01')::BIGINT`;
  if (type === 'money') return `(${expression}::DECIMAL(38,4) * 10000)::HUGEINT`;
  if (type === 'text' || type === 'json') return `encode(${expression}::VARCHAR)`;
  return expression;
}

function codeValue({ type }: Column, value: unknown): unknown {
  if (value === null) return null;
  if (type === 'timestamp') return Number(value as bigint) / 1000;
  if (type === 'date') return new Date(Number(value as bigint) * DAY_MS).toISOString().slice(0, 10);
  if (type === 'int64') return Number(value as bigint);
  if (type === 'text' || type === 'json')
    return Buffer.from((value as DuckDBBlobValue).bytes).toString('utf8');
  return value;
}
