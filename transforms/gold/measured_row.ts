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

/** What a row says of its firing: the pane's label, the window's revision, and when it was computed. */
export interface Provenance {
  pane: PaneLabel;
  revision: number;
  computed_at: number;
}

export type PaneLabel = 'early' | 'on_time' | 'late';

/** A row's measures and provenance; a subclass adds its key. (Classes, since V8 builds an object of a class in a tenth of a microsecond, and one spread from others in four. Fields are only declared: defining each first would take as long again.) */
export class MeasuredRow implements Measures, Provenance {
  declare readonly views: number;
  declare readonly carts: number;
  declare readonly removals: number;
  declare readonly purchases: number;
  declare readonly revenue: bigint;
  declare readonly view_to_cart_rate: number | null;
  declare readonly cart_to_purchase_rate: number | null;
  declare readonly conversion_rate: number | null;
  declare readonly pane: PaneLabel;
  declare readonly revision: number;
  declare readonly computed_at: number;

  /** The measures of one cell. A rate whose denominator is 0 is null; rates above 1 are normal and stay. */
  constructor(cells: Cells, cell: number, { pane, revision, computed_at }: Provenance) {
    const { counts } = cells;
    const at = cell * COUNTS;
    const views = counts[at];
    const carts = counts[at + 1];
    const purchases = counts[at + PURCHASE];
    this.views = views;
    this.carts = carts;
    this.removals = counts[at + 2];
    this.purchases = purchases;
    this.revenue = cells.revenue(cell);
    this.view_to_cart_rate = rate(carts, views);
    this.cart_to_purchase_rate = rate(purchases, carts);
    this.conversion_rate = rate(purchases, views);
    this.pane = pane;
    this.revision = revision;
    this.computed_at = computed_at;
  }
}

function rate(numerator: number, denominator: number): number | null {
  return denominator === 0 ? null : numerator / denominator;
}
