/** An object of which a range is being read, ahead of who reads it. */
import type { OpenFile } from '../files/file_system';
import { ArrivingBytes } from './arriving_bytes';
import { type ListedObject, storedBytes } from './stored_bytes';

/** Bytes of a request: a range of the default size is two of them. */
const REQUEST_BYTES = 4 << 20;
/** Requests of one reader of which not all has been read: it holds no more than their bytes. */
const REQUESTS_AHEAD = 3;
/** Bytes asked for behind a range, where its last line goes on. */
const LAST_LINE_BYTES = 64 << 10;

/**
 * Reads a range of an object, ascending; within what was read last it may go back. Several requests are on their way at a time: one alone would wait for its answer between any two, and one connection of
 * the service is slower than most networks. What has come of the first is there to be read before the rest of it is.
 */
export class ObjectReader implements OpenFile {
  private readonly requests: ArrivingBytes[] = [];
  private readonly enough = new AbortController();
  /** Where the next request begins. */
  private next: number;
  /** Behind it nothing is asked for before it is read. */
  private readonly end: number;

  /** `start`, `end`: the range that will be read for sure, as far as there are bytes. It may be read on behind it. */
  constructor(
    private readonly object: ListedObject,
    start: number,
    end: number,
  ) {
    this.next = start;
    this.end = Math.min(end, object.object.size);
    this.ahead();
  }

  async read(into: Uint8Array, at: number): Promise<number> {
    while (this.requests.length > 0 && this.requests[0].end <= at) this.requests.shift();
    this.ahead();
    if (this.requests.length === 0) this.ask(REQUEST_BYTES >> 2);
    return this.requests.length === 0 ? 0 : this.requests[0].read(into, at);
  }

  close(): void {
    this.enough.abort();
    this.requests.length = 0;
  }

  /** As many requests as may be on their way, within the range and a little behind it. */
  private ahead(): void {
    while (this.next < this.end && this.requests.length < REQUESTS_AHEAD) {
      const left = this.end - this.next;
      this.ask(left <= REQUEST_BYTES + LAST_LINE_BYTES ? left + LAST_LINE_BYTES : REQUEST_BYTES);
    }
  }

  private ask(length: number): void {
    const start = this.next;
    const end = Math.min(start + length, this.object.object.size);
    if (start >= end) return;
    const bytes = storedBytes(this.object, start, end, { enough: this.enough.signal });
    this.requests.push(new ArrivingBytes(bytes, start, end));
    this.next = end;
  }
}
