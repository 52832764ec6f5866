/** Tables in memory, column by column: small questions are answered in less time than a database takes to plan them. Whoever fills it keeps it at one moment of the tables. */
import type { ColumnBlock } from '../../schema/column_block';
import type { Table } from '../../schema/table';
import type { Fields, Selected, Selection } from '../questions/selection';
import { HeldRows, type HeldTable } from './held_rows';
import { selectGroups } from './select_groups';
import { selectRows } from './select_rows';

export type { HeldTable } from './held_rows';

export class ColumnStore {
  private tables: ReadonlyMap<string, HeldRows>;

  /** @throws Error for a table whose rows can't be told apart by what is held of it */
  constructor(private readonly held: readonly HeldTable[]) {
    this.tables = emptyTables(held);
  }

  /** How many rows there are in all tables. */
  get rows(): number {
    return [...this.tables.values()].reduce((sum, { rows }) => sum + rows, 0);
  }

  /** About how much memory they take. */
  get bytes(): number {
    return [...this.tables.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Adds rows of a first load. Their keys are not there yet. @throws Error where the table is not held, or a column of it is not in the block */
  load(table: Table, block: ColumnBlock): void {
    this.rowsOf(table).append(block);
  }

  /**
   * Puts the rows of a flush, one a key, into the places of those with their keys, or adds them.
   * @param voids 1 where the key's row goes, if there is one; null where none goes
   * @throws Error as {@link load}, and where a row has no usable key
   */
  apply(table: Table, block: ColumnBlock, voids: Uint8Array | null): void {
    this.rowsOf(table).apply(block, voids);
  }

  /** Forgets the rows of a table, or of all where none is named. */
  clear(table?: Table): void {
    if (table === undefined) this.tables = emptyTables(this.held);
    else this.rowsOf(table).clear();
  }

  /** What a database would answer; the rows are new objects. @throws Error for what is not held, or no selection of it */
  select<F extends Fields>(selection: Selection<F>): Selected<F>[] {
    const held = this.rowsOf(selection.table);
    const { by } = selection;
    return by === undefined ? selectRows(held, selection) : selectGroups(held, selection, by);
  }

  private rowsOf({ name }: Table): HeldRows {
    const rows = this.tables.get(name);
    if (rows === undefined) throw new Error(`${name} is not held in memory`);
    return rows;
  }
}

function emptyTables(held: readonly HeldTable[]): ReadonlyMap<string, HeldRows> {
  return new Map(held.map((each) => [each.table.name, new HeldRows(each)]));
}
