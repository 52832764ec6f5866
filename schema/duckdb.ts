import type { Column, ColumnType } from './column';
import type { Table } from './table';
import { runs } from './tables';

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

/**
 * `CREATE OR REPLACE VIEW T_closed`: rows whose window is over for good, that is, its end plus allowed lateness plus the hour by which
 * merges outlive their sources has been passed by the watermark of the last run; a null watermark means complete.
 */
export function duckdbClosedView(table: Table): string {
  const closed = table.closedAt;
  if (!closed) throw new Error(`${table.name} has no windows that close`);
  const end = `t.${quote(closed.column)}::TIMESTAMP + INTERVAL ${closed.addDays} DAY`;
  return [
    `CREATE OR REPLACE VIEW ${quote(`${table.name}_closed`)} AS`,
    `SELECT t.* FROM ${quote(table.name)} t,`,
    `  (SELECT watermark, allowed_lateness_ms FROM ${quote(runs.name)} ORDER BY started_at DESC LIMIT 1) r`,
    `WHERE r.watermark IS NULL OR ${end} + r.allowed_lateness_ms * INTERVAL 1 MILLISECOND + INTERVAL 1 HOUR <= r.watermark`,
  ].join('\n');
}

/** An identifier in double quotes. */
export function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
