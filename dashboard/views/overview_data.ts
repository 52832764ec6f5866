/** Everything that the overview shows, asked in one round. */
import { byPrice } from '../../serving/charts/names';
import type { Comparison } from '../../serving/periods';
import type { AnomalyDay } from '../../serving/questions/anomalies';
import type { Period } from '../../serving/questions/store';
import type { BrandDayFunnel, KeyedFunnel } from '../../serving/questions/totals';
import { anomaliesByDay, funnelByDay, funnelTotals, topBrands } from '../api';
import { MOST_KEYS, type Place } from '../location';
import { neededDays, type Sums, sumsOf } from './compared';

/** Brands and categories in tables and bars. */
const MOST_ROWS = 15;
const MOST_BANDS = 200;
/** What a line of the whole shop is called. */
const SHOP = 'whole shop';

export interface OverviewData extends Sums {
  readonly period: Period;
  /** Names of the lines, in order, and their days. */
  readonly lines: readonly string[];
  readonly lineDays: readonly BrandDayFunnel[];
  readonly brands: readonly KeyedFunnel[];
  readonly brandsInAll: number;
  readonly categories: readonly KeyedFunnel[];
  readonly priceBands: readonly KeyedFunnel[];
  readonly anomalyDays: readonly AnomalyDay[];
}

export async function askOverview(
  { by, keys }: Pick<Place, 'by' | 'keys'>,
  period: Period,
  compared: Comparison | null,
  signal: AbortSignal,
): Promise<OverviewData> {
  const tables = Promise.all([
    topBrands(period, '', MOST_ROWS, signal),
    funnelTotals('category', period, MOST_ROWS, signal),
    funnelTotals('price_band', period, MOST_BANDS, signal),
    anomaliesByDay(period, signal),
  ]);
  const [days, [{ brands, total: brandsInAll }, categories, priceBands, anomalyDays]] = await Promise.all([
    keys.length === 0
      ? funnelByDay('shop', [], neededDays(period, compared), signal)
      : funnelByDay(by, keys, neededDays(period, compared), signal),
    tables,
  ]);
  const lines = linesOf(by, keys, { brand: brands, category: categories, price_band: priceBands });
  const lineDays =
    by === 'shop' || keys.length > 0 || lines.length === 0
      ? days
      : await funnelByDay(by, lines, period, signal);
  return {
    ...{ period, brands, brandsInAll, categories, anomalyDays },
    priceBands: priceBands.sort((a, b) => byPrice(a.key, b.key)),
    ...sumsOf(days, period, compared),
    lines,
    lineDays: lineDays
      .filter(({ date }) => date >= period.since)
      .map(({ key, ...day }) => ({ brand: by === 'shop' ? SHOP : key, ...day })),
  };
}

function linesOf(
  by: Place['by'],
  keys: readonly string[],
  top: Readonly<Record<Exclude<Place['by'], 'shop'>, readonly KeyedFunnel[]>>,
): readonly string[] {
  if (by === 'shop') return [SHOP];
  return keys.length > 0 ? keys : top[by].slice(0, MOST_KEYS).map(({ key }) => key);
}
