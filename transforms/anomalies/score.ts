/**
 * Scores: how far an hour of a brand converted from its baseline, and what that cost (spec, section 4).
 */
import type { AnomalyRow } from '../../schema/tables';
import { type Baseline, type ConversionStats, hourOfDayOf } from '../baseline/baseline';
import type { Measures } from '../gold/measured_row';

/** Which deviation decides. */
export type AnomalyBasis = 'brand' | 'brand-hour' | 'either';

export interface ScoreOptions {
  readonly minFlagViews: number;
  readonly zThreshold: number;
  readonly basis: AnomalyBasis;
}

/** The columns that scoring adds to an hour's measures. */
export type Score = Pick<
  AnomalyRow,
  | 'status'
  | 'anomaly_type'
  | 'is_drop_anomaly'
  | 'is_spike_anomaly'
  | 'z_brand'
  | 'z_brand_hour'
  | 'conv_mean_brand'
  | 'conv_std_brand'
  | 'n_brand'
  | 'conv_mean_brand_hour'
  | 'conv_std_brand_hour'
  | 'n_brand_hour'
  | 'expected_purchases'
  | 'revenue_at_risk'
>;

/** Scores one hour of one brand. `status` is open where it is flagged. */
export function score(
  brand: string,
  hour: number,
  measures: Measures,
  baseline: Baseline,
  options: ScoreOptions,
): Score {
  const ofBrand = Object.hasOwn(baseline.brands, brand) ? baseline.brands[brand] : undefined;
  const ofHour = ofBrand?.byHourOfDay[hourOfDayOf(hour)];
  const conversion = measures.conversion_rate;
  const zBrand = zScore(conversion, ofBrand?.all);
  const zBrandHour = zScore(conversion, ofHour);
  const byHour =
    options.basis === 'brand-hour' || (options.basis === 'either' && Math.abs(zBrandHour) > Math.abs(zBrand));
  const z = byHour ? zBrandHour : zBrand;
  const mean = (byHour ? ofHour?.mean : ofBrand?.all.mean) ?? null;
  const judged = measures.views >= options.minFlagViews;
  const isDrop = judged && z <= -options.zThreshold;
  const isSpike = judged && z >= options.zThreshold;
  const expected = mean === null ? null : measures.views * mean;
  return {
    status: isDrop || isSpike ? 'open' : 'retracted',
    anomaly_type: isDrop ? 'drop' : isSpike ? 'spike' : null,
    is_drop_anomaly: isDrop,
    is_spike_anomaly: isSpike,
    z_brand: zBrand,
    z_brand_hour: zBrandHour,
    conv_mean_brand: ofBrand?.all.mean ?? null,
    conv_std_brand: ofBrand?.all.std ?? null,
    n_brand: ofBrand?.all.n ?? 0,
    conv_mean_brand_hour: ofHour?.mean ?? null,
    conv_std_brand_hour: ofHour?.std ?? null,
    n_brand_hour: ofHour?.n ?? 0,
    expected_purchases: expected,
    revenue_at_risk: expected === null ? null : revenueAtRisk(expected, measures, ofBrand),
  };
}

function zScore(conversion: number | null, stats: ConversionStats | undefined): number {
  if (conversion === null || stats === undefined || stats.std === null || stats.std === 0) return 0;
  return (conversion - stats.mean) / stats.std;
}

/** Purchases missing against expectation, at the hour's own average price, or the baseline's where the hour sold nothing; in ten-thousandths, half away from zero. */
function revenueAtRisk(
  expected: number,
  measures: Measures,
  baseline: { purchases: number; revenue: string } | undefined,
): bigint | null {
  const sold =
    measures.purchases > 0 ? { revenue: Number(measures.revenue), purchases: measures.purchases } : baseline;
  if (sold === undefined || sold.purchases === 0) return null;
  // Multiplied before divided: the quotient is rounded once, and a tie stays one.
  const risk = ((expected - measures.purchases) * Number(sold.revenue)) / sold.purchases;
  return BigInt(Math.sign(risk) * Math.round(Math.abs(risk)));
}
