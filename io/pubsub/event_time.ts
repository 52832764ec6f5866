/** When an event of a message happened, as its attribute says, without decoding the rest of the message. */
import { DELIMITED, WireCursor } from './wire_cursor';
import { asBuffer } from './wire_text';

const DATA = (1 << 3) | DELIMITED;
const ATTRIBUTES = (2 << 3) | DELIMITED;
const KEY = (1 << 3) | DELIMITED;
const VALUE = (2 << 3) | DELIMITED;

/** Years 1 to 9999, in milliseconds since 1970: beyond them no store has a time. */
const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
const MILLIS = /^-?\d{1,15}$/;

const cursor = new WireCursor();
const EMPTY = new Uint8Array(0);

/** Milliseconds since 1970, further digits cut; NaN where nothing says it. */
export type EventTimeOf = (data: Uint8Array) => number;

/**
 * Finds the event time of a serialised PubsubMessage: in the attribute where one is named and it can be read, else in the body.
 *
 * @param attribute name of the attribute, or null
 * @param eventTimeOf finds it in the body; the bytes are the caller's only during the call
 */
export function messageTimes(
  attribute: string | null,
  eventTimeOf: EventTimeOf,
): (message: Uint8Array) => number {
  const wanted = attribute === null ? null : Buffer.from(attribute);
  return (message) => {
    let data: Uint8Array = EMPTY;
    let time = Number.NaN;
    cursor.reset(message);
    while (cursor.at < cursor.end) {
      const tag = cursor.varint();
      if (tag === DATA || tag === ATTRIBUTES) {
        const length = cursor.length();
        const from = cursor.at;
        if (tag === DATA) data = message.subarray(from, from + length);
        else if (wanted !== null) time = timeInEntry(message, from, from + length, wanted, time);
        cursor.at = from + length;
        cursor.end = message.length;
      } else cursor.skip(tag);
    }
    return Number.isNaN(time) ? inRange(eventTimeOf(data)) : time;
  };
}

/** The time in an attribute, if it is the wanted one; else `otherwise`. */
function timeInEntry(
  message: Uint8Array,
  from: number,
  to: number,
  wanted: Buffer,
  otherwise: number,
): number {
  cursor.at = from;
  cursor.end = to;
  let isWanted = wanted.length === 0;
  let valueFrom = to;
  let valueTo = to;
  while (cursor.at < to) {
    const tag = cursor.varint();
    if (tag !== KEY && tag !== VALUE) {
      cursor.skip(tag);
      continue;
    }
    const length = cursor.length();
    if (tag === KEY) {
      isWanted = length === wanted.length && isAt(message, cursor.at, wanted);
      if (!isWanted) return otherwise;
    } else {
      valueFrom = cursor.at;
      valueTo = cursor.at + length;
    }
    cursor.at += length;
  }
  return isWanted ? timeIn(asBuffer(message).toString('latin1', valueFrom, valueTo)) : otherwise;
}

function isAt(message: Uint8Array, from: number, wanted: Buffer): boolean {
  for (let at = 0; at < wanted.length; at++) if (message[from + at] !== wanted[at]) return false;
  return true;
}

/** RFC 3339, or milliseconds since 1970; NaN for all else. */
export function timeIn(text: string): number {
  if (RFC3339.test(text)) return inRange(Date.parse(text.toUpperCase()));
  return MILLIS.test(text) ? inRange(Number(text)) : Number.NaN;
}

function inRange(time: number): number {
  return time >= FIRST && time <= LAST ? Math.floor(time) : Number.NaN;
}
