/** Everything that a brand's view shows, asked in one round. */

import type { Comparison } from '../../serving/periods';
import type { HourFunnel } from '../../serving/questions/hours';
import type { Period } from '../../serving/questions/store';
import type { BrandDayFunnel, DayFunnel } from '../../serving/questions/totals';
import { type Anomaly, anomalies, funnelByDay, hoursOfBrand } from '../api';
import { lastDays, MOST_HOURLY_DAYS } from '../period';
import { neededDays, type Sums, sumsOf } from './compared';

/** Anomalies that are marked and listed. */
const MOST_ANOMALIES = 200;

export interface BrandData extends Sums {
  readonly brand: string;
  readonly period: Period;
  /** The days whose hours are shown: hours of more can't be asked for at once. */
  readonly hourly: Period;
  readonly hours: readonly HourFunnel[];
  readonly anomalies: readonly Anomaly[];
  readonly days: readonly DayFunnel[];
  readonly lineDays: readonly BrandDayFunnel[];
}

export async function askBrand(
  brand: string,
  period: Period,
  compared: Comparison | null,
  signal: AbortSignal,
): Promise<BrandData> {
  const hourly = lastDays(period, MOST_HOURLY_DAYS);
  const filter = { status: 'all', type: null, brand, order: 'time' } as const;
  const [all, hours, found] = await Promise.all([
    funnelByDay('brand', [brand], neededDays(period, compared), signal),
    hoursOfBrand(brand, hourly, signal),
    anomalies(filter, period, 1, MOST_ANOMALIES, signal),
  ]);
  const days = all.filter(({ date }) => date >= period.since).map(({ key: _, ...day }) => day);
  return {
    ...{ brand, period, hourly, hours, days, anomalies: found.anomalies },
    ...sumsOf(all, period, compared),
    lineDays: days.map((day) => ({ brand, ...day })),
  };
}
