import { CHUNK_SLACK } from '../../schema/chunk';
import { InputError } from '../input_error';

/** A line longer than this is taken for a file that has no lines. */
const LINE_LIMIT = 64 << 20;
const NEWLINE = 10;

/**
 * Bytes on their way from a file to the parser, in whole lines: what has come in, less what was given out. Reused from range to range; it grows only for a line longer
 * than itself.
 */
export class LineBuffer {
  bytes: Uint8Array;
  /** What is held is `bytes[0..length)`. */
  length = 0;

  private source = '';

  constructor(pieceBytes: number) {
    this.bytes = new Uint8Array(pieceBytes + (pieceBytes >> 2) + CHUNK_SLACK);
  }

  /** Empties the buffer for the text of `source`. */
  open(source: string): void {
    this.source = source;
    this.length = 0;
  }

  /** Room for at least one more byte: where the next are to be put. */
  room(atLeast = 1): Uint8Array {
    if (this.length + atLeast + CHUNK_SLACK > this.bytes.length) {
      if (this.length > LINE_LIMIT)
        throw new InputError(
          `${this.source} has a line of more than ${LINE_LIMIT >> 20} MiB: is it a text file?`,
        );
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + atLeast + CHUNK_SLACK));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    return this.bytes.subarray(this.length, this.bytes.length - CHUNK_SLACK);
  }

  /** End of the last whole line held; 0 if there is none. */
  get wholeLines(): number {
    // Of nothing there is no last byte: an index of −1 would mean the buffer's own.
    return this.length === 0 ? 0 : this.bytes.lastIndexOf(NEWLINE, this.length - 1) + 1;
  }

  /** Drops the first bytes. */
  consume(count: number): void {
    this.bytes.copyWithin(0, count, this.length);
    this.length -= count;
  }
}
