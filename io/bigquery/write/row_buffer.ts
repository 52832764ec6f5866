import { type Destination, MOST_REQUEST_BYTES } from './append_request';
import type { EncodedRows } from './encode_rows';
import type { FlushAccount } from './flush_account';
import { RowBatch } from './row_batch';

/** What became of a row that was added. */
export type Added = 'waits' | 'full' | 'too large';

/** Rows of one table that no request has yet. */
export class RowBuffer {
  private ranges: { readonly rows: EncodedRows; readonly from: number; to: number }[] = [];
  private rowBytes = 0;
  private readonly fullBytes: number;

  /** @param requestBytes from which on a request is full; a single row may be larger */
  constructor(
    readonly destination: Destination,
    requestBytes: number,
  ) {
    this.fullBytes = Math.min(requestBytes, MOST_REQUEST_BYTES);
  }

  get isEmpty(): boolean {
    return this.ranges.length === 0;
  }

  /** Adds a row; not where the buffer is full, so that the others must be taken first, nor where no request has room for it. */
  add(rows: EncodedRows, row: number): Added {
    const bytes = rows.starts[row + 1] - rows.starts[row];
    if (this.destination.requestBytes(bytes) > MOST_REQUEST_BYTES) return 'too large';
    if (!this.isEmpty && this.destination.requestBytes(this.rowBytes + bytes) > this.fullBytes) return 'full';
    const last = this.ranges.at(-1);
    if (last?.rows === rows && last.to === row) last.to++;
    else this.ranges.push({ rows, from: row, to: row + 1 });
    this.rowBytes += bytes;
    return 'waits';
  }

  /** The rows as a request's; the buffer is empty then. */
  take(account: FlushAccount): RowBatch {
    const batch = new RowBatch(this.destination, this.ranges, account);
    this.ranges = [];
    this.rowBytes = 0;
    return batch;
  }
}
