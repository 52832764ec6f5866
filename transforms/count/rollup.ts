/**
 * A rollup: what one accumulator, the set of an hour's distinct records in one slot and shard, amounts to. Small, where the set is large: this is what goes on from the
 * accumulators, each time one fires.
 */
import { UNKNOWN } from '../../schema/events';
import { categoryRoot } from '../clean/normalise';
import {
  DIMENSION_MASK,
  META,
  PRICE_LOW,
  PRICE_MISSING,
  priceOf,
  RECORD_WORDS,
  typeOf,
} from '../clean/packed_record';
import { CellSums, type Cells, COUNTS, PURCHASE } from './cells';
import type { PriceBands } from './price_bands';
import type { RecordSet } from './record_set';

export interface Rollup {
  /** Distinct records in the set. Grows as the set grows, so of two rollups of one source the one with the larger revision is the fuller. */
  readonly revision: number;
  /** Records ever added. */
  readonly absorbed: number;
  /** Records that count. */
  readonly counted: number;
  readonly brands: Cells;
  readonly categories: Cells;
  readonly priceBands: Cells;
}

/** Beyond this a sum moves to a bigint: every sum and summand stays exact in a double. */
const SPILL = 2 ** 52;

/** Revenue per cell, exact: a double per cell, and a bigint where that has run full. */
class RevenueSums {
  private readonly sums: Float64Array;
  private readonly spilt = new Map<number, bigint>();

  constructor(cells: number) {
    this.sums = new Float64Array(cells);
  }

  add(cell: number, price: number): void {
    const sum = this.sums[cell] + price;
    if (sum < SPILL) {
      this.sums[cell] = sum;
    } else {
      this.spilt.set(cell, (this.spilt.get(cell) ?? 0n) + BigInt(sum));
      this.sums[cell] = 0;
    }
  }

  total(cell: number): bigint {
    return BigInt(this.sums[cell]) + (this.spilt.get(cell) ?? 0n);
  }
}

/** Counts and revenue under construction, for names known beforehand. */
class Table {
  private readonly counts: Float64Array;
  private readonly revenue: RevenueSums;
  private readonly touched: Uint8Array;

  constructor(private readonly names: readonly string[]) {
    this.counts = new Float64Array(names.length * COUNTS);
    this.revenue = new RevenueSums(names.length);
    this.touched = new Uint8Array(names.length);
  }

  add(cell: number, type: number, price: number): void {
    this.touched[cell] = 1;
    this.counts[cell * COUNTS + type]++;
    if (type === PURCHASE) this.revenue.add(cell, price);
  }

  /** A cell that only a loser touches exists, with zeros. */
  touch(cell: number): void {
    this.touched[cell] = 1;
  }

  cells(): Cells {
    const names: string[] = [];
    const counts: number[] = [];
    const revenue: bigint[] = [];
    for (let cell = 0; cell < this.names.length; cell++) {
      if (this.touched[cell] === 0) continue;
      names.push(this.names[cell]);
      for (let type = 0; type < COUNTS; type++) counts.push(this.counts[cell * COUNTS + type]);
      revenue.push(this.revenue.total(cell));
    }
    return { names, counts, revenue };
  }
}

/** Rolls a set up: each counting record into the cells of its brand, category root and price band; a loser only makes its cells exist. */
export function rollUp(set: RecordSet, priceBands: PriceBands): Rollup {
  const brandNumbers = new CellSums();
  const categoryNumbers = new CellSums();
  const brandOf = Int32Array.from(set.brands, (name) => brandNumbers.cell(utf8(name) || UNKNOWN));
  const categoryOf = Int32Array.from(set.categories, (name) =>
    categoryNumbers.cell(categoryRoot(name) || UNKNOWN),
  );
  const brands = new Table(brandNumbers.names);
  const categories = new Table(categoryNumbers.names);
  const bandNames = [...priceBands.names, UNKNOWN];
  const noBand = bandNames.length - 1;
  const bands = new Table(bandNames);

  const { words } = set;
  const end = set.size * RECORD_WORDS;
  for (let at = 0; at < end; at += RECORD_WORDS) {
    const meta = words[at + META];
    const pair = meta & DIMENSION_MASK;
    const price = priceOf(meta, words[at + PRICE_LOW]);
    const band = (meta & PRICE_MISSING) !== 0 ? noBand : priceBands.indexOf(price);
    if (meta < 0) {
      brands.touch(brandOf[pair]);
      categories.touch(categoryOf[pair]);
      bands.touch(band);
    } else {
      const type = typeOf(meta);
      const amount = (meta & PRICE_MISSING) !== 0 ? 0 : price;
      brands.add(brandOf[pair], type, amount);
      categories.add(categoryOf[pair], type, amount);
      bands.add(band, type, amount);
    }
  }
  return {
    revision: set.size,
    absorbed: set.absorbed,
    counted: set.counted,
    brands: brands.cells(),
    categories: categories.cells(),
    priceBands: bands.cells(),
  };
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
