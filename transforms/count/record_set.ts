/**
 * The accumulator of the deduplication: the set of distinct records of one hour (and slot and shard), mergeable in any order.
 *
 * Records are told apart by key and content. Of the records of one key exactly one counts, the least in the spec's order; the others stay in the set, marked as losers, because
 * the revision counts them. Union is associative, commutative and idempotent, so neither sharding nor order nor a repeated merge can change the set; beside it stands
 * `absorbed`, the plain sum of records ever added, for the ledger.
 *
 * The work is a counting kernel's, which holds the set while it is added to; sets for which there is no kernel wait in memory of their own.
 */
import { EVENT_TYPES } from '../../schema/events';
import { EventBatch } from '../clean/event_batch';
import {
  DIMENSION_MASK,
  META,
  PRICE_LOW,
  PRICE_MISSING,
  priceOf,
  RECORD_WORDS,
  REST,
  typeOf,
} from '../clean/packed_record';
import type { CellTable, RecordKernel, RecordOwner } from '../kernel/record_kernel';
import { RecordKernels } from '../kernel/record_kernels';
import { type Pair, pairOf } from './pairs';

/** Rank of each event type by its name. */
const TYPE_ORDER = EVENT_TYPES.map((type) => [...EVENT_TYPES].sort().indexOf(type));

/** Of all sets of a thread. */
const kernels = new RecordKernels();

const NOTHING = new Int32Array(0);

export class RecordSet implements RecordOwner {
  /** What holds the records, if one does. */
  private kernel: RecordKernel | undefined;
  /** The records while none does, and their numbers. */
  private stored = NOTHING;
  private storedSize = 0;
  private storedLosers = 0;
  /** Records ever added, repeated ones included. */
  absorbed = 0;
  earliest = Number.POSITIVE_INFINITY;
  /** The pairs of brand and category code, by number. */
  pairs: Pair[] = [];
  /** The pairs' numbers, by key. */
  private readonly pairNumbers = new Map<string, number>();

  /** Empties the set. */
  clear(): void {
    this.kernel?.drop();
    this.kernel = undefined;
    this.stored = NOTHING;
    this.storedSize = 0;
    this.storedLosers = 0;
    this.absorbed = 0;
    this.earliest = Number.POSITIVE_INFINITY;
    this.pairs = [];
    this.pairNumbers.clear();
  }

  /** Distinct records by key and content: the revision. */
  get size(): number {
    return this.kernel?.size ?? this.storedSize;
  }

  /** Records that lost against another of the same key. */
  get losers(): number {
    return this.kernel?.losers ?? this.storedLosers;
  }

  /** Records that count: one per dedup key. */
  get counted(): number {
    return this.size - this.losers;
  }

  /** The distinct records, packed, {@link size} of them; a view, valid until a set is added to. Dimension numbers are indexes into {@link pairs}. */
  get words(): Int32Array {
    return this.kernel?.records ?? this.stored;
  }

  /** Adds the records of a batch. */
  addBatch(batch: EventBatch): void {
    const numbers = new Int32Array(batch.pairs);
    for (let pair = 0; pair < numbers.length; pair++) numbers[pair] = this.numberOf(pairOf(batch, pair));
    this.absorbed += batch.size;
    this.earliest = Math.min(this.earliest, batch.earliest);
    this.addRecords(batch.records, batch.size, numbers);
  }

  /** Adds the records of another set, and what it absorbed. */
  addSet(other: RecordSet): void {
    const numbers = Int32Array.from(other.pairs, (pair) => this.numberOf(pair));
    this.absorbed += other.absorbed;
    this.earliest = Math.min(this.earliest, other.earliest);
    this.enter(); // before the other's records are looked at: they may have to leave their kernel for it
    this.addRecords(other.words, other.size, numbers);
  }

  /** This set's number of a pair. */
  private numberOf(pair: Pair): number {
    let number = this.pairNumbers.get(pair.key);
    if (number === undefined) {
      number = this.pairs.push(pair) - 1;
      if (number > DIMENSION_MASK) {
        throw new Error(
          'more than 65,536 pairs of brand and category code in one hour of one shard: raise --shards',
        );
      }
      this.pairNumbers.set(pair.key, number);
    }
    return number;
  }

  private addRecords(records: Int32Array, size: number, numbers: Int32Array): void {
    this.enter().add(records, size, numbers);
  }

  /** Has a kernel hold this set. */
  private enter(): RecordKernel {
    if (this.kernel !== undefined) {
      kernels.use(this.kernel);
      return this.kernel;
    }
    this.kernel = kernels.take();
    this.kernel.hold(this, this.stored, this.storedSize, this.storedLosers);
    this.stored = NOTHING;
    return this.kernel;
  }

  evict(): void {
    this.storedSize = this.size;
    this.storedLosers = this.losers;
    this.stored = this.words.slice();
    this.kernel = undefined;
  }

  /** Measures by pair and by price band, whose bounds are given in ten-thousandths: see {@link RecordKernel.sumUp}. */
  sumUp(bounds: readonly number[]): CellTable {
    return this.enter().sumUp(this.pairs.length, bounds);
  }

  loserOf(a: number, b: number): number {
    return this.compare(a * RECORD_WORDS, b * RECORD_WORDS) < 0 ? b : a;
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
    const pairA = this.pairs[metaA & DIMENSION_MASK];
    const pairB = this.pairs[metaB & DIMENSION_MASK];
    if (pairA.brand.latin1 !== pairB.brand.latin1) return pairA.brand.latin1 < pairB.brand.latin1 ? -1 : 1;
    if (pairA.key !== pairB.key) return pairA.category.latin1 < pairB.category.latin1 ? -1 : 1;
    const type = TYPE_ORDER[typeOf(metaA)] - TYPE_ORDER[typeOf(metaB)];
    if (type !== 0) return type;
    return words[a + REST] - words[b + REST];
  }

  /** The set as a block of the same form as a batch. */
  pack(): EventBatch {
    const texts = this.pairs.map(({ key }) => Buffer.from(key, 'latin1'));
    return EventBatch.pack(this.words, this.size, texts, this.earliest);
  }

  /** A set from what {@link pack} made, and the number of records it had absorbed. */
  static unpack(block: EventBatch, absorbed: number): RecordSet {
    const set = new RecordSet();
    set.addBatch(block);
    set.absorbed = absorbed;
    return set;
  }
}
