/**
 * The parser's kernel: lines of CSV → packed records, sixteen bytes at a step. It does the lines that are written as they nearly always are, and lists the others for the
 * host. Compiled to WebAssembly by the build (AssemblyScript), where 64-bit multiplication and SIMD make it several times as fast as the same in JavaScript.
 */
import * as dictionary from './dictionary';
import * as hash from '../hash';
import { ENDS, hour, millis, pack, setColumns } from './record';

export { setColumns };

/** Most records, and most lines for the host, of one call of {@link parse}. */
const CAPACITY: u32 = 4096;
/** Bytes of a record. */
const RECORD: usize = 28;

let chunk: usize = 0;
let chunkSize: u32 = 0;
let columns: i32 = 0;
let records: usize = 0;
let hours: usize = 0;
let offsets: usize = 0;
let others: usize = 0;
let otherLines: usize = 0;
let recordCount: u32 = 0;
let otherCount: u32 = 0;
let lineCount: u32 = 0;

/** Call once. */
export function init(): void {
  records = heap.alloc(<usize>CAPACITY * RECORD);
  hours = heap.alloc(CAPACITY * 4);
  offsets = heap.alloc(CAPACITY * 4);
  others = heap.alloc(CAPACITY * 4);
  otherLines = heap.alloc(CAPACITY * 4);
  dictionary.init();
}

export function capacity(): u32 {
  return CAPACITY;
}
/** Addresses of what {@link parse} gives out: packed records; hour since 1970 and milliseconds in it for each; offsets of the lines for the host and their numbers. */
export function recordsAt(): usize {
  return records;
}
export function hoursAt(): usize {
  return hours;
}
export function millisAt(): usize {
  return offsets;
}
export function othersAt(): usize {
  return others;
}
export function otherLinesAt(): usize {
  return otherLines;
}
export function recordsFound(): u32 {
  return recordCount;
}
export function othersFound(): u32 {
  return otherCount;
}
export function linesFound(): u32 {
  return lineCount;
}

/** Address of a buffer for a chunk of `size` bytes, with the slack that SIMD reads behind it. */
export function reserve(size: u32): usize {
  if (size > chunkSize) {
    chunkSize = size;
    chunk = heap.alloc(<usize>size + 128);
  }
  return chunk;
}

export function setColumnCount(count: i32): void {
  columns = count;
}

/** Forgets all spellings. */
export function clear(): void {
  dictionary.clear();
}

@inline
function mask64(a: v128, b: v128, c: v128, d: v128): u64 {
  return <u64>i8x16.bitmask(a) | (<u64>i8x16.bitmask(b) << 16) | (<u64>i8x16.bitmask(c) << 32) | (<u64>i8x16.bitmask(d) << 48);
}

/** Bytes that need the host's attention: quotes, control characters and everything beyond ASCII (negative as signed bytes), newlines not counted. */
@inline
function unusual(v: v128, newline: v128): v128 {
  const quote = i8x16.eq(v, i8x16.splat(0x22));
  const control = i8x16.lt_s(v, i8x16.splat(0x20));
  return v128.andnot(v128.or(quote, control), newline);
}

/**
 * Parses lines from offset `from` of the chunk on, up to `end`, where a line must end; stops early when there is no room for more. Returns the offset of the next line.
 */
