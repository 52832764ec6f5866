/**
 * An EventBatch: the cleaned events of one hour (and slot and shard), packed into one block of bytes that is at once its form in memory, on the wire and in a checkpoint.
 *
 * Layout, little-endian 32-bit words: eight of header, the records (packed_record.ts), then where each dimension pair begins in the text that follows (pairs + 1 offsets), then that
 * text: brand, {@link PAIR_SEPARATOR}, category code, in UTF-8; last at least four bytes of padding to a whole word, for who reads words.
 */
import { RECORD_WORDS } from './packed_record';

const HEADER_WORDS = 8;
/** Guards against reading another block, or one of another version, as a batch. */
const MAGIC = 0x46504233;

/** Between brand and category code of a pair: a byte that UTF-8 never has. */
export const PAIR_SEPARATOR = 0xff;

export class EventBatch {
  /** The whole block, and a view of it. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  private readonly words: Int32Array;
  /** Where the pairs' offsets begin, in words, and their text, in bytes. */
  private readonly offsetsAt: number;
  private readonly textAt: number;

  /** Wraps a block; copies it if it doesn't start at a multiple of four bytes. Throws if it is no batch. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    this.words = new Int32Array(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length >> 2);
    if (this.words[0] !== MAGIC) throw new Error('not an event batch, or one of another version');
    this.offsetsAt = HEADER_WORDS + this.size * RECORD_WORDS;
    this.textAt = (this.offsetsAt + this.pairs + 1) * 4;
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

  /** Offset in {@link bytes} of a pair's text: brand, normalised, separator, category code, normalised; empty means none. It ends where the next pair's begins. */
  pairStart(pair: number): number {
    return this.textAt + this.words[this.offsetsAt + pair];
  }

  /**
   * Packs `size` records, whose dimension numbers already are those of the batch, with the text of each pair.
   * `earliest` is the time of the earliest of them.
   */
  static pack(records: Int32Array, size: number, pairs: readonly Uint8Array[], earliest: number): EventBatch {
    let textLength = 0;
    for (const pair of pairs) textLength += pair.length;
    const offsetsAt = HEADER_WORDS + size * RECORD_WORDS;
    const textAt = (offsetsAt + pairs.length + 1) * 4;
    const bytes = new Uint8Array(textAt + ((textLength + 7) & ~3));
    const words = new Int32Array(bytes.buffer);
    words[0] = MAGIC;
    words[1] = size;
    words[2] = pairs.length;
    words[3] = earliest | 0;
    words[4] = Math.floor(earliest / 4_294_967_296);
    words.set(records.subarray(0, size * RECORD_WORDS), HEADER_WORDS);
    let at = 0;
    pairs.forEach((pair, number) => {
      words[offsetsAt + number] = at;
      bytes.set(pair, textAt + at);
      at += pair.length;
    });
    words[offsetsAt + pairs.length] = at;
    return new EventBatch(bytes);
  }
}

/** The text of a pair, as a batch has it. */
export function pairText(brand: Uint8Array, category: Uint8Array): Uint8Array {
  const text = new Uint8Array(brand.length + 1 + category.length);
  text.set(brand);
  text[brand.length] = PAIR_SEPARATOR;
  text.set(category, brand.length + 1);
  return text;
}
