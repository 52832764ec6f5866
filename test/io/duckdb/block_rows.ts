/** Blocks of columns as rows. */
import type { Column } from '../../../schema/column';
import type { ColumnBlock } from '../../../schema/column_block';
import { DAY_MS } from '../../../schema/events';

/** Rows of blocks as ask() has them. */
export function rowsOf(
  blocks: readonly ColumnBlock[],
  columns: Readonly<Record<string, Column>>,
): Record<string, unknown>[] {
  return blocks.flatMap((block) =>
    Array.from({ length: block.rows }, (_, row) =>
      Object.fromEntries(
        Object.entries(columns).map(([name, column]) => [name, codeValue(block, name, column, row)]),
      ),
    ),
  );
}

function codeValue({ columns, rows }: ColumnBlock, name: string, { type }: Column, row: number): unknown {
  const column = columns[name];
  if (column.values.length !== rows)
    throw new Error(`${name} has ${column.values.length} values, not ${rows}`);
  if (column.kind === 'text') return column.values[row];
  if (column.nulls?.[row] === 1) {
    if (Number(column.values[row]) !== 0) throw new Error(`${name} has a value beside its null`);
    return null;
  }
  const value = column.values[row];
  if (type === 'boolean') return value === 1;
  return type === 'date' ? new Date(Number(value) * DAY_MS).toISOString().slice(0, 10) : value;
}
