/** The funnel's counts in an answer. Stores add up; rates are made of the sums here, so that they are the same from every store. */
import { required } from '../../schema/column';
import type { Answer } from '../../schema/question';

export const FUNNEL_COLUMNS = {
  views: required('int64', 'Product views'),
  carts: required('int64', 'Additions to a cart'),
  removals: required('int64', 'Removals from a cart'),
  purchases: required('int64', 'Purchased items'),
  revenue: required('money', 'Sum of the prices of purchases'),
};

export type Funnel = Answer<typeof FUNNEL_COLUMNS>;

/** The sums of the counts, as columns of a SELECT; 0 over no rows. */
export const FUNNEL_SUMS = Object.keys(FUNNEL_COLUMNS)
  .map((measure) => `COALESCE(SUM(${measure}), 0) AS ${measure}`)
  .join(', ');

export const FUNNEL_MEASURES = Object.keys(FUNNEL_COLUMNS).join(', ');

export const NO_FUNNEL: Funnel = { views: 0, carts: 0, removals: 0, purchases: 0, revenue: 0n };

export function sumOf(funnels: readonly Funnel[]): Funnel {
  return funnels.reduce(
    (sum, each) => ({
      views: sum.views + each.views,
      carts: sum.carts + each.carts,
      removals: sum.removals + each.removals,
      purchases: sum.purchases + each.purchases,
      revenue: sum.revenue + each.revenue,
    }),
    NO_FUNNEL,
  );
}

/** `part / whole`; null where the whole is 0. */
export function rate(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** purchases / views; null without views. */
export function conversionOf({ purchases, views }: Pick<Funnel, 'purchases' | 'views'>): number | null {
  return rate(purchases, views);
}
