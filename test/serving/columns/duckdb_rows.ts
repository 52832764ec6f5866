/** Rows of a table as statements that bring them into a DuckDB. */
import { type Column, moneyDecimal } from '../../../schema/column';
import { duckdbCreateTable, quote } from '../../../schema/duckdb';
import type { Table } from '../../../schema/table';
import type { AnyRow } from './column_blocks';

/** Makes the table anew, with these rows. */
export function createdWith(table: Table, rows: readonly AnyRow[]): string[] {
  const values = rows.map((row) => {
    const literals = Object.entries(table.columns).map(([name, column]) => literal(column, row[name]));
    return `(${literals.join(', ')})`;
  });
  return [
    `DROP TABLE IF EXISTS ${quote(table.name)}`,
    duckdbCreateTable(table),
    ...(values.length === 0 ? [] : [`INSERT INTO ${quote(table.name)} VALUES ${values.join(', ')}`]),
  ];
}

function literal({ type }: Column, value: unknown): string {
  if (value === null) return 'NULL';
  if (type === 'text' || type === 'json')
    return `decode(unhex('${Buffer.from(String(value)).toString('hex')}'))`;
  if (type === 'timestamp') return `epoch_ms(${value}::BIGINT)`;
  if (type === 'date') return `DATE '${value}'`;
  if (type === 'money') return `${moneyDecimal(value as bigint)}::DECIMAL(18,4)`;
  if (type === 'double') return `'${value}'::DOUBLE`;
  return String(value);
}
