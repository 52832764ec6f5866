/**
 * Ack ids of messages that came together, as bytes in the form in which requests carry them: the service's are two hundred bytes each and there may be hundreds of thousands, so they are neither made strings nor do
 * they keep the messages in memory that they came with.
 */

import { varintLength, writeVarint } from '../wire/varint';
import { DELIMITED } from '../wire/wire_cursor';

/** The field `ack_ids` in AcknowledgeRequest … */
export const ACKNOWLEDGE_IDS = (2 << 3) | DELIMITED;
/** … and in ModifyAckDeadlineRequest. */
export const MODIFY_DEADLINE_IDS = (4 << 3) | DELIMITED;

export class AckIds {
  private constructor(
    private readonly bytes: Buffer,
    /** Where each begins; one more entry says where the last one ends. */
    private readonly starts: Uint32Array,
  ) {}

  /** @param places for each id where it begins and ends in `response`, one after the other */
  static of(response: Uint8Array, places: readonly number[]): AckIds {
    const starts = new Uint32Array(places.length / 2 + 1);
    let size = 0;
    for (let at = 0; at < places.length; at += 2) {
      const length = places[at + 1] - places[at];
      size += 1 + varintLength(length) + length;
      starts[at / 2 + 1] = size;
    }
    const bytes = Buffer.allocUnsafeSlow(size);
    for (let at = 0; at < places.length; at += 2) {
      const start = starts[at / 2];
      bytes[start] = ACKNOWLEDGE_IDS;
      const from = writeVarint(places[at + 1] - places[at], bytes, start + 1);
      bytes.set(response.subarray(places[at], places[at + 1]), from);
    }
    return new AckIds(bytes, starts);
  }

  get count(): number {
    return this.starts.length - 1;
  }

  /** Bytes that the ids `from` up to `to` take in a request. */
  size(from: number, to: number): number {
    return this.starts[to] - this.starts[from];
  }

  /** Writes the ids `from` up to `to` as the field `tag`; returns where they end. */
  write(from: number, to: number, tag: number, into: Buffer, at: number): number {
    const first = this.starts[from];
    this.bytes.copy(into, at, first, this.starts[to]);
    if (tag !== ACKNOWLEDGE_IDS) for (let id = from; id < to; id++) into[at + this.starts[id] - first] = tag;
    return at + this.starts[to] - first;
  }
}

/** Some of the ids that came together: `from` up to `to`. */
export interface AckRange {
  readonly ids: AckIds;
  readonly from: number;
  readonly to: number;
}

/** Ids of one request at most. */
const MOST_IDS = 2500;
/** Bytes of one request at most; the service refuses 512 KiB. */
const MOST_BYTES = 400 * 1024;

/** Cuts ranges into requests that the service takes. */
export function* inRequests(ranges: Iterable<AckRange>): Generator<AckRange[]> {
  let batch: AckRange[] = [];
  let count = 0;
  let bytes = 0;
  for (const { ids, from: first, to } of ranges) {
    for (let from = first; from < to; ) {
      let until = Math.min(to, from + MOST_IDS - count);
      while (until > from + 1 && bytes + ids.size(from, until) > MOST_BYTES) until = (from + until) >> 1;
      batch.push({ ids, from, to: until });
      count += until - from;
      bytes += ids.size(from, until);
      from = until;
      if (count >= MOST_IDS || bytes >= MOST_BYTES / 2) {
        yield batch;
        [batch, count, bytes] = [[], 0, 0];
      }
    }
  }
  if (batch.length > 0) yield batch;
}

export function countOf(ranges: Iterable<AckRange>): number {
  let count = 0;
  for (const { from, to } of ranges) count += to - from;
  return count;
}
