/** The rows of a table on one UTC day, column by column. */
import type { BlockColumn } from '../../schema/column_block';
import { dayText } from './days';
import type { MoneyColumn } from './money_column';
import type { NumberColumn } from './number_column';
import type { RowKeys } from './row_keys';
import type { CodeColumn, PlainColumn } from './text_columns';

export type HeldColumn = NumberColumn | MoneyColumn | CodeColumn | PlainColumn;

/** How a partition's columns are filled: null for the one that is the same in all of its rows. */
export type BlockColumns = readonly (BlockColumn | null)[];

export class Partition {
  /** As code holds it. */
  readonly dayText: string | null;
  /** By the places of their columns (rollups.ts); null where one doesn't pay. */
  readonly rollups = new Map<string, Partition | null>();
  /** Rows by key, made when one is first looked for. */
  private byKey: Map<number, number> | null = null;

  /**
   * @param day UTC day of all rows, since 1970; null where they have none
   * @param columns in the table's order; null for the one that holds the day, and what a rollup lacks
   */
  constructor(
    readonly day: number | null,
    readonly columns: readonly (HeldColumn | null)[],
    public rows = 0,
  ) {
    this.dayText = day === null ? null : dayText(day);
  }

  /** Adds the rows of a block from `from` to before `to`. Nobody looks whether their keys are there. */
  append(block: BlockColumns, from: number, to: number): void {
    const start = this.rows;
    this.columns.forEach((column, i) => {
      if (column === null) return;
      const values = block[i] as BlockColumn;
      column.reserve(start + to - from);
      column.append(start, values as never, from, to);
    });
    this.rows = start + to - from;
    this.byKey = null;
    this.rollups.clear();
  }

  /** Puts a row of a block into the place of its key's, or behind all. */
  replace(block: BlockColumns, from: number, key: number, keys: RowKeys): void {
    this.rollups.clear();
    const byKey = this.rowsByKey(keys);
    let row = byKey.get(key);
    if (row === undefined) {
      row = this.rows++;
      byKey.set(key, row);
    }
    for (let i = 0; i < this.columns.length; i++) {
      const column = this.columns[i];
      if (column === null) continue;
      column.reserve(this.rows);
      column.put(row, block[i] as never, from);
    }
  }

  /** Takes a key's row away, if there is one; the last one comes into its place. */
  remove(key: number, keys: RowKeys): void {
    const byKey = this.rowsByKey(keys);
    const row = byKey.get(key);
    if (row === undefined) return;
    this.rollups.clear();
    const last = this.rows - 1;
    byKey.delete(key);
    if (row !== last) byKey.set(keys.ofRow(this, last), row);
    for (const column of this.columns) {
      if (column === null) continue;
      if (row !== last) column.move(last, row);
      if (column.kind === 'money' || column.kind === 'plain') column.forget(last);
    }
    this.rows = last;
  }

  /** About so many. */
  get bytes(): number {
    const columns = this.columns.reduce((sum, column) => sum + (column?.bytes ?? 0), 0);
    const rollups = [...this.rollups.values()].reduce((sum, rollup) => sum + (rollup?.bytes ?? 0), 0);
    return columns + rollups + 40 * (this.byKey?.size ?? 0);
  }

  private rowsByKey(keys: RowKeys): Map<number, number> {
    if (this.byKey === null) {
      this.byKey = new Map();
      for (let row = 0; row < this.rows; row++) this.byKey.set(keys.ofRow(this, row), row);
    }
    return this.byKey;
  }
}
