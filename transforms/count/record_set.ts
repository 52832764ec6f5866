/**
 * The accumulator of the deduplication: the set of distinct records of one hour (and slot and shard), mergeable in any order.
 *
 * Records are told apart by key and content, 192 bits of hash. Of the records of one key exactly one counts, the least in the spec's order; the others stay in
 * the set, marked as losers, because the revision counts them. Union is associative, commutative and idempotent, so neither sharding nor order nor a repeated merge can
 * change the set; beside it stands `absorbed`, the plain sum of records ever added, for the ledger.
 */
import { EVENT_TYPES } from '../../schema/events';
import { EventBatch } from '../clean/event_batch';
import {
  DIMENSION_MASK,
  LOSER,
  META,
  PRICE_LOW,
  PRICE_MISSING,
  priceOf,
  RECORD_WORDS,
  typeOf,
} from '../clean/packed_record';
import { brandNames, categoryNames, type Name } from './names';

const EMPTY = -1;
/** Rank of each event type by its name. */
const TYPE_ORDER = EVENT_TYPES.map((type) => [...EVENT_TYPES].sort().indexOf(type));

export class RecordSet {
  /** Distinct records, packed; the first {@link size} × RECORD_WORDS words count. Dimension numbers are indexes into {@link brands} and {@link categories}. */
  words: Int32Array;
  /** Distinct records by key and content: the revision. */
  size = 0;
  /** Records that lost against another of the same key. */
  losers = 0;
  /** Records ever added, repeated ones included. */
  absorbed = 0;
  earliest = Number.POSITIVE_INFINITY;
  /** Brand and category code of each pair. */
  brands: Name[] = [];
  categories: Name[] = [];
  /** Numbers of the pairs, by the bytes of brand and of category code. */
  private pairNumbers = new Map<string, Map<string, number>>();
  /** Open addressing: where each record begins in {@link words}, or EMPTY. Only the first mask + 1 slots are in use. */
  private slots = new Int32Array(0);
  private mask = -1;

  constructor() {
    this.words = new Int32Array(0);
  }

  /** Empties the set; its memory stays for the next records. */
  clear(): void {
    this.size = 0;
    this.losers = 0;
    this.absorbed = 0;
    this.earliest = Number.POSITIVE_INFINITY;
    this.brands = [];
    this.categories = [];
    this.pairNumbers.clear();
    this.mask = -1;
  }

  /** Records that count: one per dedup key. */
  get counted(): number {
    return this.size - this.losers;
  }

  /** Adds the records of a batch. */
  addBatch(batch: EventBatch): void {
    const renumber = this.renumber(
      batch.pairs,
      (pair) => brandNames.of(batch.brandOf(pair)),
      (pair) => categoryNames.of(batch.categoryOf(pair)),
    );
    this.absorbed += batch.size;
    this.earliest = Math.min(this.earliest, batch.earliest);
    this.addRecords(batch.records, batch.size, renumber);
  }

  /** Adds the records of another set, and what it absorbed. */
  addSet(other: RecordSet): void {
    const renumber = this.renumber(
      other.brands.length,
      (pair) => other.brands[pair],
      (pair) => other.categories[pair],
    );
    this.absorbed += other.absorbed;
    this.earliest = Math.min(this.earliest, other.earliest);
    this.addRecords(other.words, other.size, renumber);
  }

  /** This set's numbers of another's pairs. */
  private renumber(
    pairs: number,
    brandOf: (pair: number) => Name,
    categoryOf: (pair: number) => Name,
  ): Int32Array {
    const numbers = new Int32Array(pairs);
    for (let pair = 0; pair < pairs; pair++) {
      const brand = brandOf(pair);
      const category = categoryOf(pair);
      let ofBrand = this.pairNumbers.get(brand.latin1);
      if (ofBrand === undefined) {
        ofBrand = new Map();
        this.pairNumbers.set(brand.latin1, ofBrand);
      }
      let number = ofBrand.get(category.latin1);
      if (number === undefined) {
        number = this.brands.length;
        if (number > DIMENSION_MASK) {
          throw new Error(
            'more than 65,536 pairs of brand and category code in one hour of one shard: raise --shards',
          );
        }
        ofBrand.set(category.latin1, number);
        this.brands.push(brand);
        this.categories.push(category);
      }
      numbers[pair] = number;
    }
    return numbers;
  }

