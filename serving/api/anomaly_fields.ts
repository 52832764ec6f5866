/** An anomaly in an answer, and its identity: short whatever the brand is called, and the same for as long as the row is there. */
import { hash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { moneyDecimal } from '../../schema/column';
import type { AnomalyRow } from '../../schema/tables';
import { conversionOf } from '../questions/funnel';
import { count, funnelFields, money, time, timeText, timeTextOrNull } from './wire';

const ID = /^(\d{4}-\d\d-\d\dT\d\d)-([0-9a-f]{20})$/;

/** Hour, and a digest of what else is in the row's key. */
export function anomalyId({
  window_start,
  brand,
  detector,
}: Pick<AnomalyRow, 'window_start' | 'brand' | 'detector'>): string {
  const digest = hash('sha256', `${detector}\n${brand}`, 'hex').slice(0, 20);
  return `${new Date(window_start).toISOString().slice(0, 13)}-${digest}`;
}

/** Start of the hour that an id names, in milliseconds since 1970; null for what is no id. */
export function hourOfId(id: string): number | null {
  const hour = Date.parse(`${ID.exec(id)?.[1]}:00:00Z`);
  return Number.isNaN(hour) ? null : hour;
}

export const anomalyFields = {
  id: z.string().describe('Identity, for /v1/anomalies/{id}').openapi({ pattern: ID.source }),
  window_start: time().describe('Start of the hour'),
  brand: z.string(),
  detector: z.string().describe('What judged the hour'),
  status: z.enum(['open', 'retracted']).describe('retracted: later data have healed it'),
  type: z.enum(['drop', 'spike']).nullable().describe('Null once retracted'),
  z_brand: z.number().describe('Deviations from the brand’s mean conversion'),
  z_brand_hour: z.number().describe('The same, from the mean at this hour of day'),
  ...funnelFields,
  expected_conversion: z.number().nullable().describe('Conversion that was expected; null where unknown'),
  expected_purchases: z.number().nullable(),
  revenue_at_risk: money()
    .nullable()
    .describe('Missing purchases times their average price; negative where more was sold than expected'),
  baseline: z.string().describe('What the hour was compared with: run, trailing or file'),
  computed_at: time().describe('When the row was written'),
};

/** Each field by itself: an object of so many that is put together from others takes V8 far longer. */
export function anomalyOnWire(row: AnomalyRow) {
  const { views, expected_purchases, revenue_at_risk } = row;
  return {
    id: anomalyId(row),
    window_start: timeText(row.window_start),
    brand: row.brand,
    detector: row.detector,
    status: row.status as 'open' | 'retracted',
    type: row.anomaly_type as 'drop' | 'spike' | null,
    z_brand: row.z_brand,
    z_brand_hour: row.z_brand_hour,
    views,
    carts: row.carts,
    removals: row.removals,
    purchases: row.purchases,
    revenue: moneyDecimal(row.revenue),
    view_to_cart_rate: row.view_to_cart_rate,
    cart_to_purchase_rate: row.cart_to_purchase_rate,
    conversion_rate: conversionOf(row),
    expected_conversion: expected_purchases === null || views === 0 ? null : expected_purchases / views,
    expected_purchases,
    revenue_at_risk: revenue_at_risk === null ? null : moneyDecimal(revenue_at_risk),
    baseline: row.baseline,
    computed_at: timeText(row.computed_at),
  };
}

/** What the hour was compared with. */
export const baselineFields = {
  hour_of_day: count(),
  conv_mean_brand: z.number().nullable().describe('Mean conversion of the brand’s baseline hours'),
  conv_std_brand: z.number().nullable().describe('Their sample standard deviation; null for fewer than two'),
  n_brand: count().describe('Baseline hours of the brand'),
  conv_mean_brand_hour: z.number().nullable().describe('The same, at this hour of day'),
  conv_std_brand_hour: z.number().nullable(),
  n_brand_hour: count(),
  baseline_through: time().nullable().describe('End of the last hour that the baseline may hold'),
  pane: z.enum(['early', 'on_time', 'late']).describe('Which firing of the hour the row is'),
  revision: count().describe('Distinct records that the hour had absorbed'),
};

export function baselineOnWire(row: AnomalyRow) {
  const { hour_of_day, conv_mean_brand, conv_std_brand, n_brand, revision } = row;
  const { conv_mean_brand_hour, conv_std_brand_hour, n_brand_hour } = row;
  return {
    ...{ hour_of_day, conv_mean_brand, conv_std_brand, n_brand },
    ...{ conv_mean_brand_hour, conv_std_brand_hour, n_brand_hour },
    baseline_through: timeTextOrNull(row.baseline_through),
    pane: row.pane as 'early' | 'on_time' | 'late',
    revision,
  };
}
