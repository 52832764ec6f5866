/**
 * JSON objects as they are nearly always written, read where they stand: strings without escapes, numbers, true, false, null, objects and arrays. Whatever else JSON allows is left to the host's
 * own reader (parse/json_record.ts), which knows all of it; what both can read is the same in both.
 */

const MOST_NAMES: usize = 31;
const LEVELS: usize = 4;
/** The longest name that is looked for, which one SIMD word compares. */
const LONGEST: u32 = 16;
const LENGTHS: usize = <usize>LONGEST + 1;
/** Arrays and objects within one another. */
const DEEPEST: i32 = 32;
/** No value, or one that this can't read. */
const FAILED: usize = 0;

/** Names, padded with zeros; of each the number of the next with its level and length, and the level of the object below it. Numbers in these tables count from 1; 0 is none. */
const NAMES: usize = memory.data(31 * 16);
const NEXT: usize = memory.data(31);
const BELOW: usize = memory.data(31);
/** By level and length, the first name. */
const FIRST: usize = memory.data(4 * 17);
let names: i32 = 0;

/** Where the text of each name's value begins and ends, for the names that have been {@link seen}. */
export const VALUE_STARTS: usize = memory.data(31 * 4);
export const VALUE_ENDS: usize = memory.data(31 * 4);
/** A bit for each name that the last object has. */
export let seen: u32 = 0;
/** Whether all strings of the last object were ASCII. */
export let isAscii: bool = true;

/** Where the last value's text is. */
let valueStart: usize = 0;
let valueEnd: usize = 0;

/**
 * Gives the next name its number, 0 for the first; returns the address that its bytes, `length` of at most 16, have to be written to. `level`: 0 for names of the record itself, else that of the object they are
 * in; `below`: the level of the object that the name stands for, 0 for none.
 */
export function addName(level: u32, length: u32, below: u32): usize {
  const number = names++;
  const first = FIRST + <usize>level * LENGTHS + length;
  store<u8>(NEXT + number, load<u8>(first));
  store<u8>(first, <u8>names);
  store<u8>(BELOW + number, <u8>below);
  return NAMES + (<usize>number << 4);
}

/** Reads the object from `start` to `end`, behind which 16 bytes have to be readable. False if it isn't one, or is one that the host has to read. */
export function scan(start: usize, end: usize): bool {
  seen = 0;
  isAscii = true;
  const open = skipBlank(start, end);
  if (open >= end || load<u8>(open) !== 0x7b) return false;
  const behind = object(open + 1, end, 0);
  return behind !== FAILED && skipBlank(behind, end) === end;
}

/** The number of the name that the bytes are, or −1. */
@inline
function find(level: u32, start: usize, length: u32): i32 {
  if (length > LONGEST) return -1;
  const text = v128.load(start);
  const bytes = (1 << length) - 1;
  let next = load<u8>(FIRST + <usize>level * LENGTHS + length);
  while (next !== 0) {
    const number = next - 1;
    if ((i8x16.bitmask(i8x16.eq(text, v128.load(NAMES + (<usize>number << 4)))) & bytes) === bytes) return number;
    next = load<u8>(NEXT + number);
  }
  return -1;
}

/** Reads the names and values of an object, from behind its opening brace; returns where it has ended. */
function object(from: usize, end: usize, level: u32): usize {
  let at = skipBlank(from, end);
  if (at < end && load<u8>(at) === 0x7d) return at + 1;
  while (true) {
    if (at >= end || load<u8>(at) !== 0x22) return FAILED;
    const nameStart = at + 1;
    const nameEnd = stringEnd(nameStart, end);
    if (nameEnd === FAILED) return FAILED;
    at = skipBlank(nameEnd + 1, end);
    if (at >= end || load<u8>(at) !== 0x3a) return FAILED;
    at = skipBlank(at + 1, end);
    const name = find(level, nameStart, <u32>(nameEnd - nameStart));
    if (name >= 0) {
      // Of equal names the last counts, which is rare enough to leave.
      if (((seen >> name) & 1) !== 0) return FAILED;
      seen |= 1 << name;
    }
    const below: u32 = name < 0 ? 0 : load<u8>(BELOW + name);
    if (below !== 0 && at < end && load<u8>(at) === 0x7b) {
      at = object(at + 1, end, below);
      if (at === FAILED) return FAILED;
      // An object has no text of its own.
      valueStart = at;
      valueEnd = at;
    } else {
      at = value(at, end);
      if (at === FAILED) return FAILED;
    }
    if (name >= 0) {
      store<u32>(VALUE_STARTS + (<usize>name << 2), <u32>valueStart);
      store<u32>(VALUE_ENDS + (<usize>name << 2), <u32>valueEnd);
    }
    at = skipBlank(at, end);
    if (at >= end) return FAILED;
    const next = load<u8>(at);
    if (next === 0x7d) return at + 1;
    if (next !== 0x2c) return FAILED;
    at = skipBlank(at + 1, end);
  }
}

