/**
 * A Pub/Sub message in its wire form, `google.pubsub.v1.PubsubMessage`: what Beam's native read gives out where attributes are wanted. It is encoded or decoded once a message, so it is done by hand; tests hold it
 * against Google's own definition.
 */
import { DELIMITED, VARINT, WireCursor } from './wire_cursor';
import { asBuffer, textAt, writeText } from './wire_text';
import { varintLength, writeVarint } from './wire_varint';

export interface PubsubMessage {
  /** The body; a decoded one shares memory with what it was decoded from. */
  readonly data: Uint8Array;
  readonly attributes: ReadonlyMap<string, string>;
  /** Given by the service, unique within its topic; '' before that. */
  readonly messageId: string;
  /** When the service took the message; null before that. */
  readonly publishTime: PublishTime | null;
  readonly orderingKey: string;
}

export interface PublishTime {
  /** Whole seconds since 1970, rounded down. */
  readonly seconds: number;
  /** 0 to 999,999,999, counting forward from `seconds`. */
  readonly nanos: number;
}

/** A publish time in milliseconds since 1970, rounded down. */
export function publishMillis({ seconds, nanos }: PublishTime): number {
  return seconds * 1000 + Math.floor(nanos / 1_000_000);
}

const DATA = (1 << 3) | DELIMITED;
const ATTRIBUTES = (2 << 3) | DELIMITED;
const MESSAGE_ID = (3 << 3) | DELIMITED;
const PUBLISH_TIME = (4 << 3) | DELIMITED;
const ORDERING_KEY = (5 << 3) | DELIMITED;

const KEY = (1 << 3) | DELIMITED;
const VALUE = (2 << 3) | DELIMITED;
const SECONDS = (1 << 3) | VARINT;
const NANOS = (2 << 3) | VARINT;

const EMPTY = new Uint8Array(0);
const cursor = new WireCursor();

/** @throws RangeError where the bytes are no message */
export function decodePubsubMessage(encoded: Uint8Array): PubsubMessage {
  const bytes = asBuffer(encoded);
  const attributes = new Map<string, string>();
  let data: Uint8Array = EMPTY;
  let messageId = '';
  let publishTime: PublishTime | null = null;
  let orderingKey = '';
  cursor.reset(bytes);
  while (cursor.at < cursor.end) {
    const tag = cursor.varint();
    if (tag === DATA) {
      const length = cursor.length();
      data = bytes.subarray(cursor.at, cursor.at + length);
      cursor.at += length;
    } else if (tag === ATTRIBUTES) readAttribute(bytes, attributes);
    else if (tag === MESSAGE_ID) messageId = readText(bytes);
    else if (tag === PUBLISH_TIME) publishTime = readTime();
    else if (tag === ORDERING_KEY) orderingKey = readText(bytes);
    else cursor.skip(tag);
  }
  return { data, attributes, messageId, publishTime, orderingKey };
}

export function encodePubsubMessage(message: PubsubMessage): Uint8Array {
  const { data, attributes, messageId, publishTime, orderingKey } = message;
  const idLength = Buffer.byteLength(messageId);
  const orderingLength = Buffer.byteLength(orderingKey);
  const timeLength = publishTime === null ? 0 : lengthOfTime(publishTime);
  let size = fieldLength(data.length) + fieldLength(idLength) + fieldLength(orderingLength);
  if (publishTime !== null) size += 1 + varintLength(timeLength) + timeLength;
  for (const [key, value] of attributes)
    size += entryField(lengthOfEntry(Buffer.byteLength(key), Buffer.byteLength(value)));
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  if (data.length > 0) {
    at = writeVarint(data.length, bytes, writeVarint(DATA, bytes, at));
    bytes.set(data, at);
    at += data.length;
  }
  for (const [key, value] of attributes) {
    const keyLength = Buffer.byteLength(key);
    const valueLength = Buffer.byteLength(value);
    at = writeVarint(lengthOfEntry(keyLength, valueLength), bytes, writeVarint(ATTRIBUTES, bytes, at));
    at = writeVarint(keyLength, bytes, writeVarint(KEY, bytes, at));
    at = writeText(key, keyLength, bytes, at);
    at = writeVarint(valueLength, bytes, writeVarint(VALUE, bytes, at));
    at = writeText(value, valueLength, bytes, at);
  }
  if (idLength > 0) {
    at = writeVarint(idLength, bytes, writeVarint(MESSAGE_ID, bytes, at));
    at = writeText(messageId, idLength, bytes, at);
  }
  if (publishTime !== null) {
    at = writeVarint(timeLength, bytes, writeVarint(PUBLISH_TIME, bytes, at));
    if (publishTime.seconds !== 0)
      at = writeVarint(publishTime.seconds, bytes, writeVarint(SECONDS, bytes, at));
    if (publishTime.nanos !== 0) at = writeVarint(publishTime.nanos, bytes, writeVarint(NANOS, bytes, at));
  }
  if (orderingLength > 0) {
    at = writeVarint(orderingLength, bytes, writeVarint(ORDERING_KEY, bytes, at));
    writeText(orderingKey, orderingLength, bytes, at);
  }
  return bytes;
}

function readText(bytes: Buffer): string {
  const length = cursor.length();
  const from = cursor.at;
  cursor.at += length;
  return textAt(bytes, from, cursor.at);
}

function readAttribute(bytes: Buffer, into: Map<string, string>): void {
  const { end } = cursor;
  cursor.end = cursor.length() + cursor.at;
  let key = '';
  let value = '';
  while (cursor.at < cursor.end) {
    const tag = cursor.varint();
    if (tag === KEY) key = readText(bytes);
    else if (tag === VALUE) value = readText(bytes);
    else cursor.skip(tag);
  }
  cursor.end = end;
  into.set(key, value);
}

function readTime(): PublishTime {
  const { end } = cursor;
  cursor.end = cursor.length() + cursor.at;
  let seconds = 0;
  let nanos = 0;
  while (cursor.at < cursor.end) {
    const tag = cursor.varint();
    if (tag === SECONDS) seconds = cursor.varint();
    else if (tag === NANOS) nanos = cursor.varint();
    else cursor.skip(tag);
  }
  cursor.end = end;
  return { seconds, nanos };
}

function fieldLength(length: number): number {
  return length === 0 ? 0 : entryField(length);
}

function entryField(length: number): number {
  return 1 + varintLength(length) + length;
}

function lengthOfEntry(keyLength: number, valueLength: number): number {
  return entryField(keyLength) + entryField(valueLength);
}

function lengthOfTime({ seconds, nanos }: PublishTime): number {
  return (seconds === 0 ? 0 : 1 + varintLength(seconds)) + (nanos === 0 ? 0 : 1 + varintLength(nanos));
}