  private addRecords(from: Int32Array, size: number, renumber: Int32Array): void {
    if ((this.size + size) * 2 > this.mask + 1) this.grow(this.size + size);
    const { words, slots, mask } = this;
    const end = size * RECORD_WORDS;
    for (let source = 0; source < end; source += RECORD_WORDS) {
      const h1 = from[source];
      const h2 = from[source + 1];
      const h3 = from[source + 2];
      const h4 = from[source + 3];
      const c1 = from[source + 4];
      const c2 = from[source + 5];
      let slot = h2 & mask;
      let twin = EMPTY;
      let found = false;
      for (let at = slots[slot]; at !== EMPTY; slot = (slot + 1) & mask, at = slots[slot]) {
        if (words[at] === h1 && words[at + 1] === h2 && words[at + 2] === h3 && words[at + 3] === h4) {
          if (words[at + 4] === c1 && words[at + 5] === c2) {
            found = true;
            break;
          }
          if (words[at + META] >= 0) twin = at;
        }
      }
      if (found) continue;
      const into = this.size * RECORD_WORDS;
      slots[slot] = into;
      words[into] = h1;
      words[into + 1] = h2;
      words[into + 2] = h3;
      words[into + 3] = h4;
      words[into + 4] = c1;
      words[into + 5] = c2;
      words[into + PRICE_LOW] = from[source + PRICE_LOW];
      const meta = from[source + META] & ~LOSER;
      words[into + META] = (meta & ~DIMENSION_MASK) | renumber[meta & DIMENSION_MASK];
      this.size++;
      if (twin !== EMPTY) this.settle(into, twin);
    }
  }

  /** Two records of one key: the lesser wins. */
  private settle(a: number, b: number): void {
    this.words[(this.compare(a, b) < 0 ? b : a) + META] |= LOSER;
    this.losers++;
  }

  /**
   * The spec's order: price with a missing one last, brand, category code, event type (which can differ where the key is an event id). The rest of the content can't change any
   * measure; its hash makes the order total.
   */
  private compare(a: number, b: number): number {
    const { words } = this;
    const metaA = words[a + META];
    const metaB = words[b + META];
    const missing = (metaA & PRICE_MISSING) - (metaB & PRICE_MISSING);
    if (missing !== 0) return missing;
    const price = priceOf(metaA, words[a + PRICE_LOW]) - priceOf(metaB, words[b + PRICE_LOW]);
    if (price !== 0) return price;
    const pairA = metaA & DIMENSION_MASK;
    const pairB = metaB & DIMENSION_MASK;
    if (this.brands[pairA].latin1 !== this.brands[pairB].latin1)
      return this.brands[pairA].latin1 < this.brands[pairB].latin1 ? -1 : 1;
    if (pairA !== pairB) return this.categories[pairA].latin1 < this.categories[pairB].latin1 ? -1 : 1;
    const type = TYPE_ORDER[typeOf(metaA)] - TYPE_ORDER[typeOf(metaB)];
    if (type !== 0) return type;
    return words[a + 4] - words[b + 4] || words[a + 5] - words[b + 5];
  }

  /** Makes room for `size` records, in the memory at hand if it suffices. */
  private grow(size: number): void {
    const room = 1 << Math.max(6, 32 - Math.clz32(size - 1));
    if (room * RECORD_WORDS > this.words.length) {
      const words = new Int32Array(room * RECORD_WORDS);
      words.set(this.words.subarray(0, this.size * RECORD_WORDS));
      this.words = words;
    }
    if (room * 2 > this.slots.length) this.slots = new Int32Array(room * 2);
    this.mask = room * 2 - 1;
    const { words, slots, mask } = this;
    slots.fill(EMPTY, 0, mask + 1);
    for (let at = 0; at < this.size * RECORD_WORDS; at += RECORD_WORDS) {
      let slot = words[at + 1] & mask;
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      slots[slot] = at;
    }
  }

  /** The set as a block of the same form as a batch. */
  pack(): EventBatch {
    const texts = [this.brands, this.categories].map((names) =>
      names.map((name) => Buffer.from(name.latin1, 'latin1')),
    );
    return EventBatch.pack(
      this.words,
      this.size,
      this.brands.length,
      this.earliest,
      (pair) => texts[0][pair],
      (pair) => texts[1][pair],
    );
  }

  /** A set from what {@link pack} made, and the number of records it had absorbed. */
  static unpack(block: EventBatch, absorbed: number): RecordSet {
    const set = new RecordSet();
    set.addBatch(block);
    set.absorbed = absorbed;
    return set;
  }
}
