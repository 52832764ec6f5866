import type { MessageChunk } from '../../schema/chunk';
import { JsonRecords } from './json_records';
import type { Parsing } from './parsing';
import { encodePayload } from './reject';

/** From here on a timestamp is of another time than the data. */
export const APART_MS = 60_000;

/** Reads messages, each one record. */
export class MessageRecords extends JsonRecords {
  private chunk!: MessageChunk;

  /** `maxFutureSkewMs`: by how much an event may be later than its message was published. */
  constructor(
    parsing: Parsing,
    private readonly maxFutureSkewMs: number,
  ) {
    super(parsing);
  }

  open(chunk: MessageChunk): void {
    this.chunk = chunk;
    this.begin(chunk);
  }

  protected latest(message: number): number {
    const { redriveOf, publishTimes } = this.chunk;
    // What was sent again is told to the books, which the kernel doesn't know.
    if (redriveOf.size > 0 && redriveOf.has(message)) return Number.NEGATIVE_INFINITY;
    return publishTimes[message] + this.maxFutureSkewMs;
  }

  protected announced(message: number): number {
    return this.chunk.timestamps[message];
  }

  protected parseObject(message: number): void {
    const { chunk } = this;
    const { books, cleaner } = this.parsing;
    const start = chunk.bounds[2 * message];
    const end = chunk.bounds[2 * message + 1];
    const fault = this.accept(chunk.bytes, start, end, chunk.publishTimes[message] + this.maxFutureSkewMs);
    const { hour } = cleaner;
    if (fault !== undefined) {
      const record = {
        ...{ source: chunk.source, position: messageId(chunk, message) },
        ...{ range: null, lineInRange: null, columns: null, ...fault },
        ...encodePayload(chunk.bytes.subarray(start, end)),
        eventTime: hour === undefined ? null : cleaner.time,
      };
      books.reject(record, hour);
    }
    if (Math.abs(chunk.timestamps[message] - cleaner.time) > APART_MS) books.apart++;
    const identity = chunk.redriveOf.get(message);
    if (identity !== undefined) books.redrive(hour, identity);
  }
}

function messageId({ bytes, ids }: MessageChunk, message: number): string {
  const id = bytes.subarray(ids[2 * message], ids[2 * message + 1]);
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('utf8');
}
