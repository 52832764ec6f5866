import type { Destination } from './append_request';
import type { EncodedRows } from './encode_rows';
import type { FlushAccount } from './flush_account';

/** Neighbouring rows of a block, the last one not included. */
export interface RowRange {
  readonly rows: EncodedRows;
  readonly from: number;
  readonly to: number;
}

/** Rows of one table that go in one request, from when they are complete until BigQuery has them. */
export class RowBatch {
  readonly rowCount: number;
  readonly bytes: number;
  /** How often it was sent in vain. */
  attempts = 0;
  /** When that was first, milliseconds since 1970. */
  failingSince: number | null = null;

  constructor(
    readonly destination: Destination,
    readonly ranges: readonly RowRange[],
    /** The flush that waits for it. */
    readonly account: FlushAccount,
  ) {
    this.rowCount = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
    const rowBytes = ranges.reduce((sum, { rows, from, to }) => sum + rows.starts[to] - rows.starts[from], 0);
    this.bytes = destination.requestBytes(rowBytes);
  }

  /** Row number `index` of the request. @throws RangeError where it has none */
  row(index: number): RowRange {
    let first = 0;
    for (const { rows, from, to } of this.ranges) {
      if (index >= first && index < first + to - from) {
        const row = from + index - first;
        return { rows, from: row, to: row + 1 };
      }
      first += to - from;
    }
    throw new RangeError(`a request of ${this.rowCount} rows has no row ${index}`);
  }

  /** The same without the rows of these numbers. */
  without(refused: ReadonlySet<number>): RowBatch {
    const ranges: RowRange[] = [];
    let index = 0;
    for (const { rows, from, to } of this.ranges) {
      let start = from;
      for (let row = from; row < to; row++, index++) {
        if (!refused.has(index)) continue;
        if (row > start) ranges.push({ rows, from: start, to: row });
        start = row + 1;
      }
      if (to > start) ranges.push({ rows, from: start, to });
    }
    return new RowBatch(this.destination, ranges, this.account);
  }
}
