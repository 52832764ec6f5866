/**
 * The parser's kernel: lines of CSV and JSON objects → packed records, sixteen bytes at a step. It does what is written as it nearly always is, and lists the rest for the
 * host. Compiled to WebAssembly by the build (AssemblyScript), where 64-bit multiplication and SIMD make it several times as fast as the same in JavaScript.
 */
import * as dictionary from './dictionary';
import * as hash from '../hash';
import * as json from './json';
import * as lines from './lines';
import * as objects from './objects';
import * as output from './output';
import { setColumns } from './record';

export { setColumns };

let chunk: usize = 0;
let chunkSize: u32 = 0;

/** Call once. */
export function init(): void {
  output.init();
  objects.init();
  dictionary.init();
}

/** Forgets all spellings. */
export function clear(): void {
  dictionary.clear();
}

/** Nothing is ever freed here: sizes go up by doubling, so that what is left behind is no more than what is used. */
function roomFor(size: u32): u32 {
  let room: u32 = 4096;
  while (room < size) room <<= 1;
  return room;
}

/** Address of a buffer for a chunk of `size` bytes, at most 2^30, with the slack that SIMD reads behind it. */
export function reserve(size: u32): usize {
  if (size > chunkSize) {
    chunkSize = roomFor(size);
    chunk = heap.alloc(<usize>chunkSize + 128);
  }
  return chunk;
}

// What comes out, see output.ts: addresses, and how much of it there is.
export function capacity(): u32 {
  return output.CAPACITY;
}
export function recordsAt(): usize {
  return output.records;
}
export function hoursAt(): usize {
  return output.hours;
}
export function millisAt(): usize {
  return output.millis;
}
export function othersAt(): usize {
  return output.others;
}
export function otherLinesAt(): usize {
  return output.otherLines;
}
export function recordsFound(): u32 {
  return output.recordCount;
}
export function othersFound(): u32 {
  return output.otherCount;
}

// Lines, see lines.ts.
export function setColumnCount(count: i32): void {
  lines.setColumnCount(count);
}
export function parseLines(from: u32, end: u32): u32 {
  return lines.parseLines(chunk, from, end);
}
export function linesFound(): u32 {
  return lines.lineCount;
}

// Objects, see json.ts and objects.ts.
export function addName(level: u32, length: u32, below: u32): usize {
  return json.addName(level, length, below);
}
export function boundsAt(): usize {
  return objects.bounds;
}
export function latestAt(): usize {
  return objects.latest;
}
export function announcedAt(): usize {
  return objects.announced;
}
export function setApart(milliseconds: f64): void {
  objects.setApart(milliseconds);
}
export function parseObjects(count: u32): void {
  objects.parseObjects(chunk, count);
}
export function apartFound(): u32 {
  return objects.apartCount;
}
/** Reads the object that the first `length` bytes in the buffer of {@link reserveText} are; true where it could, and then its values are given by what follows. */
export function scan(length: u32): bool {
  return json.scan(text, text + length);
}
export function valueStartsAt(): usize {
  return json.VALUE_STARTS;
}
export function valueEndsAt(): usize {
  return json.VALUE_ENDS;
}
export function seenNames(): u32 {
  return json.seen;
}
export function wasAscii(): bool {
  return json.isAscii;
}

// The hash, for the host: what it cleans itself has to hash to the same.
const scratch: usize = memory.data(16);
let text: usize = 0;
let textSize: u32 = 0;
let shortHash: u64 = 0;

/** Address of a buffer for `size` bytes to be hashed or scanned. */
export function reserveText(size: u32): usize {
  if (size > textSize) {
    textSize = roomFor(size);
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
