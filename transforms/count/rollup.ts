/**
 * A rollup: what one accumulator, the set of an hour's distinct records in one slot and shard, amounts to. Small, where the set is large: this is what goes on from the
 * accumulators, each time one fires.
 */
import { UNKNOWN } from '../../schema/events';
import type { CellTable } from '../kernel/record_kernel';
import { CellSums, type Cells, COUNTS } from './cells';
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

/** Cells of a table from number `from` on, by name; cells of one name added up, cells that no record touched left out. */
function cellsByName(table: CellTable, from: number, nameOfCell: readonly string[]): Cells {
  const sums = new CellSums();
  for (let i = 0; i < nameOfCell.length; i++) {
    const cell = from + i;
    if (!table.isTouched(cell)) continue;
    const into = sums.cell(nameOfCell[i]);
    for (let type = 0; type < COUNTS; type++) sums.addCount(into, type, table.count(cell, type));
    sums.addRevenue(into, table.revenue(cell));
  }
  return sums.cells();
}

/**
 * Rolls a set up: each counting record into the cells of its brand, category root and price band; a loser only makes its cells exist. Records are added up per pair of brand
 * and category code first, which are far fewer than records.
 */
export function rollUp(set: RecordSet, priceBands: PriceBands): Rollup {
  const table = set.sumUp(priceBands.bounds);
  const { pairs } = set;
  return {
    revision: set.size,
    absorbed: set.absorbed,
    counted: set.counted,
    brands: cellsByName(
      table,
      0,
      pairs.map(({ brand }) => brand.shown),
    ),
    categories: cellsByName(
      table,
      0,
      pairs.map(({ category }) => category.shown),
    ),
    priceBands: cellsByName(table, pairs.length, [...priceBands.names, UNKNOWN]),
  };
}
