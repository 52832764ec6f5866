/** Hours in which a brand converted unlike itself, judged by z-scores against a baseline (spec, section 4). */
import { DAY_MS } from '../../schema/events';
import type { AnomalyRow, HourlyBrandRow } from '../../schema/tables';
import { compareUtf8 } from './duplicates';
import { divideHalfAwayFromZero, fractionOf } from './money';

/** An hour of a brand, as a baseline keeps it. */
export type BaselineHour = Pick<HourlyBrandRow, 'window_start' | 'brand' | 'views' | 'purchases' | 'revenue'>;

export interface AnomalyOptions {
  readonly minBaselineViews: number;
  readonly minFlagViews: number;
  readonly zThreshold: number;
  readonly anomalyBasis: 'brand' | 'brand-hour' | 'either';
  /**
   * `run`: the run's own hours; a list: the hours of a file, and nothing else. Neither is cut off at a time, so `baseline_through` is null. `trailing`: for an hour of day D the days D−57 to D−2, of the
   * run and of `history`.
   */
  readonly baseline: 'run' | 'trailing' | readonly BaselineHour[];
  /** Hours of an earlier run, for `trailing`: they count where the run has nothing of their hour. */
  readonly history: readonly BaselineHour[];
}

interface Statistics {
  readonly n: number;
  readonly mean: number | null;
  readonly deviation: number | null;
}

export function anomalies(rows: readonly HourlyBrandRow[], options: AnomalyOptions): AnomalyRow[] {
  const baseline = allHours(rows, options)
    .filter((hour) => hour.views >= options.minBaselineViews && hour.views > 0)
    .sort((a, b) => a.window_start - b.window_start || compareUtf8(a.brand, b.brand));

  const flagged: AnomalyRow[] = [];
  for (const row of rows) {
    if (row.views < options.minFlagViews || row.conversion_rate === null) continue;
    const brandHours = baseline.filter(
      (hour) => hour.brand === row.brand && (options.baseline !== 'trailing' || isTrailing(hour, row)),
    );
    const sameHours = brandHours.filter((hour) => hourOfDay(hour) === hourOfDay(row));
    const brand = statistics(brandHours);
    const brandHour = statistics(sameHours);
    const zBrand = score(row.conversion_rate, brand);
    const zBrandHour = score(row.conversion_rate, brandHour);

    const byHour =
      options.anomalyBasis === 'brand-hour' ||
      (options.anomalyBasis === 'either' && Math.abs(zBrandHour) > Math.abs(zBrand));
    const z = byHour ? zBrandHour : zBrand;
    const { mean } = byHour ? brandHour : brand;
    const isDrop = z <= -options.zThreshold;
    const isSpike = z >= options.zThreshold;
    if (!isDrop && !isSpike) continue;

    const expected = mean === null ? null : row.views * mean;
    flagged.push({
      ...row,
      hour_of_day: hourOfDay(row),
      detector: 'zscore',
      status: 'open',
      anomaly_type: isDrop ? 'drop' : 'spike',
      is_drop_anomaly: isDrop,
      is_spike_anomaly: isSpike,
      z_brand: zBrand,
      z_brand_hour: zBrandHour,
      conv_mean_brand: brand.mean,
      conv_std_brand: brand.deviation,
      n_brand: brand.n,
      conv_mean_brand_hour: brandHour.mean,
      conv_std_brand_hour: brandHour.deviation,
      n_brand_hour: brandHour.n,
      expected_purchases: expected,
      revenue_at_risk: expected === null ? null : revenueAtRisk(expected, row, brandHours),
      baseline: typeof options.baseline === 'string' ? options.baseline : 'file',
      baseline_through: options.baseline === 'trailing' ? midnight(row) - DAY_MS : null,
    });
  }
  return flagged;
}

/** All hours that a baseline may be made of. */
function allHours(
  rows: readonly HourlyBrandRow[],
  { baseline, history }: AnomalyOptions,
): readonly BaselineHour[] {
  if (baseline === 'run') return rows;
  if (baseline !== 'trailing') return baseline;
  const own = new Set(rows.map((row) => row.window_start));
  return [...rows, ...history.filter((hour) => !own.has(hour.window_start))];
}

/** Start of the hour's UTC day. */
function midnight(hour: { readonly window_start: number }): number {
  return Date.parse(new Date(hour.window_start).toISOString().slice(0, 10));
}

/** Whether an hour is one of the days D−57 to D−2 before the row's day D. */
function isTrailing(hour: BaselineHour, row: BaselineHour): boolean {
  const day = midnight(row);
  return hour.window_start >= day - 57 * DAY_MS && hour.window_start < day - DAY_MS;
}

function hourOfDay(hour: { readonly window_start: number }): number {
  return new Date(hour.window_start).getUTCHours();
}

/** Mean and sample deviation of the hours' conversion rates; the hours come in their order. */
function statistics(hours: readonly BaselineHour[]): Statistics {
  const n = hours.length;
  if (n === 0) return { n, mean: null, deviation: null };
  const rates = hours.map((hour) => hour.purchases / hour.views);
  const mean = sum(rates) / n;
  if (n === 1) return { n, mean, deviation: null };
  const [first] = hours;
  const allEqual = hours.every(
    (hour) => BigInt(hour.purchases) * BigInt(first.views) === BigInt(first.purchases) * BigInt(hour.views),
  );
  if (allEqual) return { n, mean, deviation: 0 };
  return { n, mean, deviation: Math.sqrt(sum(rates.map((rate) => (rate - mean) ** 2)) / (n - 1)) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function score(conversion: number, { mean, deviation }: Statistics): number {
  return mean === null || deviation === null || deviation === 0 ? 0 : (conversion - mean) / deviation;
}

/** (expected − actual purchases) × average purchase price, exact for the double that `expected` is. */
function revenueAtRisk(
  expected: number,
  row: HourlyBrandRow,
  brandHours: readonly BaselineHour[],
): bigint | null {
  const hours: readonly BaselineHour[] = row.purchases > 0 ? [row] : brandHours;
  const revenue = hours.reduce((total, hour) => total + hour.revenue, 0n);
  const purchases = hours.reduce((total, hour) => total + BigInt(hour.purchases), 0n);
  if (purchases === 0n) return null;
  const [numerator, denominator] = fractionOf(expected);
  const missing = numerator - BigInt(row.purchases) * denominator;
  return divideHalfAwayFromZero(missing * revenue, denominator * purchases);
}