/** Reads a value, objects and arrays for no more than where they have ended. */
@inline
function value(at: usize, end: usize): usize {
  if (at >= end) return FAILED;
  const first = load<u8>(at);
  if (first !== 0x7b && first !== 0x5b) return plain(at, end);
  const behind = skip(at, end, 0);
  valueStart = at;
  valueEnd = at;
  return behind;
}

/** Reads a value that is neither object nor array; returns where it has ended. */
function plain(at: usize, end: usize): usize {
  if (at >= end) return FAILED;
  const first = load<u8>(at);
  if (first === 0x22) {
    const close = stringEnd(at + 1, end);
    if (close === FAILED) return FAILED;
    valueStart = at + 1;
    valueEnd = close;
    return close + 1;
  }
  valueStart = at;
  let behind: usize;
  if (first === 0x2d || isDigit(first)) behind = numberEnd(at, end);
  else if (first === 0x66) behind = at + 5 <= end && load<u32>(at, 1) === 0x65736c61 ? at + 5 : FAILED;
  else if (first === 0x74) behind = at + 4 <= end && load<u32>(at) === 0x65757274 ? at + 4 : FAILED;
  else {
    valueEnd = at;
    return at + 4 <= end && load<u32>(at) === 0x6c6c756e ? at + 4 : FAILED;
  }
  valueEnd = behind;
  return behind;
}

/** Where an object or array that means nothing has ended. */
function skip(from: usize, end: usize, depth: i32): usize {
  if (depth === DEEPEST) return FAILED;
  const isObject = load<u8>(from) === 0x7b;
  const close: u8 = isObject ? 0x7d : 0x5d;
  let at = skipBlank(from + 1, end);
  if (at < end && load<u8>(at) === close) return at + 1;
  while (true) {
    if (isObject) {
      const nameEnd = at < end && load<u8>(at) === 0x22 ? stringEnd(at + 1, end) : FAILED;
      if (nameEnd === FAILED) return FAILED;
      at = skipBlank(nameEnd + 1, end);
      if (at >= end || load<u8>(at) !== 0x3a) return FAILED;
      at = skipBlank(at + 1, end);
    }
    const isNested = at < end && (load<u8>(at) === 0x7b || load<u8>(at) === 0x5b);
    at = isNested ? skip(at, end, depth + 1) : plain(at, end);
    if (at === FAILED) return FAILED;
    at = skipBlank(at, end);
    if (at >= end) return FAILED;
    const next = load<u8>(at);
    if (next === close) return at + 1;
    if (next !== 0x2c) return FAILED;
    at = skipBlank(at + 1, end);
  }
}

/** Where a string's closing quote is; strings with escapes, and what may not be in one, are left. */
@inline
function stringEnd(from: usize, end: usize): usize {
  let beyondAscii: i32 = 0;
  for (let at = from; at < end; at += 16) {
    const text = v128.load(at);
    const isQuote = i8x16.eq(text, i8x16.splat(0x22));
    const isLeft = v128.or(i8x16.eq(text, i8x16.splat(0x5c)), i8x16.lt_u(text, i8x16.splat(0x20)));
    const stops = i8x16.bitmask(v128.or(isQuote, isLeft));
    if (stops === 0) {
      beyondAscii |= i8x16.bitmask(text);
      continue;
    }
    const bit = ctz<i32>(stops);
    const stop = at + bit;
    beyondAscii |= i8x16.bitmask(text) & ((1 << bit) - 1);
    if (beyondAscii !== 0) isAscii = false;
    return stop < end && load<u8>(stop) === 0x22 ? stop : FAILED;
  }
  return FAILED;
}

@inline
function skipBlank(from: usize, end: usize): usize {
  let at = from;
  while (at < end) {
    const byte = load<u8>(at);
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break;
    at++;
  }
  return at;
}

@inline
function isDigit(byte: u8): bool {
  return <u32>byte - 0x30 <= 9;
}

@inline
function digitsEnd(from: usize, end: usize): usize {
  let at = from;
  while (at < end && isDigit(load<u8>(at))) at++;
  return at;
}

/** Where a number ends, by JSON's grammar. */
function numberEnd(from: usize, end: usize): usize {
  const whole = load<u8>(from) === 0x2d ? from + 1 : from;
  let at = digitsEnd(whole, end);
  if (at === whole || (load<u8>(whole) === 0x30 && at > whole + 1)) return FAILED;
  if (at < end && load<u8>(at) === 0x2e) {
    const fraction = at + 1;
    at = digitsEnd(fraction, end);
    if (at === fraction) return FAILED;
  }
  if (at < end && (load<u8>(at) | 0x20) === 0x65) {
    const sign = at + 1;
    const exponent = sign < end && (load<u8>(sign) === 0x2b || load<u8>(sign) === 0x2d) ? sign + 1 : sign;
    at = digitsEnd(exponent, end);
    if (at === exponent) return FAILED;
  }
  return at;
}
