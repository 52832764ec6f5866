import type { WindowedValue } from 'apache-beam/values';
import { atBundleEnd } from '../../beam/at_bundle_end';
import { CHUNK_SLACK, type MessageChunk, type RangeChunk } from '../../schema/chunk';
import { REDRIVE_ATTRIBUTE } from '../../schema/message_attributes';
import { MessageFields } from './message_fields';

/** What is looked up beside a message: its timestamp, which is its event time where an attribute carries that. */
export interface TimestampContext {
  readonly timestamp: { lookup(): { toNumber(): number } };
}

/** Messages of a bundle, of which it makes one chunk at the bundle's end: the parser works on many records at a time. */
export class MessagesToChunks {
  private messages: Messages | undefined;

  constructor(readonly source: string) {}

  process(message: Uint8Array, { timestamp }: TimestampContext): undefined {
    this.messages ??= new Messages();
    this.messages.add(message, timestamp.lookup().toNumber());
  }

  /** Chunks have no time of their own: batches get theirs behind the parser, which is done with a chunk when the next thing is asked for. */
  *finishBundle(): Generator<WindowedValue<RangeChunk>> {
    const { messages, source } = this;
    if (messages === undefined || messages.count === 0) return;
    yield atBundleEnd(messages.chunk(source));
    yield atBundleEnd({ rangeEnd: { source, rangeStart: 0 } });
    if (messages.isLarge) this.messages = undefined;
    else messages.clear();
  }
}

const FIRST_BYTES = 64 * 1024;
const FIRST_MESSAGES = 256;
/** Bytes that are not kept for the next bundle. */
const LARGE_BYTES = 16 << 20;
const fields = new MessageFields(REDRIVE_ATTRIBUTE);

class Messages {
  private bytes = new Uint8Array(FIRST_BYTES);
  private used = 0;
  count = 0;
  private dataBytes = 0;
  private bounds = new Int32Array(2 * FIRST_MESSAGES);
  private ids = new Int32Array(2 * FIRST_MESSAGES);
  private publishTimes = new Float64Array(FIRST_MESSAGES);
  private timestamps = new Float64Array(FIRST_MESSAGES);
  private redriveOf = new Map<number, string>();

  get isLarge(): boolean {
    return this.bytes.length > LARGE_BYTES;
  }

  clear(): void {
    this.used = 0;
    this.count = 0;
    this.dataBytes = 0;
    this.redriveOf = new Map();
  }

  add(message: Uint8Array, timestamp: number): void {
    this.reserve(message.length);
    fields.read(message);
    const { used, count } = this;
    this.bytes.set(message, used);
    this.bounds[2 * count] = used + fields.dataStart;
    this.bounds[2 * count + 1] = used + fields.dataEnd;
    this.ids[2 * count] = used + fields.idStart;
    this.ids[2 * count + 1] = used + fields.idEnd;
    this.publishTimes[count] = fields.publishTime;
    this.timestamps[count] = timestamp;
    if (fields.attribute !== null) this.redriveOf.set(count, fields.attribute);
    this.dataBytes += fields.dataEnd - fields.dataStart;
    this.used += message.length;
    this.count++;
  }

  chunk(source: string): MessageChunk {
    const { bytes, bounds, ids, publishTimes, timestamps, redriveOf, count, dataBytes } = this;
    return {
      ...{ source, format: 'messages', bytes, count, dataBytes, redriveOf },
      ...{ bounds, ids, publishTimes, timestamps },
    };
  }

  private reserve(length: number): void {
    const needed = this.used + length + CHUNK_SLACK;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.used));
      this.bytes = larger;
    }
    if (this.count < this.publishTimes.length) return;
    const doubled = <A extends Int32Array | Float64Array>(larger: A, old: A): A => {
      larger.set(old);
      return larger;
    };
    this.bounds = doubled(new Int32Array(4 * this.count), this.bounds);
    this.ids = doubled(new Int32Array(4 * this.count), this.ids);
    this.publishTimes = doubled(new Float64Array(2 * this.count), this.publishTimes);
    this.timestamps = doubled(new Float64Array(2 * this.count), this.timestamps);
  }
}
