/** An object of which a range is being read, ahead of who reads it. */
import type { OpenFile } from '../files/file_system';
import { type ListedObject, storedBytes } from './stored_bytes';

/** Bytes of a request: a range of the default size is one. */
const REQUEST_BYTES = 8 << 20;
/** Requests on their way at a time, for one reader. */
const REQUESTS_AHEAD = 2;
/** Bytes asked for behind a range, where its last line goes on. */
const LAST_LINE_BYTES = 64 << 10;

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly bytes: Promise<Uint8Array>;
}

/**
 * Reads a range of an object, ascending; within the last piece read it may go back. Several requests are on their way at a time: one alone would wait for its answer between any two, and one connection of
 * the service is slower than most networks.
 */
export class ObjectReader implements OpenFile {
  private readonly pieces: Piece[] = [];
  /** Where the next piece begins. */
  private next: number;
  private closed = false;

  /** `start`, `end`: the range that will be read for sure. It may be read on behind it. */
  constructor(
    private readonly object: ListedObject,
    start: number,
    private readonly end: number,
  ) {
    this.next = start;
    this.ahead();
  }

  async read(into: Uint8Array, at: number): Promise<number> {
    while (this.pieces.length > 0 && this.pieces[0].end <= at) this.pieces.shift();
    this.ahead();
    if (this.pieces.length === 0) this.ask(REQUEST_BYTES >> 3);
    const [piece] = this.pieces;
    if (piece === undefined) return 0;
    const bytes = await piece.bytes;
    const from = at - piece.start;
    const part = bytes.subarray(from, from + into.length);
    into.set(part);
    return part.length;
  }

  close(): void {
    this.closed = true;
    this.pieces.length = 0;
  }

  /** As many requests as may be on their way, within the range and a little behind it. */
  private ahead(): void {
    while (this.next < this.end && this.pieces.length < REQUESTS_AHEAD) {
      const left = this.end - this.next;
      this.ask(left <= REQUEST_BYTES + LAST_LINE_BYTES ? left + LAST_LINE_BYTES : REQUEST_BYTES);
    }
  }

  private ask(length: number): void {
    const start = this.next;
    const end = Math.min(start + length, this.object.object.size);
    if (start >= end) return;
    const bytes = this.fetch(start, end);
    // Who waits for it hears of an error; nobody may any more.
    bytes.catch(() => {});
    this.pieces.push({ start, end, bytes });
    this.next = end;
  }

  private async fetch(start: number, end: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafeSlow(end - start);
    let length = 0;
    for await (const piece of storedBytes(this.object, start, end)) {
      if (this.closed) break;
      bytes.set(piece, length);
      length += piece.length;
    }
    return bytes;
  }
}
