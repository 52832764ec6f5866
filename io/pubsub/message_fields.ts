/** Where the fields of a serialised PubsubMessage are that a record needs: read without making anything of those it does not. */
import { DELIMITED, VARINT, WireCursor } from '../wire/wire_cursor';

const DATA = (1 << 3) | DELIMITED;
const ATTRIBUTES = (2 << 3) | DELIMITED;
const MESSAGE_ID = (3 << 3) | DELIMITED;
const PUBLISH_TIME = (4 << 3) | DELIMITED;
const KEY = (1 << 3) | DELIMITED;
const VALUE = (2 << 3) | DELIMITED;
const SECONDS = (1 << 3) | VARINT;
const NANOS = (2 << 3) | VARINT;

export class MessageFields {
  dataStart = 0;
  dataEnd = 0;
  idStart = 0;
  idEnd = 0;
  /** When the service took the message, milliseconds since 1970, rounded down; infinite where the message doesn't say. */
  publishTime = Number.POSITIVE_INFINITY;
  /** The attribute's value; null where there is none. */
  attribute: string | null = null;
  private readonly cursor = new WireCursor();
  private readonly wanted: Uint8Array | null;

  /** `attribute`: the one that is looked for, or null. */
  constructor(attribute: string | null) {
    this.wanted = attribute === null ? null : Buffer.from(attribute, 'utf8');
  }

  /** @throws RangeError where the bytes are no message */
  read(message: Uint8Array): void {
    const cursor = this.cursor.reset(message);
    this.dataStart = 0;
    this.dataEnd = 0;
    this.idStart = 0;
    this.idEnd = 0;
    this.publishTime = Number.POSITIVE_INFINITY;
    this.attribute = null;
    while (cursor.at < cursor.end) {
      const tag = cursor.varint();
      if (tag !== DATA && tag !== ATTRIBUTES && tag !== MESSAGE_ID && tag !== PUBLISH_TIME) {
        cursor.skip(tag);
        continue;
      }
      const length = cursor.length();
      const from = cursor.at;
      const to = from + length;
      if (tag === DATA) {
        this.dataStart = from;
        this.dataEnd = to;
      } else if (tag === MESSAGE_ID) {
        this.idStart = from;
        this.idEnd = to;
      } else {
        cursor.end = to;
        if (tag === PUBLISH_TIME) this.readTime();
        else if (this.wanted !== null) this.readAttribute(message, this.wanted);
        cursor.end = message.length;
      }
      cursor.at = to;
    }
  }

  private readTime(): void {
    const { cursor } = this;
    let seconds = 0;
    let nanos = 0;
    while (cursor.at < cursor.end) {
      const tag = cursor.varint();
      if (tag === SECONDS) seconds = cursor.varint();
      else if (tag === NANOS) nanos = cursor.varint();
      else cursor.skip(tag);
    }
    this.publishTime = seconds * 1000 + Math.floor(nanos / 1_000_000);
  }

  private readAttribute(message: Uint8Array, wanted: Uint8Array): void {
    const { cursor } = this;
    let isWanted = wanted.length === 0;
    let value = '';
    while (cursor.at < cursor.end) {
      const tag = cursor.varint();
      if (tag !== KEY && tag !== VALUE) {
        cursor.skip(tag);
        continue;
      }
      const length = cursor.length();
      if (tag === KEY) {
        isWanted = length === wanted.length && startsAt(message, cursor.at, wanted);
        // Keys come first; of another attribute the value is passed over.
        if (!isWanted) return;
      } else value = textAt(message, cursor.at, cursor.at + length);
      cursor.at += length;
    }
    if (isWanted) this.attribute = value;
  }
}

function textAt({ buffer, byteOffset }: Uint8Array, start: number, end: number): string {
  return Buffer.from(buffer, byteOffset + start, end - start).toString('utf8');
}

function startsAt(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}
