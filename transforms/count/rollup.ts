/**
 * A rollup: what one accumulator, the set of an hour's distinct records in one slot and shard, amounts to. Small, where the set is large: this is what goes on from the
 * accumulators, each time one fires.
 */
import { UNKNOWN } from '../../schema/events';
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

/** Counts and revenue under construction, for cells by number. */
class Sums {
  readonly counts: Float64Array;
  readonly revenue: RevenueSums;
  /** Which cells exist: a cell that only a loser touches does, with zeros. */
  readonly touched: Uint8Array;

  constructor(readonly size: number) {
    this.counts = new Float64Array(size * COUNTS);
    this.revenue = new RevenueSums(size);
    this.touched = new Uint8Array(size);
  }

  add(cell: number, type: number, price: number): void {
    this.touched[cell] = 1;
    this.counts[cell * COUNTS + type]++;
    if (type === PURCHASE) this.revenue.add(cell, price);
  }

  /** The sums by name, cells of one name added up. */
  named(nameOf: (cell: number) => string): Cells {
    const sums = new CellSums();
    for (let cell = 0; cell < this.size; cell++) {
      if (this.touched[cell] === 0) continue;
      const into = sums.cell(nameOf(cell));
      for (let type = 0; type < COUNTS; type++)
        sums.counts[into * COUNTS + type] += this.counts[cell * COUNTS + type];
      sums.revenue[into] += this.revenue.total(cell);
    }
    return { names: sums.names, counts: sums.counts, revenue: sums.revenue };
  }
}

/**
 * Rolls a set up: each counting record into the cells of its brand, category root and price band; a loser only makes its cells exist. Records are added up per pair of brand
 * and category code first, which are far fewer than records.
 */
export function rollUp(set: RecordSet, priceBands: PriceBands): Rollup {
  const bandNames = [...priceBands.names, UNKNOWN];
  const noBand = bandNames.length - 1;
  const pairs = new Sums(set.brands.length);
  const bands = new Sums(bandNames.length);
  const { words } = set;
  const end = set.size * RECORD_WORDS;
  for (let at = 0; at < end; at += RECORD_WORDS) {
    const meta = words[at + META];
    const pair = meta & DIMENSION_MASK;
    const isMissing = (meta & PRICE_MISSING) !== 0;
    const price = isMissing ? 0 : priceOf(meta, words[at + PRICE_LOW]);
    const band = isMissing ? noBand : priceBands.indexOf(price);
    if (meta < 0) {
      pairs.touched[pair] = 1;
      bands.touched[band] = 1;
    } else {
      const type = typeOf(meta);
      pairs.add(pair, type, price);
      bands.add(band, type, price);
    }
  }
  return {
    revision: set.size,
    absorbed: set.absorbed,
    counted: set.counted,
    brands: pairs.named((pair) => set.brands[pair].shown),
    categories: pairs.named((pair) => set.categories[pair].shown),
    priceBands: bands.named((band) => bandNames[band]),
  };
}
