/**
 * An EventBatch: the cleaned events of one hour (and slot and shard), packed into one block of bytes that is at once its form in memory, on the wire and in a checkpoint.
 *
 * Layout, little-endian 32-bit words: eight of header, the records (packed_record.ts), then for each dimension pair where its brand and its category code begin in the
 * text that follows (2 × pairs + 1 offsets), then that text in UTF-8, padded to whole words.
 */
import { RECORD_WORDS } from './packed_record';

const HEADER_WORDS = 8;
/** Guards against reading another block, or one of another version, as a batch. */
const MAGIC = 0x46504232;

export class EventBatch {
  /** The whole block. */
  readonly bytes: Uint8Array;
  private readonly words: Int32Array;

  /** Wraps a block; copies it if it doesn't start at a multiple of four bytes. Throws if it is no batch. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
    this.words = new Int32Array(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length >> 2);
    if (this.words[0] !== MAGIC) throw new Error('not an event batch, or one of another version');
  }

  /** Number of records. */
  get size(): number {
    return this.words[1];
  }

  /** Number of dimension pairs. */
  get pairs(): number {
    return this.words[2];
  }

  /** Time of the earliest event, milliseconds since 1970. */
  get earliest(): number {
    return this.words[4] * 4_294_967_296 + (this.words[3] >>> 0);
  }

  /** The records, {@link RECORD_WORDS} words each; a view, read only. */
  get records(): Int32Array {
    return this.words.subarray(HEADER_WORDS, HEADER_WORDS + this.size * RECORD_WORDS);
  }

  /** UTF-8 bytes of a pair's brand, normalised; empty means none. */
  brandOf(pair: number): Uint8Array {
    return this.text(pair * 2);
  }

  /** UTF-8 bytes of a pair's category code, normalised; empty means none. */
  categoryOf(pair: number): Uint8Array {
    return this.text(pair * 2 + 1);
  }

  private text(index: number): Uint8Array {
    const offsets = HEADER_WORDS + this.size * RECORD_WORDS;
    const text = (offsets + this.pairs * 2 + 1) * 4;
    return this.bytes.subarray(text + this.words[offsets + index], text + this.words[offsets + index + 1]);
  }

  /**
   * Packs `size` records, whose dimension numbers already are those of the batch, with the texts of `pairs` pairs.
   * `earliest` is the time of the earliest of them.
   */
  static pack(
    records: Int32Array,
    size: number,
    pairs: number,
    earliest: number,
    brandOf: (pair: number) => Uint8Array,
    categoryOf: (pair: number) => Uint8Array,
  ): EventBatch {
    let textLength = 0;
    for (let pair = 0; pair < pairs; pair++) textLength += brandOf(pair).length + categoryOf(pair).length;
    const offsetsAt = HEADER_WORDS + size * RECORD_WORDS;
    const textAt = (offsetsAt + pairs * 2 + 1) * 4;
    const bytes = new Uint8Array(textAt + ((textLength + 3) & ~3));
    const words = new Int32Array(bytes.buffer);
    words[0] = MAGIC;
    words[1] = size;
    words[2] = pairs;
    words[3] = earliest | 0;
    words[4] = Math.floor(earliest / 4_294_967_296);
    words.set(records.subarray(0, size * RECORD_WORDS), HEADER_WORDS);
    let at = 0;
    for (let pair = 0; pair < pairs; pair++) {
      const brand = brandOf(pair);
      words[offsetsAt + pair * 2] = at;
      bytes.set(brand, textAt + at);
      at += brand.length;
      const category = categoryOf(pair);
      words[offsetsAt + pair * 2 + 1] = at;
      bytes.set(category, textAt + at);
      at += category.length;
    }
    words[offsetsAt + pairs * 2] = at;
    return new EventBatch(bytes);
  }
}
