import { type Cells, COUNTS, PURCHASE } from '../count/cells';

/** The funnel's measures, as every gold row has them. */
export interface Measures {
  views: number;
  carts: number;
  removals: number;
  purchases: number;
  /** In ten-thousandths. */
  revenue: bigint;
  view_to_cart_rate: number | null;
  cart_to_purchase_rate: number | null;
  conversion_rate: number | null;
}

/** `row` with the measures of one cell. A rate whose denominator is 0 is null; rates above 1 are normal and stay. */
export function withMeasures<R extends object>(row: R, cells: Cells, cell: number): R & Measures {
  const { counts } = cells;
  const at = cell * COUNTS;
  const views = counts[at];
  const carts = counts[at + 1];
  const removals = counts[at + 2];
  const purchases = counts[at + PURCHASE];
  // One literal that begins with a spread: V8 copies the row at once, where a second spread would go property by property.
  return {
    ...row,
    views,
    carts,
    removals,
    purchases,
    revenue: cells.revenue(cell),
    view_to_cart_rate: rate(carts, views),
    cart_to_purchase_rate: rate(purchases, carts),
    conversion_rate: rate(purchases, views),
  };
}

function rate(numerator: number, denominator: number): number | null {
  return denominator === 0 ? null : numerator / denominator;
}
