/**
 * The dimensions of an event, brand and category code, as one small number per distinct pair of their normal forms.
 *
 * Raw bytes are looked up first, so a brand is decoded and normalised once per spelling and not once per event. An instance lives as long as its
 * parser and is emptied when it comes near 65,536 entries, the most that a packed record can name.
 */

import { CHUNK_SLACK } from '../../schema/chunk';
import { ByteDictionary } from './byte_dictionary';
import { pairText } from './event_batch';
import { normaliseBrand, normaliseCategoryCode } from './normalise';

/** Most pairs that one batch can hold: a record keeps the pair's number in 16 bits. */
export const MAX_DIMENSIONS = 65_536;
/** Pairs at which batches are closed: between two looks at this, a whole call of the kernel may add new ones. */
const FULL = MAX_DIMENSIONS - 8192;

/** Spellings of one field and their normal forms. */
class NormalForms {
  private readonly raw = new ByteDictionary();
  private readonly normal = new ByteDictionary();
  /** Normal form of each spelling. */
  private readonly normalOf: number[] = [];
  constructor(private readonly normalise: (text: string) => string) {
    this.addNormal('');
  }

  get size(): number {
    return this.raw.size;
  }

  /** The number of the normal form of a field's bytes; 0 is empty. */
  intern(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    if (start === end) return 0;
    const id = this.raw.intern(bytes, view, start, end);
    if (id < this.normalOf.length) return this.normalOf[id];
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
    const normal = this.addNormal(this.normalise(text));
    this.normalOf.push(normal);
    return normal;
  }

  /** The same for bytes that nothing may be read behind of. */
  internCopy(bytes: Uint8Array): number {
    const padded = new Uint8Array(bytes.length + CHUNK_SLACK);
    padded.set(bytes);
    return this.intern(padded, new DataView(padded.buffer), 0, bytes.length);
  }

  /** UTF-8 bytes of a normal form; valid until the next {@link intern}. */
  bytes(id: number): Uint8Array {
    return this.normal.get(id);
  }

  private addNormal(text: string): number {
    const bytes = Buffer.from(text, 'utf8');
    const padded = new Uint8Array(bytes.length + CHUNK_SLACK);
    padded.set(bytes);
    return this.normal.intern(padded, new DataView(padded.buffer), 0, bytes.length);
  }
}

export class Dimensions {
  brands = new NormalForms(normaliseBrand);
  categories = new NormalForms(normaliseCategoryCode);
  private slots = new Int32Array(2048).fill(-1);
  private pairBrand = new Int32Array(1024);
  private pairCategory = new Int32Array(1024);
  private pairs = 0;
  private texts: Uint8Array[] = [];

  /** Number of distinct pairs. */
  get size(): number {
    return this.pairs;
  }

  /** Whether {@link MAX_DIMENSIONS} could be passed by the next pair; then batches are closed and {@link clear} is called. */
  get isFull(): boolean {
    return this.pairs >= FULL || this.brands.size >= FULL || this.categories.size >= FULL;
  }

  clear(): void {
    this.brands = new NormalForms(normaliseBrand);
    this.categories = new NormalForms(normaliseCategoryCode);
    this.slots.fill(-1);
    this.pairs = 0;
    this.texts = [];
  }

  /** The number of a pair of normal forms. */
  pair(brand: number, category: number): number {
    const mask = this.slots.length - 1;
    for (let slot = pairHash(brand, category) & mask; ; slot = (slot + 1) & mask) {
      const id = this.slots[slot];
      if (id < 0) return this.add(brand, category, slot);
      if (this.pairBrand[id] === brand && this.pairCategory[id] === category) return id;
    }
  }

  /** The number of the pair that two fields normalise to; copies what it needs of their bytes. */
  pairOf(brand: Uint8Array, category: Uint8Array): number {
    const brandForm = this.brands.internCopy(brand);
    return this.pair(brandForm, this.categories.internCopy(category));
  }

  /** The text of a pair, see event_batch.ts. */
  textOf(pair: number): Uint8Array {
    return this.texts[pair];
  }

  private add(brand: number, category: number, slot: number): number {
    const id = this.pairs++;
    this.slots[slot] = id;
    if (id === this.pairBrand.length) this.grow();
    this.pairBrand[id] = brand;
    this.pairCategory[id] = category;
    this.texts.push(pairText(this.brands.bytes(brand), this.categories.bytes(category)));
    if (this.pairs * 2 > this.slots.length) this.rehash();
    return id;
  }

  private grow(): void {
    const enlarge = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(from.length * 2);
      to.set(from);
      return to;
    };
    this.pairBrand = enlarge(this.pairBrand);
    this.pairCategory = enlarge(this.pairCategory);
  }

  private rehash(): void {
    this.slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = this.slots.length - 1;
    for (let id = 0; id < this.pairs; id++) {
      let slot = pairHash(this.pairBrand[id], this.pairCategory[id]) & mask;
      while (this.slots[slot] >= 0) slot = (slot + 1) & mask;
      this.slots[slot] = id;
    }
  }
}

function pairHash(brand: number, category: number): number {
  return Math.imul(brand * 31 + category, 0x9e3779b1) >>> 7;
}
