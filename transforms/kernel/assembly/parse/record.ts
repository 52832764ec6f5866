/**
 * The fields of a line or an object → one packed record. Takes only what is written as it nearly always is; anything else is left to the host, which knows all the rules.
 */
import * as dictionary from './dictionary';
import * as hash from '../hash';
import { seen, VALUE_ENDS, VALUE_STARTS } from './json';

/** Seeds and event types: the same as in transforms/clean/record_hash.ts and schema/events.ts. */
const EVENT_KEY: u32 = 1;
const REST: u64 = 3;

/** Columns of the fields, −1 where the file has none. */
let timeColumn: i32 = -1;
let typeColumn: i32 = -1;
let productColumn: i32 = -1;
let categoryIdColumn: i32 = -1;
let categoryColumn: i32 = -1;
let brandColumn: i32 = -1;
let priceColumn: i32 = -1;
let userColumn: i32 = -1;
let sessionColumn: i32 = -1;

/** End of each field of the line at hand. */
export const ENDS: usize = memory.data(256 * 4);
let line: usize = 0;

export function setColumns(time: i32, type: i32, product: i32, categoryId: i32, category: i32, brand: i32, price: i32, user: i32, session: i32): void {
  timeColumn = time;
  typeColumn = type;
  productColumn = product;
  categoryIdColumn = categoryId;
  categoryColumn = category;
  brandColumn = brand;
  priceColumn = price;
  userColumn = user;
  sessionColumn = session;
}

/** The day of the last time, as its ten characters and as days since 1970. */
let dayText8: u64 = 0;
let dayText2: u16 = 0;
let days: i32 = 0;

/** The last record's hour since 1970 and milliseconds within it. */
export let hour: i32 = 0;
export let millis: i32 = 0;

/** Fields of objects by the numbers of their names, which the host adds in this order before all others. */
export const OBJECT_FIELDS: u32 = 9;

@inline
function startOf(isObject: bool, field: i32): usize {
  if (isObject) return ((seen >> field) & 1) === 0 ? 0 : <usize>load<u32>(VALUE_STARTS + (<usize>field << 2));
  return field <= 0 ? line : <usize>load<u32>(ENDS + (<usize>(field - 1) << 2)) + 1;
}

@inline
function endOf(isObject: bool, field: i32): usize {
  if (isObject) return ((seen >> field) & 1) === 0 ? 0 : <usize>load<u32>(VALUE_ENDS + (<usize>field << 2));
  return <usize>load<u32>(ENDS + (<usize>field << 2));
}

/** Whether white space would have to be taken off a field. Only spaces can be there: lines with other control characters don't come here. */
@inline
function isPadded(start: usize, end: usize): bool {
  return start < end && (load<u8>(start) === 0x20 || load<u8>(end - 1) === 0x20);
}

/** Whether an id may be printed as a float: it ends in zeros behind a dot. */
@inline
function looksLikeFloat(start: usize, end: usize): bool {
  if (end === start || load<u8>(end - 1) !== 0x30) return false;
  let at = end - 1;
  while (at > start && load<u8>(at) === 0x30) at--;
  return load<u8>(at) === 0x2e;
}

@inline
function digits2(at: usize): i32 {
  const tens = <i32>load<u8>(at) - 0x30;
  const ones = <i32>load<u8>(at, 1) - 0x30;
  return <u32>tens > 9 || <u32>ones > 9 ? -1 : tens * 10 + ones;
}

/** Whether eight bytes, one a byte of the word, are all from 0 to 9. */
@inline
function areDigits(bytes: u64): bool {
  return ((bytes | (bytes + 0x7676767676767676)) & 0x8080808080808080) === 0;
}

/** What is behind the seconds: ` UTC` after a space before the hours; `Z`, or a dot, three digits and `Z`, after a `T`. The milliseconds, −1 for anything else. */
@inline
function readTimeEnd(start: usize, end: usize): i32 {
  const length = end - start;
  const separator = load<u8>(start, 10);
  if (length === 23) return separator === 0x20 && load<u32>(start, 19) === 0x43545520 ? 0 : -1;
  if (separator !== 0x54) return -1;
  if (length === 20) return load<u8>(start, 19) === 0x5a ? 0 : -1;
  if (length !== 24 || load<u8>(start, 19) !== 0x2e || load<u8>(start, 23) !== 0x5a) return -1;
  const hundreds = <u32>load<u8>(start, 20) - 0x30;
  const rest = digits2(start + 21);
  return hundreds > 9 || rest < 0 ? -1 : <i32>hundreds * 100 + rest;
}

