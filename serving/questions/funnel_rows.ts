/** The funnel by what and when one wants it: of the shop, brands, categories or price bands, by hour, by day or in total, from the table that has the fewest rows for it. */
import { type Column, nullable } from '../../schema/column';
import type { Table } from '../../schema/table';
import {
  goldFunnelDailyBrand,
  goldFunnelDailyCategory,
  goldFunnelHourlyBrand,
  goldFunnelHourlyPriceBand,
} from '../../schema/tables';
import { FUNNEL_SUMS, FUNNEL_VALUES } from './funnel_fields';
import { type Field, nothing, type Order, type Position, type Selected } from './selection';
import type { Store } from './store';
import { isOfDays, type TimeRange, withinDays, withinHours } from './time_range';

export const FUNNEL_KEYS = ['shop', 'brand', 'category', 'price_band'] as const;
export type FunnelKey = (typeof FUNNEL_KEYS)[number];
export const GRAINS = ['hour', 'day', 'total'] as const;
export type Grain = (typeof GRAINS)[number];

export interface FunnelChoice {
  readonly by: FunnelKey;
  readonly grain: Grain;
  readonly range: TimeRange;
  /** These keys only; all where there are none. */
  readonly keys: readonly string[];
  /** The last row of the page before; null for the first. */
  readonly after: Position | null;
  /** How many rows at most. */
  readonly most: number;
}

type Measures = { readonly [K in keyof typeof FUNNEL_SUMS]: Field<(typeof FUNNEL_SUMS)[K]['column']> };
type RowFields = Measures & {
  readonly key: Field<Column<'text', true>>;
  readonly hour: Field<Column<'timestamp', true>>;
  readonly day: Field<Column<'date', true>>;
};
export type FunnelRow = Selected<RowFields>;

/** A table, the column of its keys, of its time, and whether it has one row for each. */
interface Source {
  readonly table: Table;
  readonly key: string | null;
  readonly time: 'window_start' | 'window_date' | 'date';
  readonly isWhole: boolean;
}

/** Categories are counted by day only: there is no hour of them, nor a total of a part of a day. */
export function canAsk(by: FunnelKey, grain: Grain, range: TimeRange): boolean {
  return by !== 'category' || grain === 'day' || (grain === 'total' && isOfDays(range));
}

function sourceOf(by: FunnelKey, grain: Grain, range: TimeRange): Source {
  const hourly = grain === 'hour' || (grain === 'total' && !isOfDays(range));
  const isWhole = grain !== 'total';
  if (by === 'category')
    return { table: goldFunnelDailyCategory, key: 'category_root', time: 'date', isWhole };
  if (by === 'price_band')
    return {
      table: goldFunnelHourlyPriceBand,
      key: 'price_band',
      time: hourly ? 'window_start' : 'window_date',
      isWhole: grain === 'hour',
    };
  if (by === 'brand')
    return hourly
      ? { table: goldFunnelHourlyBrand, key: 'brand', time: 'window_start', isWhole }
      : { table: goldFunnelDailyBrand, key: 'brand', time: 'date', isWhole };
  // Bands of an hour are few, and have all of its events.
  return hourly
    ? { table: goldFunnelHourlyPriceBand, key: null, time: 'window_start', isWhole: false }
    : { table: goldFunnelDailyBrand, key: null, time: 'date', isWhole: false };
}

/** By time and key; totals by revenue, the largest first. */
export function funnelOrder(by: FunnelKey, grain: Grain): Order[] {
  const key: Order = { field: 'key', type: 'text' };
  if (grain === 'total') return [{ field: 'revenue', type: 'money', descending: true }, key];
  const time: Order =
    grain === 'hour' ? { field: 'hour', type: 'timestamp' } : { field: 'day', type: 'date' };
  return by === 'shop' ? [time] : [time, key];
}

/** Where a row stands in {@link funnelOrder}. */
export function funnelPosition(by: FunnelKey, grain: Grain, row: FunnelRow): Position {
  if (grain === 'total') return [row.revenue, row.key];
  const time = grain === 'hour' ? row.hour : row.day;
  return by === 'shop' ? [time] : [time, row.key];
}

/** @throws {Error} where {@link canAsk} says no */
export async function funnelRows(store: Store, choice: FunnelChoice): Promise<FunnelRow[]> {
  const { by, grain, range, keys, after, most } = choice;
  if (!canAsk(by, grain, range)) throw new Error(`there is no ${grain} of a ${by}`);
  const { table, key, time, isWhole } = sourceOf(by, grain, range);
  const keyColumn = nullable('text', 'Brand, category or price band; null for the shop');
  const fields: RowFields = {
    key: key === null ? nothing('text', 'None') : { take: 'value', from: key, column: keyColumn },
    hour:
      grain === 'hour'
        ? { take: 'value', from: time, column: nullable('timestamp', 'Start of the hour') }
        : nothing('timestamp', 'None'),
    day:
      grain === 'day'
        ? { take: 'value', from: time, column: nullable('date', 'UTC day') }
        : nothing('date', 'None'),
    ...(isWhole && key !== null ? FUNNEL_VALUES : FUNNEL_SUMS),
  };
  const groups = [...(grain === 'total' ? [] : [time]), ...(key === null ? [] : [key])];
  return store.select({
    table,
    where: [
      ...(time === 'window_start' ? withinHours(range) : [withinDays(time, range)]),
      ...(key === null || keys.length === 0 ? [] : [{ column: key, among: keys }]),
    ],
    fields,
    ...(!isWhole && { by: groups }),
    order: funnelOrder(by, grain),
    ...{ after, most },
  });
}
