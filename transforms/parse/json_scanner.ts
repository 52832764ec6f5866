/**
 * JSON objects as they are nearly always written, read where they stand: strings without escapes, numbers, true, false, null, objects and arrays. Whatever else JSON allows is left
 * to {@link JsonRecord}, which knows all of it; what both can read is the same in both.
 */
import { isUtf8 } from 'node:buffer';
import { EVENT_FIELDS, type EventField } from '../../schema/events';
import { emptyRow, type FieldRow } from './field_row';

/** Names that mean something, by their path. */
const NAMES = [
  ...['event_time', 'event_type', 'product_id', 'category_id', 'category_code', 'brand', 'price', 'user_id'],
  ...['user_session', 'event_id', 'currency', 'page', 'ip'],
  ...['event_ts', 'timestamp', 'session_id', 'page_url', 'user_agent', 'ip_address'],
  ...['utm', 'device', 'geo'],
  ...['utm.source', 'utm.medium', 'utm.campaign', 'device.os', 'device.mobile', 'device.ua'],
  ...['geo.country', 'geo.city'],
] as const;
type Name = (typeof NAMES)[number];
const NAME = Object.fromEntries(NAMES.map((name, index) => [name, index])) as Record<Name, number>;

/** Where a field's text comes from: the first of these that isn't blank. */
type Sources = Partial<Record<EventField, readonly Name[]>>;

const COMMON: Sources = {
  ...Object.fromEntries(
    (
      [
        ...['event_type', 'product_id', 'category_id', 'category_code', 'brand', 'price', 'user_id'],
        ...['event_id', 'currency'],
      ] as (EventField & Name)[]
    ).map((name) => [name, [name]]),
  ),
  utm_source: ['utm.source'],
  utm_medium: ['utm.medium'],
  utm_campaign: ['utm.campaign'],
  device_os: ['device.os'],
  device_mobile: ['device.mobile'],
  geo_country: ['geo.country'],
  geo_city: ['geo.city'],
};
const COSMETICS: Sources = {
  ...COMMON,
  event_time: ['event_time'],
  user_session: ['user_session'],
  page: ['page'],
  device_ua: ['device.ua'],
  ip: ['ip'],
};
const CLICKSTREAM: Sources = {
  ...COMMON,
  event_time: ['event_ts', 'timestamp'],
  user_session: ['session_id'],
  page: ['page', 'page_url'],
  device_ua: ['device.ua', 'user_agent'],
  ip: ['ip_address', 'ip'],
};

/** For each field of an event the numbers of its names, −1 where there is none. */
interface FieldNames {
  readonly first: Int8Array;
  readonly second: Int8Array;
}

function fieldNames(sources: Sources): FieldNames {
  const nth = (at: number): Int8Array =>
    Int8Array.from(EVENT_FIELDS, (field) => {
      const name = sources[field]?.[at];
      return name === undefined ? -1 : NAME[name];
    });
  return { first: nth(0), second: nth(1) };
}

const DIALECTS = { cosmetics: fieldNames(COSMETICS), clickstream: fieldNames(CLICKSTREAM) };

/** Names by what can be said of them without looking at all their bytes; none share it with another. */
const HASH_MASK = 0x3ff;

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const late = bytes[length < 3 ? start : end - 3];
  return (length * 61 + bytes[start] * 7 + late * 19 + bytes[end - 1] * 131) & HASH_MASK;
}

/** The names within an object: of the record itself, or one of its nested ones. */
class NameTable {
  private readonly numbers = new Int8Array(HASH_MASK + 1).fill(-1);
  private readonly texts: Uint8Array[] = [];

  constructor(names: readonly { text: string; number: number }[]) {
    for (const { text, number } of names) {
      const bytes = Buffer.from(text, 'latin1');
      const hash = hashOf(bytes, 0, bytes.length);
      if (this.numbers[hash] >= 0) throw new Error(`the names of JSON fields need another hash: ${text}`);
      this.numbers[hash] = number;
      this.texts[number] = bytes;
    }
  }

