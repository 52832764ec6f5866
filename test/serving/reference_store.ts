/** A store in memory that holds what the plain reference has computed. */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { ask } from '../../io/duckdb/ask';
import { columnSource, readColumns } from '../../io/duckdb/read_columns';
import type { Column } from '../../schema/column';
import { duckdbCreateTable } from '../../schema/duckdb';
import type { Table } from '../../schema/table';
import { runs, TABLES } from '../../schema/tables';
import { ASKED_TABLES } from '../../serving/columns/asked_tables';
import { ColumnStore } from '../../serving/columns/column_store';
import { DUCKDB_QUESTIONS, type Store, sqlStore } from '../../serving/questions/store';

/** Rows by table name; tables that are not named are empty. */
export type Rows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

export interface OpenStore extends Store {
  /** Replaces all rows. */
  readonly become: (tables: Rows) => Promise<void>;
  readonly close: () => void;
}

/** @param kind what answers: DuckDB, or columns in memory that were read from it */
export async function storeOf(tables: Rows, kind: 'sql' | 'columns' = 'sql'): Promise<OpenStore> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const columns = new ColumnStore(ASKED_TABLES);
  const become = async (rows: Rows): Promise<void> => {
    for (const table of [...TABLES, runs]) {
      await connection.run(`DELETE FROM ${table.name}`);
      const values = (rows[table.name] ?? []).map((row) => valuesOf(table, row));
      if (values.length > 0) await connection.run(`INSERT INTO ${table.name} VALUES ${values.join(', ')}`);
    }
    if (kind === 'sql') return;
    columns.clear();
    await fill(columns, connection);
  };
  for (const table of [...TABLES, runs]) await connection.run(duckdbCreateTable(table));
  await become(tables);
  const store: Store =
    kind === 'sql'
      ? sqlStore(DUCKDB_QUESTIONS, (question) => ask(connection, question))
      : { select: async (selection) => columns.select(selection) };
  return {
    ...store,
    become,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Takes over all rows of the tables that questions are about. */
export async function fill(columns: ColumnStore, connection: DuckDBConnection): Promise<void> {
  for (const { table, columns: names } of ASKED_TABLES)
    for await (const block of readColumns(connection, columnSource(table, names))) columns.load(table, block);
}

function valuesOf(table: Table, row: Readonly<Record<string, unknown>>): string {
  return `(${Object.entries(table.columns)
    .map(([name, column]) => literal(column, row[name]))
    .join(', ')})`;
}

function literal({ type }: Column, value: unknown): string {
  if (value === null) return 'NULL';
  if (type === 'text' || type === 'json') return textLiteral(String(value));
  if (type === 'timestamp') return `epoch_ms(${value}::BIGINT)`;
  if (type === 'date') return `DATE '${value}'`;
  if (type === 'money') return decimal(value as bigint);
  if (type === 'double') return `'${value}'::DOUBLE`;
  return String(value);
}

/** Any text, by its bytes. */
function textLiteral(text: string): string {
  return `decode(unhex('${Buffer.from(text).toString('hex')}'))`;
}

/** Ten-thousandths as an exact decimal. */
function decimal(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(5, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}::DECIMAL(18,4)`;
}