export function parse(from: u32, end: u32): u32 {
  recordCount = 0;
  otherCount = 0;
  lineCount = 0;
  const last = chunk + end;
  let lineStart = chunk + from;
  let field: i32 = 0;
  let special = false;
  for (let at = lineStart; at < last; at += 64) {
    const v0 = v128.load(at);
    const v1 = v128.load(at, 16);
    const v2 = v128.load(at, 32);
    const v3 = v128.load(at, 48);
    const n0 = i8x16.eq(v0, i8x16.splat(0x0a));
    const n1 = i8x16.eq(v1, i8x16.splat(0x0a));
    const n2 = i8x16.eq(v2, i8x16.splat(0x0a));
    const n3 = i8x16.eq(v3, i8x16.splat(0x0a));
    const newlines = mask64(n0, n1, n2, n3);
    const commas = mask64(i8x16.eq(v0, i8x16.splat(0x2c)), i8x16.eq(v1, i8x16.splat(0x2c)), i8x16.eq(v2, i8x16.splat(0x2c)), i8x16.eq(v3, i8x16.splat(0x2c)));
    const returns = mask64(i8x16.eq(v0, i8x16.splat(0x0d)), i8x16.eq(v1, i8x16.splat(0x0d)), i8x16.eq(v2, i8x16.splat(0x0d)), i8x16.eq(v3, i8x16.splat(0x0d)));
    const valid: u64 = last - at >= 64 ? ~(<u64>0) : ((<u64>1) << (last - at)) - 1;
    // A carriage return is usual only right before a newline. One at the window's last byte counts as unusual: the host will see that it isn't.
    let odd = mask64(unusual(v0, n0), unusual(v1, n1), unusual(v2, n2), unusual(v3, n3)) & ~(returns & (newlines >> 1)) & valid;
    let ends = (commas | newlines) & valid;
    while (ends !== 0) {
      const bit = ctz<u64>(ends);
      ends &= ends - 1;
      const position = at + <usize>bit;
      if (((newlines >> bit) & 1) === 0) {
        if (field < 255) store<u32>(ENDS + (<usize>field << 2), <u32>position);
        field++;
        continue;
      }
      const below = ((<u64>1) << bit) - 1;
      special = special || (odd & below) !== 0;
      odd &= ~below;
      const lineEnd = position > lineStart && load<u8>(position - 1) === 0x0d ? position - 1 : position;
      if (field < 255) store<u32>(ENDS + (<usize>field << 2), <u32>lineEnd);
      field++;
      if (!special && field === columns && pack(lineStart, records + <usize>recordCount * RECORD)) {
        store<i32>(hours + (<usize>recordCount << 2), hour);
        store<i32>(offsets + (<usize>recordCount << 2), millis);
        recordCount++;
      } else {
        store<u32>(others + (<usize>otherCount << 2), <u32>(lineStart - chunk));
        store<u32>(otherLines + (<usize>otherCount << 2), lineCount);
        otherCount++;
      }
      lineCount++;
      lineStart = position + 1;
      field = 0;
      special = false;
      if (recordCount === CAPACITY || otherCount === CAPACITY) return <u32>(lineStart - chunk);
    }
    special = special || odd !== 0;
  }
  return <u32>(lineStart - chunk);
}

// The hash, for the host: what it cleans itself has to hash to the same.
const scratch: usize = memory.data(16);
let text: usize = 0;
let textSize: u32 = 0;
let shortHash: u64 = 0;

/** Address of a buffer for `size` bytes to be hashed. */
export function reserveText(size: u32): usize {
  if (size > textSize) {
    textSize = max(size, 4096);
    text = heap.alloc(<usize>textSize + 32);
  }
  return text;
}
export function hashStart(seed: u32): void {
  hash.start(seed);
}
export function hashBlock(low1: u32, high1: u32, low2: u32, high2: u32): void {
  hash.block(<u64>low1 | (<u64>high1 << 32), <u64>low2 | (<u64>high2 << 32));
}
export function hashBytes(length: u32): void {
  hash.bytes(text, length);
}
/** Finishes; returns the address of the sixteen bytes of hash. */
export function hashFinish(): usize {
  hash.finish();
  store<u64>(scratch, hash.h1);
  store<u64>(scratch, hash.h2, 8);
  return scratch;
}

// The short hash, likewise.
export function shortHashStart(seed: u32): void {
  shortHash = seed;
}
/** Takes in the first `length` bytes in the buffer of {@link reserveText}. */
export function shortHashWords(length: u32): void {
  shortHash = hash.words(shortHash, text, length);
}
/** The hash, in 32 bits. */
export function shortHashFinish(): u32 {
  return <u32>(shortHash ^ (shortHash >> 32));
}
