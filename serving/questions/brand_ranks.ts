/** Brands by revenue, with the place that each has among all. What names no brand is none. */
import { UNKNOWN } from '../../schema/events';
import { goldFunnelDailyBrand, goldFunnelHourlyBrand } from '../../schema/tables';
import { FUNNEL_SUMS } from './funnel_fields';
import { columnOf, counted, type Order, type Position, type Selected } from './selection';
import type { Store } from './store';
import { isOfDays, type TimeRange, withinDays, withinHours } from './time_range';

const RANK_FIELDS = {
  key: columnOf(goldFunnelDailyBrand, 'brand'),
  place: counted('place', 'Place by revenue among all brands, from 1'),
  total: counted('total', 'Brands that were asked for'),
  ...FUNNEL_SUMS,
};
export type BrandRank = Selected<typeof RANK_FIELDS>;

export interface BrandChoice {
  readonly range: TimeRange;
  /** How the names begin; all where it is empty. */
  readonly prefix: string;
  /** The last row of the page before; null for the first. */
  readonly after: Position | null;
  readonly most: number;
}

export const BRAND_ORDER: readonly Order[] = [
  { field: 'revenue', type: 'money', descending: true },
  { field: 'key', type: 'text' },
];

/** Where a brand stands in the order of {@link BRAND_ORDER}. */
export function brandPosition({ revenue, key }: BrandRank): Position {
  return [revenue, key];
}

/** The most revenue first, equals by name. Each row says how many brands there are in all. */
export function brandRanks(
  { select }: Store,
  { range, prefix, after, most }: BrandChoice,
): Promise<BrandRank[]> {
  const days = isOfDays(range);
  return select({
    table: days ? goldFunnelDailyBrand : goldFunnelHourlyBrand,
    where: [
      ...(days ? [withinDays('date', range)] : withinHours(range)),
      { column: 'brand', except: UNKNOWN },
    ],
    fields: RANK_FIELDS,
    by: ['brand'],
    order: BRAND_ORDER,
    only: prefix === '' ? [] : [{ column: 'key', begins: prefix }],
    ...{ after, most },
  });
}
