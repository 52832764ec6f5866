/** One table in memory: its partitions, and what their columns share. */
import type { Column } from '../../schema/column';
import type { BlockColumn, ColumnBlock } from '../../schema/column_block';
import type { Table, TableColumns } from '../../schema/table';
import { Dictionary } from './dictionary';
import { MoneyColumn } from './money_column';
import { NumberColumn } from './number_column';
import { type BlockColumns, type HeldColumn, Partition } from './partition';
import { RowKeys } from './row_keys';
import { CodeColumn, PlainColumn } from './text_columns';

/** A table that is held: of its columns the one it is partitioned by and those of a key that is kept, and any others. */
export interface HeldTable extends TableColumns {
  /** `none`: rows are only ever appended. */
  readonly key: 'kept' | 'none';
}

export class HeldRows {
  readonly table: Table;
  readonly names: readonly string[];
  /** By column; null where its values are no texts, or each is another. */
  readonly dictionaries: readonly (Dictionary | null)[];
  /** The place of the column that the table is partitioned by; -1 where there is none. */
  readonly dayColumn: number;
  private readonly keys: RowKeys | null;
  private readonly days = new Map<number | null, Partition>();
  private ordered: Partition[] | null = null;

  /** @throws Error where it can't be held like this */
  constructor({ table, columns, key }: HeldTable) {
    this.table = table;
    this.names = columns;
    const { partitionBy } = table;
    this.dayColumn = partitionBy === undefined ? -1 : columns.indexOf(partitionBy);
    if (partitionBy !== undefined && (this.dayColumn < 0 || table.columns[partitionBy].type !== 'date'))
      throw new Error(`${table.name} is not held by days`);
    this.dictionaries = columns.map((name) =>
      table.columns[name].type === 'text' ? new Dictionary() : null,
    );
    this.keys = key === 'kept' ? new RowKeys(table, columns, this.dictionaries) : null;
  }

  get rows(): number {
    return this.partitions().reduce((sum, { rows }) => sum + rows, 0);
  }

  /** About so many. */
  get bytes(): number {
    const texts = this.dictionaries.reduce((sum, dictionary) => sum + (dictionary?.bytes ?? 0), 0);
    return this.partitions().reduce((sum, { bytes }) => sum + bytes, texts);
  }

  /** Those that have rows, by day; that of rows without a day is the last. */
  partitions(): readonly Partition[] {
    this.ordered ??= [...this.days.values()].sort((a, b) => placeOf(a) - placeOf(b));
    return this.ordered;
  }

  /** A column's place. @throws Error where it isn't held */
  columnAt(name: string): number {
    const at = this.names.indexOf(name);
    if (at < 0) throw new Error(`${this.table.name}.${name} is not held in memory`);
    return at;
  }

  columnOf(at: number): Column {
    return this.table.columns[this.names[at]];
  }

  /** Adds rows whose keys are not there yet. */
  append(block: ColumnBlock): void {
    const columns = this.columnsOf(block);
    let from = 0;
    while (from < block.rows) {
      const day = this.dayIn(block, from);
      let to = from + 1;
      while (to < block.rows && this.dayIn(block, to) === day) to++;
      this.partitionOf(day).append(columns, from, to);
      from = to;
    }
  }

  /** Replaces, adds and removes rows by their keys. @param voids 1 where the row of the key goes */
  apply(block: ColumnBlock, voids: Uint8Array | null): void {
    const { keys } = this;
    if (keys === null) {
      if (voids?.includes(1)) throw new Error(`no row of ${this.table.name} ever goes`);
      this.append(block);
      return;
    }
    const columns = this.columnsOf(block);
    for (let row = 0; row < block.rows; row++) {
      const day = this.dayIn(block, row);
      const goes = voids !== null && voids[row] === 1;
      const key = keys.ofBlock(columns, row, day, !goes);
      if (!goes) this.partitionOf(day).replace(columns, row, key as number, keys);
      else if (key !== null) this.remove(day, key, keys);
    }
  }

  clear(): void {
    for (const dictionary of this.dictionaries) dictionary?.clear();
    this.days.clear();
    this.ordered = null;
  }

  private remove(day: number | null, key: number, keys: RowKeys): void {
    const partition = this.days.get(day);
    if (partition === undefined) return;
    partition.remove(key, keys);
    if (partition.rows > 0) return;
    this.days.delete(day);
    this.ordered = null;
  }

  private partitionOf(day: number | null): Partition {
    const found = this.days.get(day);
    if (found !== undefined) return found;
    const partition = new Partition(
      day,
      this.names.map((_, at) => (at === this.dayColumn ? null : this.emptyColumn(at))),
    );
    this.days.set(day, partition);
    this.ordered = null;
    return partition;
  }

  private emptyColumn(at: number): HeldColumn {
    const { type } = this.columnOf(at);
    if (type === 'text') return new CodeColumn(this.dictionaries[at] as Dictionary);
    if (type === 'json') return new PlainColumn();
    return type === 'money' ? new MoneyColumn() : new NumberColumn();
  }

  private columnsOf({ columns }: ColumnBlock): BlockColumns {
    return this.names.map((name, at): BlockColumn | null => {
      const column = columns[name];
      const { type } = this.columnOf(at);
      const kind = type === 'money' ? 'money' : type === 'text' || type === 'json' ? 'text' : 'number';
      if (column?.kind !== kind) throw new Error(`rows of ${this.table.name} without their ${name}`);
      return at === this.dayColumn ? null : column;
    });
  }

  private dayIn({ columns }: ColumnBlock, row: number): number | null {
    if (this.dayColumn < 0) return null;
    const days = columns[this.names[this.dayColumn]];
    if (days.kind !== 'number' || days.nulls?.[row] === 1) return null;
    return days.values[row];
  }
}

function placeOf({ day }: Partition): number {
  return day ?? Number.POSITIVE_INFINITY;
}
