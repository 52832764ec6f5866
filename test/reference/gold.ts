/** The four gold tables: measures of the winners, revision of everything the hour or day absorbed (spec, section 3). */
import { HOUR_MS, UNKNOWN } from '../../schema/events';
import type {
  DailyBrandRow,
  DailyCategoryRow,
  HourlyBrandRow,
  HourlyPriceBandRow,
} from '../../schema/tables';
import type { KeyGroup } from './duplicates';
import type { Event } from './event';
import { dateOf, hourOf } from './time';

export type GoldTables = {
  gold_funnel_hourly_brand: HourlyBrandRow[];
  gold_funnel_daily_brand: DailyBrandRow[];
  gold_funnel_daily_category: DailyCategoryRow[];
  gold_funnel_hourly_price_band: HourlyPriceBandRow[];
};

export function goldTables(groups: readonly KeyGroup[], now: number): GoldTables {
  const brand = (event: Event) => event.brandNorm ?? UNKNOWN;
  const category = (event: Event) => event.categoryRoot ?? UNKNOWN;
  const band = (event: Event) => event.priceBand;
  const hour = (event: Event) => hourOf(event.time);
  const day = (event: Event) => dateOf(event.time);
  return {
    gold_funnel_hourly_brand: cells(groups, hour, brand, now).map(([start, value, rest]) => ({
      ...hourColumns(start),
      brand: value,
      ...rest,
    })),
    gold_funnel_daily_brand: cells(groups, day, brand, now).map(([date, value, rest]) => ({
      date,
      brand: value,
      ...rest,
    })),
    gold_funnel_daily_category: cells(groups, day, category, now).map(([date, value, rest]) => ({
      date,
      category_root: value,
      ...rest,
    })),
    gold_funnel_hourly_price_band: cells(groups, hour, band, now).map(([start, value, rest]) => ({
      ...hourColumns(start),
      price_band: value,
      ...rest,
    })),
  };
}

export function hourColumns(start: number) {
  return { window_start: start, window_end: start + HOUR_MS, window_date: dateOf(start) };
}

function cells<W>(
  groups: readonly KeyGroup[],
  windowOf: (event: Event) => W,
  dimensionOf: (event: Event) => string,
  now: number,
) {
  const revisions = new Map<W, number>();
  const winners = new Map<W, Map<string, Event[]>>();
  for (const { winner, distinct } of groups) {
    const window = windowOf(winner);
    revisions.set(window, (revisions.get(window) ?? 0) + distinct);
    const dimensions = winners.get(window) ?? new Map<string, Event[]>();
    winners.set(window, dimensions);
    const dimension = dimensionOf(winner);
    const events = dimensions.get(dimension);
    if (events) events.push(winner);
    else dimensions.set(dimension, [winner]);
  }
  const rows = [];
  for (const [window, dimensions] of winners) {
    const provenance = { pane: 'on_time', revision: revisions.get(window) ?? 0, computed_at: now };
    for (const [dimension, events] of dimensions) {
      rows.push([window, dimension, { ...measure(events), ...provenance }] as const);
    }
  }
  return rows;
}

function measure(events: readonly Event[]) {
  const views = events.filter(({ type }) => type === 'view').length;
  const carts = events.filter(({ type }) => type === 'cart').length;
  const removals = events.filter(({ type }) => type === 'remove_from_cart').length;
  const bought = events.filter(({ type }) => type === 'purchase');
  const purchases = bought.length;
  return {
    views,
    carts,
    removals,
    purchases,
    revenue: bought.reduce((sum, { price }) => sum + (price ?? 0n), 0n),
    view_to_cart_rate: rate(carts, views),
    cart_to_purchase_rate: rate(purchases, carts),
    conversion_rate: rate(purchases, views),
  };
}

function rate(numerator: number, denominator: number): number | null {
  return denominator === 0 ? null : numerator / denominator;
}
