import { CHUNK_SLACK } from '../../schema/chunk';
import { type Dialect, emptyRow, type FieldRow } from './field_row';

/** A row whose fields are copied in one by one: for records that don't stand in the input as they are meant (quoted CSV, JSON). */
export class ScratchRow {
  readonly row: FieldRow = emptyRow(new Uint8Array(4096));
  private used = 0;

  /** Empties the row. */
  clear(dialect: Dialect): void {
    this.row.starts.fill(0);
    this.row.ends.fill(0);
    this.row.dialect = dialect;
    this.used = 0;
  }

  /** Sets a field to UTF-8 bytes. */
  setBytes(field: number, bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.row.bytes.set(bytes, this.used);
    this.place(field, bytes.length);
  }

  /** Sets a field to text. */
  setText(field: number, text: string): void {
    this.setBytes(field, Buffer.from(text, 'utf8'));
  }

  private place(field: number, length: number): void {
    this.row.starts[field] = this.used;
    this.used += length;
    this.row.ends[field] = this.used;
  }

  private reserve(length: number): void {
    const needed = this.used + length + CHUNK_SLACK;
    if (needed <= this.row.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.row.bytes.length * 2));
    larger.set(this.row.bytes);
    this.row.bytes = larger;
    this.row.view = new DataView(larger.buffer);
  }
}