/** Reads `YYYY-MM-DD HH:MM:SS UTC`, `YYYY-MM-DDTHH:MM:SSZ` or `YYYY-MM-DDTHH:MM:SS.mmmZ`. */
@inline
function readTime(start: usize, end: usize): bool {
  const behind = readTimeEnd(start, end);
  if (behind < 0) return false;
  const text8 = load<u64>(start);
  const text2 = load<u16>(start, 8);
  if ((text8 !== dayText8 || text2 !== dayText2) && !readDay(start, text8, text2)) return false;
  // HH:MM:SS at once: its colons become zeros, and if they were none, something else than digits.
  const clock = load<u64>(start, 11) ^ 0x30303a30303a3030;
  if ((clock & 0x0000ff0000ff0000) !== 0 || !areDigits(clock)) return false;
  const pairs = clock * 10 + (clock >> 8);
  const h = <i32>(pairs & 0xff);
  const m = <i32>((pairs >> 24) & 0xff);
  const s = <i32>((pairs >> 48) & 0xff);
  if (h > 23 || m > 59 || s > 59) return false;
  hour = days * 24 + h;
  millis = (m * 60 + s) * 1000 + behind;
  return true;
}

function readDay(start: usize, text8: u64, text2: u16): bool {
  const century = digits2(start);
  const year2 = digits2(start + 2);
  const month = digits2(start + 5);
  const day = digits2(start + 8);
  if ((century | year2 | month | day) < 0 || load<u8>(start, 4) !== 0x2d || load<u8>(start, 7) !== 0x2d) return false;
  const year = century * 100 + year2;
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false;
  // Days from civil (Howard Hinnant, chrono-Compatible Low-Level Date Algorithms), for years from 1 on.
  const y = month <= 2 ? year - 1 : year;
  const era = (y >= 0 ? y : y - 399) / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  days = era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
  dayText8 = text8;
  dayText2 = text2;
  return true;
}

