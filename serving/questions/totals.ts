/** Sums of the funnel over a period: by day, brand, category and price band. Most revenue comes first, equals by name. */
import { required } from '../../schema/column';
import { UNKNOWN } from '../../schema/events';
import type { Table } from '../../schema/table';
import {
  goldFunnelDailyBrand,
  goldFunnelDailyCategory,
  goldFunnelHourlyPriceBand,
} from '../../schema/tables';
import { NO_FUNNEL } from './funnel';
import { FUNNEL_SUMS, FUNNEL_VALUES, type Funnel } from './funnel_fields';
import { columnOf, counted, type Field, type Filter, type Selected } from './selection';
import type { Period, Store } from './store';
import { withinPeriod } from './time_range';

const DAY_FIELDS = { date: columnOf(goldFunnelDailyBrand, 'date'), ...FUNNEL_SUMS };
const BRAND_DAY_FIELDS = {
  brand: columnOf(goldFunnelDailyBrand, 'brand'),
  date: columnOf(goldFunnelDailyBrand, 'date'),
  ...FUNNEL_VALUES,
};
const BRAND_COUNT_FIELDS = {
  brand: columnOf(goldFunnelDailyBrand, 'brand'),
  total: counted('total', 'Brands'),
};

const NAMES_BRAND: Filter = { column: 'brand', except: UNKNOWN };

export type DayFunnel = Selected<typeof DAY_FIELDS>;
export type BrandDayFunnel = Selected<typeof BRAND_DAY_FIELDS>;
export interface KeyedFunnel extends Funnel {
  /** Brand, category or price band. */
  readonly key: string;
}

/** The whole shop by day, in order; days without events are left out. */
export function daysOfShop({ select }: Store, period: Period): Promise<DayFunnel[]> {
  return select({
    table: goldFunnelDailyBrand,
    where: [withinPeriod('date', period)],
    fields: DAY_FIELDS,
    by: ['date'],
    order: [{ field: 'date', type: 'date' }],
  });
}

/** The brands with the most revenue; what names no brand is none. @param most how many */
export function topBrands(store: Store, period: Period, most: number): Promise<KeyedFunnel[]> {
  return keyed(store, goldFunnelDailyBrand, 'brand', [withinPeriod('date', period), NAMES_BRAND], most);
}

/** What events that name no brand came to. */
export async function withoutBrand({ select }: Store, period: Period): Promise<Funnel> {
  const [funnel] = await select({
    table: goldFunnelDailyBrand,
    where: [{ column: 'brand', among: [UNKNOWN] }, withinPeriod('date', period)],
    fields: FUNNEL_SUMS,
    by: [],
  });
  return funnel ?? NO_FUNNEL;
}

/** How many brands had events; what names no brand is none. */
export async function countBrands({ select }: Store, period: Period): Promise<number> {
  const [first] = await select({
    table: goldFunnelDailyBrand,
    where: [withinPeriod('date', period), NAMES_BRAND],
    fields: BRAND_COUNT_FIELDS,
    by: ['brand'],
    most: 1,
  });
  return first?.total ?? 0;
}

export function categories(store: Store, period: Period, most: number): Promise<KeyedFunnel[]> {
  return keyed(store, goldFunnelDailyCategory, 'category_root', [withinPeriod('date', period)], most);
}

/** All price bands: they are few. */
export function priceBands(store: Store, period: Period): Promise<KeyedFunnel[]> {
  return keyed(store, goldFunnelHourlyPriceBand, 'price_band', [withinPeriod('window_date', period)], 1000);
}

function keyed(
  { select }: Store,
  table: Table,
  key: string,
  where: readonly Filter[],
  most: number,
): Promise<KeyedFunnel[]> {
  const named: Field<ReturnType<typeof required<'text'>>> = {
    take: 'value',
    from: key,
    column: required('text', 'Brand, category or price band'),
  };
  return select({
    ...{ table, where, most },
    fields: { key: named, ...FUNNEL_SUMS },
    by: [key],
    order: [
      { field: 'revenue', type: 'money', descending: true },
      { field: 'key', type: 'text' },
    ],
  });
}

/** The days of some brands, in the order of brand and day. */
export async function daysOfBrands(
  { select }: Store,
  period: Period,
  brands: readonly string[],
): Promise<BrandDayFunnel[]> {
  if (brands.length === 0) return [];
  return select({
    table: goldFunnelDailyBrand,
    where: [withinPeriod('date', period), { column: 'brand', among: brands }],
    fields: BRAND_DAY_FIELDS,
    order: [
      { field: 'brand', type: 'text' },
      { field: 'date', type: 'date' },
    ],
  });
}