  /** The number of the name that the bytes are, or −1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    const number = length === 0 ? -1 : this.numbers[hashOf(bytes, start, end)];
    if (number < 0) return -1;
    const text = this.texts[number];
    if (text.length !== length) return -1;
    for (let i = 0; i < length; i++) if (text[i] !== bytes[start + i]) return -1;
    return number;
  }
}

function tableOf(within: string): NameTable {
  return new NameTable(
    NAMES.filter((name) => (within === '' ? !name.includes('.') : name.startsWith(`${within}.`))).map(
      (name) => ({ text: name.slice(name.indexOf('.') + 1), number: NAME[name] }),
    ),
  );
}

const TOP = tableOf('');
const NESTED: readonly (NameTable | undefined)[] = NAMES.map((name) =>
  name === 'utm' || name === 'device' || name === 'geo' ? tableOf(name) : undefined,
);

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BRACKET = 0x5b;
const BRACKET_CLOSE = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const LITERALS = ['true', 'false', 'null'].map((text) => Buffer.from(text, 'latin1'));
const [TRUE, FALSE, NULL] = LITERALS;

/** Arrays and objects within one another. */
const DEEPEST = 32;

/** No value, or one that this can't read. */
const FAILED = -1;

export class JsonScanner {
  /** The fields of the last record, in the bytes that it was read from. */
  readonly row: FieldRow = emptyRow(new Uint8Array(0));
  private readonly starts = new Int32Array(NAMES.length);
  private readonly ends = new Int32Array(NAMES.length);
  /** A bit for each name that the object has. */
  private seen = 0;
  /** All bytes of the record's strings, or'ed: whether it is ASCII. */
  private allBytes = 0;
  /** Where the last value's text is. */
  private valueStart = 0;
  private valueEnd = 0;

  /** Reads the object in `bytes` from `start` to `end`, behind which CHUNK_SLACK bytes have to be readable. False if it isn't one, or is one that {@link JsonRecord} has to read. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    this.seen = 0;
    this.allBytes = 0;
    const open = skipBlank(bytes, start, end);
    if (open === end || bytes[open] !== OPEN) return false;
    const behind = this.object(bytes, open + 1, end, TOP);
    if (behind === FAILED || skipBlank(bytes, behind, end) !== end) return false;
    if (this.allBytes >= 0x80 && !isUtf8(bytes.subarray(start, end))) return false;
    this.fill(bytes);
    return true;
  }

  /** Reads the names and values of an object, from behind its opening brace; returns where it has ended. */
  private object(bytes: Uint8Array, from: number, end: number, names: NameTable): number {
    let at = skipBlank(bytes, from, end);
    if (at < end && bytes[at] === CLOSE) return at + 1;
    for (;;) {
      if (at >= end || bytes[at] !== QUOTE) return FAILED;
      const nameStart = at + 1;
      const nameEnd = this.stringEnd(bytes, nameStart, end);
      if (nameEnd === FAILED) return FAILED;
      at = skipBlank(bytes, nameEnd + 1, end);
      if (at >= end || bytes[at] !== COLON) return FAILED;
      at = skipBlank(bytes, at + 1, end);
      const name = names.find(bytes, nameStart, nameEnd);
      if (name >= 0) {
        // Of equal names the last counts, which is rare enough to leave.
        if ((this.seen & (1 << name)) !== 0) return FAILED;
        this.seen |= 1 << name;
      }
      const nested = name < 0 ? undefined : NESTED[name];
      if (nested !== undefined && at < end && bytes[at] === OPEN) {
        at = this.object(bytes, at + 1, end, nested);
        if (at === FAILED) return FAILED;
      } else {
        at = this.value(bytes, at, end);
        if (at === FAILED) return FAILED;
        if (name >= 0) {
          this.starts[name] = this.valueStart;
          this.ends[name] = this.valueEnd;
        }
      }
      at = skipBlank(bytes, at, end);
      if (at >= end) return FAILED;
      if (bytes[at] === CLOSE) return at + 1;
      if (bytes[at] !== COMMA) return FAILED;
      at = skipBlank(bytes, at + 1, end);
    }
  }

  /** Reads a value, objects and arrays for no more than where they have ended. */
  private value(bytes: Uint8Array, at: number, end: number): number {
    if (at >= end) return FAILED;
    const first = bytes[at];
    if (first === OPEN || first === BRACKET) {
      const behind = this.skip(bytes, at, end, 0);
      this.valueStart = at;
      this.valueEnd = at;
      return behind;
    }
    return this.plain(bytes, at, end);
  }

  /** Reads a value that is neither object nor array; returns where it has ended. */
  private plain(bytes: Uint8Array, at: number, end: number): number {
    if (at >= end) return FAILED;
    const first = bytes[at];
    if (first === QUOTE) {
      const close = this.stringEnd(bytes, at + 1, end);
      if (close === FAILED) return FAILED;
      this.valueStart = at + 1;
      this.valueEnd = close;
      return close + 1;
    }
    const behind =
      first === MINUS || isDigit(first)
        ? numberEnd(bytes, at, end)
        : first === TRUE[0]
          ? literalEnd(bytes, at, end, TRUE)
          : first === FALSE[0]
            ? literalEnd(bytes, at, end, FALSE)
            : literalEnd(bytes, at, end, NULL);
    this.valueStart = at;
    this.valueEnd = first === NULL[0] ? at : behind;
    return behind;
  }

