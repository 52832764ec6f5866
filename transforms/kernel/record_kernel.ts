/**
 * A counting kernel as the host sees it: holds one set of records, which it unites with batches and sums up.
 */
import { RECORD_WORDS } from '../clean/packed_record';
import { instantiate, type KernelExports } from './wasm';

interface CountExports extends KernelExports {
  clear(): void;
  size(): number;
  losers(): number;
  recordsAt(): number;
  inputAt(records: number): number;
  numbersAt(pairs: number): number;
  boundsAt(count: number): number;
  add(count: number): void;
  restore(count: number, losers: number): void;
  sumUp(pairs: number, bounds: number, boundCount: number): number;
}

/** Whose set the kernel holds. */
export interface RecordOwner {
  /** Takes the set out, since another one needs the kernel. */
  evict(): void;
  /** Which of two records of one key loses: their numbers in the set. */
  loserOf(a: number, b: number): number;
}

/** The measures of the cells of a set; valid until the kernel is used again. Layout: assembly/count/sums.ts. */
export class CellTable {
  private readonly words: Uint32Array;

  constructor(buffer: ArrayBuffer, at: number, cells: number) {
    this.words = new Uint32Array(buffer, at, cells * CELL_WORDS);
  }

  /** Whether any record touched the cell; one that lost does, without counting. */
  isTouched(cell: number): boolean {
    return this.words[cell * CELL_WORDS + TOUCHED] !== 0;
  }

  /** Records of an event type. */
  count(cell: number, type: number): number {
    return this.words[cell * CELL_WORDS + type];
  }

  /** Sum of purchase prices in ten-thousandths. Beyond 2^53 as a bigint: exact either way. */
  revenue(cell: number): number | bigint {
    const { words } = this;
    const at = cell * CELL_WORDS + REVENUE;
    if (words[at + 1] < SAFE_HIGH && words[at + 2] === 0) return words[at + 1] * TWO_32 + words[at];
    return [3, 2, 1, 0].reduce((sum, word) => (sum << 32n) | BigInt(words[at + word]), 0n);
  }
}

/** 32-bit words of a cell, and where revenue and mark are in it. */
const CELL_WORDS = 10;
const REVENUE = 4;
const TOUCHED = 8;
const TWO_32 = 4_294_967_296;
/** Numbers with a smaller high word than this are exact in a double. */
const SAFE_HIGH = 1 << 21;

export class RecordKernel {
  private owner: RecordOwner | undefined;
  private readonly kernel: CountExports = instantiate<CountExports>('count', {
    loserOf: (a, b) => this.owner!.loserOf(a, b),
  });

  get size(): number {
    return this.kernel.size();
  }

  get losers(): number {
    return this.kernel.losers();
  }

  /** Whether the kernel holds no set. */
  get isFree(): boolean {
    return this.owner === undefined;
  }

  /** The set's records, a view that is valid until it is added to. */
  get records(): Int32Array {
    return new Int32Array(this.kernel.memory.buffer, this.kernel.recordsAt(), this.size * RECORD_WORDS);
  }

  /** Holds `owner`'s set from now on: these records, distinct and with their marks. */
  hold(owner: RecordOwner, records: Int32Array, size: number, losers: number): void {
    this.evict();
    this.owner = owner;
    this.giveRecords(records, size);
    this.kernel.restore(size, losers);
  }

  /** Has the owner take its set out, if there is one. */
  evict(): void {
    this.owner?.evict();
    this.owner = undefined;
  }

  /** Forgets the set. */
  drop(): void {
    this.owner = undefined;
    this.kernel.clear();
  }

  /** Adds records to the set that is held; `numbers`: its number of each of their pairs. */
  add(records: Int32Array, size: number, numbers: Int32Array): void {
    this.giveRecords(records, size);
    const at = this.kernel.numbersAt(numbers.length);
    new Int32Array(this.kernel.memory.buffer, at, numbers.length).set(numbers);
    this.kernel.add(size);
  }

  /** Sums the set up: the cells of its pairs, those of the bands between `bounds` (ten-thousandths, ascending), and one for records without a price. */
  sumUp(pairs: number, bounds: readonly number[]): CellTable {
    const boundsAt = this.kernel.boundsAt(bounds.length);
    new BigUint64Array(this.kernel.memory.buffer, boundsAt, bounds.length).set(bounds.map(BigInt));
    const at = this.kernel.sumUp(pairs, boundsAt, bounds.length);
    return new CellTable(this.kernel.memory.buffer, at, pairs + bounds.length + 2);
  }

  private giveRecords(records: Int32Array, size: number): void {
    const at = this.kernel.inputAt(size);
    const words = size * RECORD_WORDS;
    new Int32Array(this.kernel.memory.buffer, at, words).set(records.subarray(0, words));
  }
}
