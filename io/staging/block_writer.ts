import type { Column } from '../../schema/column';
import type { Table } from '../../schema/table';
import { BLOCK_ROWS, BLOCK_TEXT, HEADER_BYTES, isText } from './block_layout';
import { type ColumnWriter, columnWriter } from './column_writer';

/** Rows of a table → blocks. */
export class BlockWriter {
  /** Rows of the block under construction. */
  rows = 0;
  private textLength = 0;
  private readonly columns: readonly ColumnWriter[];
  private readonly texts: readonly string[];

  constructor(table: Table) {
    const columns = Object.entries<Column>(table.columns);
    this.columns = columns.map(([name, { type }]) => columnWriter(name, type));
    this.texts = columns.filter(([, { type }]) => isText(type)).map(([name]) => name);
  }

  /** Adds rows from number `from` on, as far as the block has room; returns where it stopped. The block is full if that is not the end; then {@link take} it. */
  append(rows: readonly Record<string, unknown>[], from: number): number {
    const to = this.roomFor(rows, from);
    for (const column of this.columns) column.append(rows, from, to, this.rows);
    this.rows += to - from;
    return to;
  }

  /** The number of the first row from `from` on that the block has no room for. */
  private roomFor(rows: readonly Record<string, unknown>[], from: number): number {
    const end = Math.min(rows.length, from + BLOCK_ROWS - this.rows);
    let to = from;
    for (; to < end && this.textLength <= BLOCK_TEXT; to++) {
      for (const name of this.texts) this.textLength += (rows[to][name] as string | null)?.length ?? 0;
    }
    return to;
  }

  /** The block's bytes; begins a new one. */
  take(): Uint8Array {
    const sizes = this.columns.map((column) => column.size(this.rows));
    const block = new Uint8Array(sizes.reduce((sum, size) => sum + size, HEADER_BYTES));
    const header = new DataView(block.buffer);
    header.setUint32(0, this.rows, true);
    header.setUint32(4, block.length, true);
    let at = HEADER_BYTES;
    this.columns.forEach((column, index) => {
      column.take(this.rows, block.subarray(at, at + sizes[index]));
      at += sizes[index];
    });
    this.rows = 0;
    this.textLength = 0;
    return block;
  }
}

/** A few rows as blocks. */
export function* rowBlocks(table: Table, rows: readonly Record<string, unknown>[]): Generator<Uint8Array> {
  const writer = new BlockWriter(table);
  for (let next = 0; next < rows.length; ) {
    next = writer.append(rows, next);
    yield writer.take();
  }
}
