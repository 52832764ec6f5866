/**
 * Requests and responses of `google.pubsub.v1.Subscriber` as bytes. The client's own objects would be made for every message and thrown away at once: a message is handed on in the wire form in which it comes.
 */

import { varintLength, writeVarint } from '../wire/varint';
import { DELIMITED, VARINT, WireCursor } from '../wire/wire_cursor';
import { ACKNOWLEDGE_IDS, type AckRange, MODIFY_DEADLINE_IDS } from './ack_ids';

const SUBSCRIPTION = (1 << 3) | DELIMITED;

/** A unary pull that does not wait for messages. */
export function pullRequest(subscription: string, most: number): Buffer {
  const RETURN_IMMEDIATELY = (2 << 3) | VARINT;
  const MAX_MESSAGES = (3 << 3) | VARINT;
  return request(subscription, [
    [RETURN_IMMEDIATELY, 1],
    [MAX_MESSAGES, most],
  ]);
}

/** The first request of a stream. */
export function streamingPullRequest(
  subscription: string,
  leaseSeconds: number,
  mostUnacked: number,
): Buffer {
  const STREAM_ACK_DEADLINE = (5 << 3) | VARINT;
  const MAX_OUTSTANDING_MESSAGES = (7 << 3) | VARINT;
  return request(subscription, [
    [STREAM_ACK_DEADLINE, leaseSeconds],
    [MAX_OUTSTANDING_MESSAGES, mostUnacked],
  ]);
}

export function acknowledgeRequest(subscription: string, ranges: readonly AckRange[]): Buffer {
  return request(subscription, [], ACKNOWLEDGE_IDS, ranges);
}

/** @param seconds the lease from now on; 0 gives the messages back */
export function modifyDeadlineRequest(
  subscription: string,
  ranges: readonly AckRange[],
  seconds: number,
): Buffer {
  const ACK_DEADLINE = (3 << 3) | VARINT;
  return request(subscription, [[ACK_DEADLINE, seconds]], MODIFY_DEADLINE_IDS, ranges);
}

function request(
  subscription: string,
  numbers: readonly (readonly [tag: number, value: number])[],
  idTag = 0,
  ranges: readonly AckRange[] = [],
): Buffer {
  const nameLength = Buffer.byteLength(subscription);
  let size = 1 + varintLength(nameLength) + nameLength;
  for (const [, value] of numbers) size += 1 + varintLength(value);
  for (const { ids, from, to } of ranges) size += ids.size(from, to);
  const bytes = Buffer.allocUnsafe(size);
  let at = writeVarint(nameLength, bytes, writeVarint(SUBSCRIPTION, bytes, 0));
  at += bytes.write(subscription, at);
  for (const [tag, value] of numbers) at = writeVarint(value, bytes, writeVarint(tag, bytes, at));
  for (const { ids, from, to } of ranges) at = ids.write(from, to, idTag, bytes, at);
  return bytes;
}

/** Where the parts of a received message are in a response; `to` is behind the last byte. */
export interface ReceivedPlaces {
  /** For each message where its ack id begins and ends, one after the other. */
  readonly ackIds: number[];
  /** Likewise of the messages. */
  readonly messages: number[];
}

const RECEIVED_MESSAGES = (1 << 3) | DELIMITED;
const ACK_ID = (1 << 3) | DELIMITED;
const MESSAGE = (2 << 3) | DELIMITED;

const cursor = new WireCursor();

/** The messages of a PullResponse or StreamingPullResponse. @throws RangeError where it is neither */
export function receivedIn(response: Uint8Array): ReceivedPlaces {
  const ackIds: number[] = [];
  const messages: number[] = [];
  cursor.reset(response);
  const { end } = cursor;
  while (cursor.at < end) {
    const tag = cursor.varint();
    if (tag !== RECEIVED_MESSAGES) {
      cursor.skip(tag);
      continue;
    }
    const length = cursor.length();
    cursor.end = cursor.at + length;
    const count = messages.length;
    // A field may be left out where it is empty.
    ackIds.push(cursor.at, cursor.at);
    messages.push(cursor.at, cursor.at);
    while (cursor.at < cursor.end) {
      const field = cursor.varint();
      if (field === ACK_ID) place(ackIds, count);
      else if (field === MESSAGE) place(messages, count);
      else cursor.skip(field);
    }
    cursor.end = end;
  }
  return { ackIds, messages };
}

function place(places: number[], index: number): void {
  const length = cursor.length();
  places[index] = cursor.at;
  cursor.at += length;
  places[index + 1] = cursor.at;
}