function daysIn(year: i32, month: i32): i32 {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Code of an event type, −1 if it isn't written in lower case as it stands in the list. */
@inline
function readType(start: usize, end: usize): i32 {
  const length = end - start;
  if (length < 4) return -1;
  const head = load<u32>(start);
  if (length === 4) return head === 0x77656976 ? 0 : head === 0x74726163 ? 1 : -1;
  if (length === 8) return head === 0x63727570 && load<u32>(start, 4) === 0x65736168 ? 3 : -1;
  if (length === 16 && load<u64>(start) === 0x665f65766f6d6572 && load<u64>(start, 8) === 0x747261635f6d6f72) return 2;
  return -1;
}

/** A price of at most nine digits before and four after its dot, in ten-thousandths; −1 for anything else, 0 for a zero. */
@inline
function readPrice(start: usize, end: usize): i64 {
  const length = end - start;
  // Nearly all prices are one to five digits, a dot and two digits: eight bytes, read at once.
  if (length >= 4 && length <= 8 && load<u8>(end - 3) === 0x2e) {
    const unused = 64 - (<u64>length << 3);
    const bytes = (load<u64>(start) ^ 0x3030303030303030) << unused;
    // The dot out, what is before it closer: eight digits, the first of them zeros.
    const digits = (bytes & 0xffff000000000000) | ((bytes & 0x000000ffffffffff) << 8);
    if (areDigits(digits)) return decimal(digits) * 100;
  }
  return readLongPrice(start, end);
}

/** The number that eight digits make, the first in the lowest byte. */
@inline
function decimal(digits: u64): i64 {
  const pairs = (digits * 10 + (digits >> 8)) & 0x00ff00ff00ff00ff;
  const fours = (pairs * 100 + (pairs >> 16)) & 0x0000ffff0000ffff;
  return <i64>((fours * 10000 + (fours >> 32)) & 0xffffffff);
}

/** Any price, digit by digit. */
function readLongPrice(start: usize, end: usize): i64 {
  let value: i64 = 0;
  let at = start;
  while (at < end) {
    const digit = <u32>load<u8>(at) - 0x30;
    if (digit > 9) break;
    value = value * 10 + digit;
    at++;
  }
  const whole = at - start;
  if (whole === 0 || whole > 9) return -1;
  if (at === end) return value * 10000;
  if (load<u8>(at) !== 0x2e) return -1;
  at++;
  let scale: i64 = 10000;
  while (at < end) {
    const digit = <u32>load<u8>(at) - 0x30;
    if (digit > 9 || scale === 1) return -1;
    value = value * 10 + digit;
    scale /= 10;
    at++;
  }
  return value * scale;
}

/** Packs the line that begins at `start`, whose fields end at {@link ENDS}, into the seven words at `out`. False if it is not for here; nothing is packed then. */
export function packLine(start: usize, out: usize): bool {
  line = start;
  return pack(false, out);
}

/** The same for the object that was scanned last. */
export function packObject(out: usize): bool {
  return pack(true, out);
}

/** Compiled twice, once for each place that fields are in. */
@inline
function pack(isObject: bool, out: usize): bool {
  const timeAt = isObject ? 0 : timeColumn;
  const typeAt = isObject ? 1 : typeColumn;
  const productAt = isObject ? 2 : productColumn;
  const categoryIdAt = isObject ? 3 : categoryIdColumn;
  const categoryAt = isObject ? 4 : categoryColumn;
  const brandAt = isObject ? 5 : brandColumn;
  const priceAt = isObject ? 6 : priceColumn;
  const userAt = isObject ? 7 : userColumn;
  const sessionAt = isObject ? 8 : sessionColumn;
  const type = readType(startOf(isObject, typeAt), endOf(isObject, typeAt));
  if (type < 0) return false;
  const price = readPrice(startOf(isObject, priceAt), endOf(isObject, priceAt));
  if (price <= 0) return false;
  if (!readTime(startOf(isObject, timeAt), endOf(isObject, timeAt))) return false;

  const product = startOf(isObject, productAt);
  const productEnd = endOf(isObject, productAt);
  if (isPadded(product, productEnd) || looksLikeFloat(product, productEnd)) return false;
  const user = startOf(isObject, userAt);
  const userEnd = endOf(isObject, userAt);
  if (isPadded(user, userEnd) || looksLikeFloat(user, userEnd)) return false;
  let session: usize = 0;
  let sessionEnd: usize = 0;
  if (sessionAt >= 0) {
    session = startOf(isObject, sessionAt);
    sessionEnd = endOf(isObject, sessionAt);
    if (isPadded(session, sessionEnd)) return false;
  }
  let categoryId: usize = 0;
  let categoryIdEnd: usize = 0;
  if (categoryIdAt >= 0) {
    categoryId = startOf(isObject, categoryIdAt);
    categoryIdEnd = endOf(isObject, categoryIdAt);
    if (isPadded(categoryId, categoryIdEnd) || looksLikeFloat(categoryId, categoryIdEnd)) return false;
  }
  let category: usize = 0;
  let categoryEnd: usize = 0;
  if (categoryAt >= 0) {
    category = startOf(isObject, categoryAt);
    categoryEnd = endOf(isObject, categoryAt);
    if (isPadded(category, categoryEnd)) return false;
  }
  let brand: usize = 0;
  let brandEnd: usize = 0;
  if (brandAt >= 0) {
    brand = startOf(isObject, brandAt);
    brandEnd = endOf(isObject, brandAt);
    if (isPadded(brand, brandEnd)) return false;
  }
  if (!dictionary.find(brand, <u32>(brandEnd - brand), category, <u32>(categoryEnd - category))) return false;

  const users = <u32>(userEnd - user);
  const sessions = <u32>(sessionEnd - session);
  const products = <u32>(productEnd - product);
  hash.start(EVENT_KEY);
  hash.block(<u64>(<i64>hour * 3600000 + millis), <u64>type | ((<u64>users & 0xfffff) << 4) | ((<u64>sessions & 0xfffff) << 24) | (<u64>products << 44));
  hash.bytes(user, users);
  hash.bytes(session, sessions);
  hash.bytes(product, products);
  hash.finish();
  store<u64>(out, hash.h1);
  store<u64>(out, hash.h2, 8);

  const rest = hash.words(REST, categoryId, <u32>(categoryIdEnd - categoryId));
  store<u32>(out, <u32>(rest ^ (rest >> 32)), 16);
  store<u32>(out, <u32>price, 20);
  store<u32>(out, dictionary.pair | (<u32>(price >> 32) << 16) | (<u32>type << 28), 24);
  return true;
}
