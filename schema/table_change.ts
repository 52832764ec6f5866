import type { ColumnBlock } from './column_block';
import type { Table } from './table';

/** Rows of a table, one per key, that take the place of those of their keys, or come to them. A table may have several of these in one flush. */
export interface TableChange {
  readonly table: Table;
  readonly block: ColumnBlock;
  /** 1 for a row that takes its key's row away, if there is one; null where none does. */
  readonly voids: Uint8Array | null;
}
