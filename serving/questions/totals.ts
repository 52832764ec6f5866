/** Sums of the funnel over a period: by day, brand, category and price band. Most revenue comes first, equals by name. */
import { required } from '../../schema/column';
import { UNKNOWN } from '../../schema/events';
import type { Answer } from '../../schema/question';
import {
  goldFunnelDailyBrand,
  goldFunnelDailyCategory,
  goldFunnelHourlyPriceBand,
} from '../../schema/tables';
import { FUNNEL_COLUMNS, FUNNEL_MEASURES, FUNNEL_SUMS, type Funnel } from './funnel';
import type { Period, Store } from './store';

const DAY_COLUMNS = { date: required('date', 'UTC day'), ...FUNNEL_COLUMNS };
const KEYED_COLUMNS = { key: required('text', 'Brand, category or price band'), ...FUNNEL_COLUMNS };
const BRAND_DAY_COLUMNS = { brand: required('text', 'Brand'), ...DAY_COLUMNS };

const NO_BRAND = `brand <> '${UNKNOWN}'`;

export type DayFunnel = Answer<typeof DAY_COLUMNS>;
export type KeyedFunnel = Answer<typeof KEYED_COLUMNS>;
export type BrandDayFunnel = Answer<typeof BRAND_DAY_COLUMNS>;

/** The whole shop by day, in order; days without events are left out. */
export function daysOfShop({ ask, dialect }: Store, period: Period): Promise<DayFunnel[]> {
  return ask({
    sql: `SELECT date, ${FUNNEL_SUMS} FROM ${dialect.table(goldFunnelDailyBrand.name)} WHERE date BETWEEN ${dialect.date('since')} AND ${dialect.date('until')} GROUP BY date ORDER BY date`,
    parameters: { ...period },
    columns: DAY_COLUMNS,
  });
}

/** The brands with the most revenue; what names no brand is none. @param most how many */
export function topBrands(store: Store, period: Period, most: number): Promise<KeyedFunnel[]> {
  return keyed(store, period, goldFunnelDailyBrand.name, 'brand', 'date', most, NO_BRAND);
}

/** What events that name no brand came to. */
export async function withoutBrand({ ask, dialect }: Store, period: Period): Promise<Funnel> {
  const [funnel] = await ask({
    sql: `SELECT ${FUNNEL_SUMS} FROM ${dialect.table(goldFunnelDailyBrand.name)} WHERE brand = '${UNKNOWN}' AND date BETWEEN ${dialect.date('since')} AND ${dialect.date('until')}`,
    parameters: { ...period },
    columns: FUNNEL_COLUMNS,
  });
  return funnel;
}

/** How many brands had events; what names no brand is none. */
export async function countBrands({ ask, dialect }: Store, period: Period): Promise<number> {
  const [{ brands }] = await ask({
    sql: `SELECT COUNT(DISTINCT brand) AS brands FROM ${dialect.table(goldFunnelDailyBrand.name)} WHERE date BETWEEN ${dialect.date('since')} AND ${dialect.date('until')} AND ${NO_BRAND}`,
    parameters: { ...period },
    columns: { brands: required('int64', 'Brands') },
  });
  return brands;
}

export function categories(store: Store, period: Period, most: number): Promise<KeyedFunnel[]> {
  return keyed(store, period, goldFunnelDailyCategory.name, 'category_root', 'date', most);
}

/** All price bands: they are few. */
export function priceBands(store: Store, period: Period): Promise<KeyedFunnel[]> {
  return keyed(store, period, goldFunnelHourlyPriceBand.name, 'price_band', 'window_date', 1000);
}

function keyed(
  { ask, dialect }: Store,
  period: Period,
  table: string,
  key: string,
  day: string,
  most: number,
  only = 'TRUE',
): Promise<KeyedFunnel[]> {
  return ask({
    sql: `SELECT ${key} AS ${dialect.column('key')}, ${FUNNEL_SUMS} FROM ${dialect.table(table)} WHERE ${day} BETWEEN ${dialect.date('since')} AND ${dialect.date('until')} AND ${only} GROUP BY ${key} ORDER BY revenue DESC, ${key} LIMIT ${dialect.parameter('most')}`,
    parameters: { ...period, most },
    columns: KEYED_COLUMNS,
  });
}

/** The days of some brands, in the order of brand and day. */
export async function daysOfBrands(
  { ask, dialect }: Store,
  period: Period,
  brands: readonly string[],
): Promise<BrandDayFunnel[]> {
  if (brands.length === 0) return [];
  const names = brands.map((_, i) => dialect.parameter(`brand${i}`));
  return ask({
    sql: `SELECT brand, date, ${FUNNEL_MEASURES} FROM ${dialect.table(goldFunnelDailyBrand.name)} WHERE date BETWEEN ${dialect.date('since')} AND ${dialect.date('until')} AND brand IN (${names.join(', ')}) ORDER BY brand, date`,
    parameters: { ...period, ...Object.fromEntries(brands.map((brand, i) => [`brand${i}`, brand])) },
    columns: BRAND_DAY_COLUMNS,
  });
}
