import type { Column, ColumnType } from './column';
import type { Table } from './table';
import type { ViewDialect } from './views';

const TYPES: Record<ColumnType, string> = {
  text: 'VARCHAR',
  timestamp: 'TIMESTAMP',
  date: 'DATE',
  int64: 'BIGINT',
  money: 'DECIMAL(18,4)',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  json: 'JSON',
};

/** DuckDB's type of a column. Timestamps are UTC without a zone, as analysts' tools show them best. */
export function duckdbType(column: Column): string {
  return TYPES[column.type];
}

/** How a table is created: as it is, or unless it is there. */
export type Creation = 'TABLE' | 'TABLE IF NOT EXISTS';

/** `CREATE TABLE` for a table, under another name if asked (staging). No primary key: writers keep keys unique, and an index would cost every load. */
export function duckdbCreateTable(
  table: Table,
  name: string = table.name,
  creation: Creation = 'TABLE',
): string {
  const columns = Object.entries(table.columns).map(
    ([column, spec]) => `  ${quote(column)} ${duckdbType(spec)}${spec.nullable ? '' : ' NOT NULL'}`,
  );
  return `CREATE ${creation} ${quote(name)} (\n${columns.join(',\n')}\n)`;
}

/** Views in DuckDB's SQL. `name`: a table or view as SQL has it, with the database's name where it is not the one that is open. */
export function duckdbViews(name: (table: string) => string = quote): ViewDialect {
  return {
    name,
    double: 'DOUBLE',
    dayNumber: (date) => `(${date} - DATE '1970-01-01')`,
    milliseconds: (from, to) => `(epoch_ms(${to}::TIMESTAMP) - epoch_ms(${from}::TIMESTAMP))`,
  };
}

/** An identifier in double quotes. */
export function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
