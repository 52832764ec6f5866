/**
 * Texts of DuckDB's vectors, by their bytes: the driver's own decoder takes a byte order mark off the front, and makes each text anew. Tables have few different texts and many rows, so a text that has just been made is
 * handed out again, found by the sixteen bytes that a vector has for it.
 */
import bindings from '@duckdb/node-bindings';

/** Bytes of a text in a vector: its length, and then itself, or four of its bytes and where it lies. */
const TEXT_BYTES = 16;
const TEXT_WORDS = 4;
/** Longer texts lie elsewhere. */
const LONGEST_INLINE = 12;
/** A power of two: more texts than a table's column usually has. */
const SLOTS = 4096;
const SLOT_BITS = 12;

export class VectorTexts {
  /** The words of each slot's text; an empty text has four zeros, as an empty slot. */
  private readonly words = new Uint32Array(SLOTS * TEXT_WORDS);
  private readonly texts: string[] = new Array(SLOTS).fill('');
  /** The vector that a slot's long text came from: where it lies says nothing in another one. */
  private readonly vectors = new Uint32Array(SLOTS);
  private vector = 0;

  /** The texts of a vector, null where `nulls` has 1. */
  read(source: bindings.Vector, rows: number, nulls: Uint8Array | null): (string | null)[] {
    this.vector++;
    const data = bindings.vector_get_data(source, rows * TEXT_BYTES);
    const bytes = Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    const words = new Uint32Array(data.buffer, data.byteOffset, rows * TEXT_WORDS);
    const texts: (string | null)[] = new Array(rows);
    for (let row = 0; row < rows; row++)
      texts[row] = nulls !== null && nulls[row] === 1 ? null : this.textAt(words, bytes, row);
    return texts;
  }

  private textAt(words: Uint32Array, bytes: Buffer, row: number): string {
    const at = row * TEXT_WORDS;
    const length = words[at];
    const second = words[at + 1];
    const third = words[at + 2];
    const fourth = words[at + 3];
    const slot = slotOf(length, second, third, fourth);
    const kept = slot * TEXT_WORDS;
    const isLong = length > LONGEST_INLINE;
    if (
      this.words[kept] === length &&
      this.words[kept + 1] === second &&
      this.words[kept + 2] === third &&
      this.words[kept + 3] === fourth &&
      (!isLong || this.vectors[slot] === this.vector)
    )
      return this.texts[slot];
    const text = isLong ? longText(bytes, row, length) : inlineText(bytes, row, length);
    this.words[kept] = length;
    this.words[kept + 1] = second;
    this.words[kept + 2] = third;
    this.words[kept + 3] = fourth;
    this.vectors[slot] = this.vector;
    this.texts[slot] = text;
    return text;
  }
}

function inlineText(bytes: Buffer, row: number, length: number): string {
  const start = row * TEXT_BYTES + 4;
  return bytes.toString('utf8', start, start + length);
}

function longText({ buffer, byteOffset }: Buffer, row: number, length: number): string {
  const pointer = byteOffset + row * TEXT_BYTES + 8;
  const found = bindings.get_data_from_pointer(buffer as ArrayBuffer, pointer, length);
  return Buffer.from(found.buffer as ArrayBuffer, found.byteOffset, found.byteLength).toString('utf8');
}

function slotOf(a: number, b: number, c: number, d: number): number {
  let mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  mixed ^= Math.imul(c, 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f);
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> (32 - SLOT_BITS);
}
