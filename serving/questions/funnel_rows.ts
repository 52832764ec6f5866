/** The funnel by what and when one wants it: of the shop, brands, categories or price bands, by hour, by day or in total. Every way to ask is one SELECT over the table that has the fewest rows for it. */
import { nullable } from '../../schema/column';
import type { Answer } from '../../schema/question';
import {
  goldFunnelDailyBrand,
  goldFunnelDailyCategory,
  goldFunnelHourlyBrand,
  goldFunnelHourlyPriceBand,
} from '../../schema/tables';
import { FUNNEL_COLUMNS, FUNNEL_MEASURES, FUNNEL_SUMS } from './funnel';
import { behind, type OrderColumn, orderBy, type Position } from './paging';
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

const ROW_COLUMNS = {
  key: nullable('text', 'Brand, category or price band; null for the shop'),
  hour: nullable('timestamp', 'Start of the hour'),
  day: nullable('date', 'UTC day'),
  ...FUNNEL_COLUMNS,
};
export type FunnelRow = Answer<typeof ROW_COLUMNS>;

/** A table, the column of its keys, of its time, and whether it has one row for each. */
interface Source {
  readonly table: string;
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
    return { table: goldFunnelDailyCategory.name, key: 'category_root', time: 'date', isWhole };
  if (by === 'price_band')
    return {
      table: goldFunnelHourlyPriceBand.name,
      key: 'price_band',
      time: hourly ? 'window_start' : 'window_date',
      isWhole: grain === 'hour',
    };
  if (by === 'brand')
    return hourly
      ? { table: goldFunnelHourlyBrand.name, key: 'brand', time: 'window_start', isWhole }
      : { table: goldFunnelDailyBrand.name, key: 'brand', time: 'date', isWhole };
  // Bands of an hour are few, and have all of its events.
  return hourly
    ? { table: goldFunnelHourlyPriceBand.name, key: null, time: 'window_start', isWhole: false }
    : { table: goldFunnelDailyBrand.name, key: null, time: 'date', isWhole: false };
}

/** By time and key; totals by revenue, the largest first. */
export function funnelOrder(by: FunnelKey, grain: Grain): OrderColumn[] {
  const key: OrderColumn = { expression: 'k', type: 'text' };
  if (grain === 'total') return [{ expression: 'revenue', type: 'money', descending: true }, key];
  const time: OrderColumn = { expression: 't', type: grain === 'hour' ? 'timestamp' : 'date' };
  return by === 'shop' ? [time] : [time, key];
}

/** Where a row stands in {@link funnelOrder}. */
export function funnelPosition(by: FunnelKey, grain: Grain, row: FunnelRow): Position {
  if (grain === 'total') return [row.revenue, row.key];
  const time = grain === 'hour' ? row.hour : row.day;
  return by === 'shop' ? [time] : [time, row.key];
}

/** @throws {Error} where {@link canAsk} says no */
export function funnelRows({ ask, dialect }: Store, choice: FunnelChoice): Promise<FunnelRow[]> {
  const { by, grain, range, keys, after, most } = choice;
  if (!canAsk(by, grain, range)) throw new Error(`there is no ${grain} of a ${by}`);
  const { table, key, time, isWhole } = sourceOf(by, grain, range);
  const order = funnelOrder(by, grain);
  const page = behind(dialect, order, after);
  const within = time === 'window_start' ? withinHours(dialect, range) : withinDays(dialect, time, range);
  const names = keys.map((_, i) => dialect.parameter(`key${i}`));
  const only = key === null || keys.length === 0 ? '' : ` AND ${key} IN (${names.join(', ')})`;
  const groups = [...(grain === 'total' ? [] : [time]), ...(key === null ? [] : [key])];
  const rows = [
    `SELECT ${key ?? 'NULL'} AS k`,
    `, ${grain === 'total' ? 'NULL' : time} AS t, ${isWhole ? FUNNEL_MEASURES : FUNNEL_SUMS}`,
    ` FROM ${dialect.table(table)} WHERE ${within.sql}${only}`,
    isWhole || groups.length === 0 ? '' : ` GROUP BY ${groups.join(', ')}`,
    groups.length === 0 ? ' HAVING COUNT(*) > 0' : '',
  ].join('');
  const hour = grain === 'hour' ? 't' : 'CAST(NULL AS TIMESTAMP)';
  const day = grain === 'day' ? 't' : 'CAST(NULL AS DATE)';
  return ask({
    sql: `SELECT k AS ${dialect.column('key')}, ${hour} AS ${dialect.column('hour')}, ${day} AS ${dialect.column('day')}, ${FUNNEL_MEASURES} FROM (${rows}) AS counted WHERE ${page.sql} ${orderBy(order)} LIMIT ${dialect.parameter('most')}`,
    parameters: {
      ...within.parameters,
      ...Object.fromEntries(key === null ? [] : keys.map((name, i) => [`key${i}`, name])),
      ...page.parameters,
      most,
    },
    columns: ROW_COLUMNS,
  });
}