  /** Where an object or array that means nothing has ended. */
  private skip(bytes: Uint8Array, from: number, end: number, depth: number): number {
    if (depth === DEEPEST) return FAILED;
    const isObject = bytes[from] === OPEN;
    const close = isObject ? CLOSE : BRACKET_CLOSE;
    let at = skipBlank(bytes, from + 1, end);
    if (at < end && bytes[at] === close) return at + 1;
    for (;;) {
      if (isObject) {
        const nameEnd = at < end && bytes[at] === QUOTE ? this.stringEnd(bytes, at + 1, end) : FAILED;
        if (nameEnd === FAILED) return FAILED;
        at = skipBlank(bytes, nameEnd + 1, end);
        if (at >= end || bytes[at] !== COLON) return FAILED;
        at = skipBlank(bytes, at + 1, end);
      }
      const isNested = at < end && (bytes[at] === OPEN || bytes[at] === BRACKET);
      at = isNested ? this.skip(bytes, at, end, depth + 1) : this.plain(bytes, at, end);
      if (at === FAILED) return FAILED;
      at = skipBlank(bytes, at, end);
      if (at >= end) return FAILED;
      if (bytes[at] === close) return at + 1;
      if (bytes[at] !== COMMA) return FAILED;
      at = skipBlank(bytes, at + 1, end);
    }
  }

  /** Where a string's closing quote is; strings with escapes, and what may not be in one, are left. */
  private stringEnd(bytes: Uint8Array, from: number, end: number): number {
    let all = this.allBytes;
    for (let at = from; at < end; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.allBytes = all;
        return at;
      }
      if (byte === BACKSLASH || byte < 0x20) return FAILED;
      all |= byte;
    }
    return FAILED;
  }

  /** `event_time` means cosmetics; else `event_ts` or `timestamp` means clickstream; else cosmetics without a time. */
  private fill(bytes: Uint8Array): void {
    const { row } = this;
    if (row.bytes !== bytes) {
      row.bytes = bytes;
      row.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const isClickstream = !this.has(NAME.event_time) && (this.has(NAME.event_ts) || this.has(NAME.timestamp));
    row.dialect = isClickstream ? 'clickstream' : 'cosmetics';
    const { first, second } = DIALECTS[row.dialect];
    for (let field = 0; field < first.length; field++) {
      const name = this.isThere(bytes, first[field]) ? first[field] : second[field];
      const isThere = name >= 0 && this.has(name);
      row.starts[field] = isThere ? this.starts[name] : 0;
      row.ends[field] = isThere ? this.ends[name] : 0;
    }
  }

  private has(name: number): boolean {
    return (this.seen & (1 << name)) !== 0;
  }

  /** Whether a name has a text that isn't blank; a nested object's own name has none. */
  private isThere(bytes: Uint8Array, name: number): boolean {
    if (name < 0 || !this.has(name)) return false;
    for (let at = this.starts[name]; at < this.ends[name]; at++) {
      const byte = bytes[at];
      if (byte !== 0x20 && (byte < 9 || byte > 13)) return true;
    }
    return false;
  }
}

// Each name has a bit of a number.
if (NAMES.length > 31) throw new Error('too many names of JSON fields');

function skipBlank(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at++;
  }
  return at;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

function digitsEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && isDigit(bytes[at])) at++;
  return at;
}

/** Where a number ends, by JSON's grammar. */
function numberEnd(bytes: Uint8Array, from: number, end: number): number {
  const whole = bytes[from] === MINUS ? from + 1 : from;
  let at = digitsEnd(bytes, whole, end);
  if (at === whole || (bytes[whole] === ZERO && at > whole + 1)) return FAILED;
  if (at < end && bytes[at] === DOT) {
    const fraction = at + 1;
    at = digitsEnd(bytes, fraction, end);
    if (at === fraction) return FAILED;
  }
  if (at < end && (bytes[at] | 0x20) === 0x65) {
    const sign = at + 1;
    const exponent = sign < end && (bytes[sign] === PLUS || bytes[sign] === MINUS) ? sign + 1 : sign;
    at = digitsEnd(bytes, exponent, end);
    if (at === exponent) return FAILED;
  }
  return at;
}

function literalEnd(bytes: Uint8Array, from: number, end: number, literal: Uint8Array): number {
  if (from + literal.length > end) return FAILED;
  for (let i = 0; i < literal.length; i++) if (bytes[from + i] !== literal[i]) return FAILED;
  return from + literal.length;
}
