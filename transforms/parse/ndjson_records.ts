import type { RawChunk } from '../../schema/chunk';
import { isBlank } from './csv_splitter';
import { JsonRecords } from './json_records';
import { encodePayload } from './reject';

const NEWLINE = 10;
const RETURN = 13;

/** Reads the lines of NDJSON chunks. */
export class NdjsonRecords extends JsonRecords {
  private chunk!: RawChunk;
  private bounds = new Int32Array(2048);
  private firstLine = 0;

  /** Begins a chunk that ends at `end`, with a newline. */
  open(chunk: RawChunk, end: number): void {
    const { bytes } = chunk;
    let count = 0;
    for (let at = chunk.start; at < end; ) {
      const newline = bytes.indexOf(NEWLINE, at);
      if (2 * count === this.bounds.length) {
        const larger = new Int32Array(this.bounds.length * 2);
        larger.set(this.bounds);
        this.bounds = larger;
      }
      this.bounds[2 * count] = at;
      this.bounds[2 * count + 1] = newline > at && bytes[newline - 1] === RETURN ? newline - 1 : newline;
      count++;
      at = newline + 1;
    }
    this.chunk = chunk;
    this.firstLine = this.parsing.books.lines;
    this.parsing.books.lines += count;
    this.begin({ count, bytes, bounds: this.bounds });
  }

  protected latest(): number {
    return Number.POSITIVE_INFINITY;
  }

  protected announced(): number {
    return Number.NaN;
  }

  protected parseObject(object: number): void {
    const { chunk, bounds } = this;
    const { bytes } = chunk;
    const start = bounds[2 * object];
    const end = bounds[2 * object + 1];
    if (isBlank(bytes, start, end)) return;
    const fault = this.accept(bytes, start, end, this.latest());
    if (fault === undefined) return;
    const { books, cleaner } = this.parsing;
    const record = {
      ...{ source: chunk.source, position: String(chunk.position + start - chunk.start) },
      ...{ range: chunk.rangeStart, lineInRange: this.firstLine + object, columns: null, ...fault },
      ...encodePayload(bytes.subarray(start, end)),
      eventTime: cleaner.hour === undefined ? null : cleaner.time,
    };
    books.reject(record, cleaner.hour);
  }
}
