/** Rows as code holds them, made into the blocks that stores hand over. */
import type { Column } from '../../../schema/column';
import type { BlockColumn, ColumnBlock } from '../../../schema/column_block';
import type { Table } from '../../../schema/table';

export type AnyRow = Readonly<Record<string, unknown>>;

export function blockOf(
  table: Table,
  rows: readonly AnyRow[],
  names: readonly string[] = Object.keys(table.columns),
): ColumnBlock {
  return {
    rows: rows.length,
    columns: Object.fromEntries(
      names.map((name) => [
        name,
        columnOf(
          table.columns[name],
          rows.map((row) => row[name]),
        ),
      ]),
    ),
  };
}

/** What stands where there is no value is anything: nobody may look at it. */
const ANYTHING = 77;

function columnOf({ type }: Column, values: readonly unknown[]): BlockColumn {
  if (type === 'text' || type === 'json') return { kind: 'text', values: values as (string | null)[] };
  const nulls = values.includes(null) ? Uint8Array.from(values, (value) => Number(value === null)) : null;
  if (type === 'money') {
    const amounts = BigInt64Array.from(values, (value) => (value ?? BigInt(ANYTHING)) as bigint);
    return { kind: 'money', values: amounts, nulls };
  }
  const numbers = values.map((value) => {
    if (value === null) return ANYTHING;
    return type === 'date' ? Date.parse(value as string) / 86_400_000 : Number(value);
  });
  return { kind: 'number', values: Float64Array.from(numbers), nulls };
}
