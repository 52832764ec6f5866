/** What is made of the funnel's counts. */
import type { Funnel } from './funnel_fields';

export type { Funnel };

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
