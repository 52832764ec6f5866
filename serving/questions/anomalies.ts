/** Hours in which a brand converted unlike itself. */
import { goldAnomaliesHourlyBrand } from '../../schema/tables';
import { columnOf, columnsOf, counted, type Selected } from './selection';
import type { Period, Store } from './store';
import { withinPeriod } from './time_range';

const ANOMALY_FIELDS = columnsOf(goldAnomaliesHourlyBrand, [
  'window_start',
  'brand',
  'detector',
  'status',
  'anomaly_type',
  'z_brand',
  'z_brand_hour',
  'conv_mean_brand',
  'expected_purchases',
  'revenue_at_risk',
  'views',
  'purchases',
  'revenue',
  'conversion_rate',
]);
export type ServedAnomaly = Selected<typeof ANOMALY_FIELDS>;

const OPEN = { column: 'status', among: ['open'] } as const;

/** Anomalies that no later data has healed, the most revenue at risk first. @param most how many */
export function openAnomalies({ select }: Store, period: Period, most: number): Promise<ServedAnomaly[]> {
  return select({
    table: goldAnomaliesHourlyBrand,
    where: [OPEN, withinPeriod('window_date', period)],
    fields: ANOMALY_FIELDS,
    order: [
      { field: 'revenue_at_risk', type: 'money', descending: true },
      { field: 'window_start', type: 'timestamp' },
      { field: 'brand', type: 'text' },
      { field: 'detector', type: 'text' },
    ],
    most,
  });
}

/** Open anomalies of one brand, in the order of time. */
export function anomaliesOfBrand({ select }: Store, period: Period, brand: string): Promise<ServedAnomaly[]> {
  return select({
    table: goldAnomaliesHourlyBrand,
    where: [OPEN, { column: 'brand', among: [brand] }, withinPeriod('window_date', period)],
    fields: ANOMALY_FIELDS,
    order: [
      { field: 'window_start', type: 'timestamp' },
      { field: 'detector', type: 'text' },
    ],
  });
}

export interface AnomalyDay {
  /** UTC day. */
  readonly date: string;
  /** Open ones. */
  readonly drops: number;
  /** Open ones. */
  readonly spikes: number;
  /** Healed by later data. */
  readonly retracted: number;
}

const KIND_FIELDS = {
  date: columnOf(goldAnomaliesHourlyBrand, 'window_date'),
  status: columnOf(goldAnomaliesHourlyBrand, 'status'),
  type: columnOf(goldAnomaliesHourlyBrand, 'anomaly_type'),
  hours: counted('rows', 'Anomalous hours of brands'),
};

/** Days that have or had anomalies, in order. */
export async function anomaliesByDay({ select }: Store, period: Period): Promise<AnomalyDay[]> {
  const kinds = await select({
    table: goldAnomaliesHourlyBrand,
    where: [withinPeriod('window_date', period)],
    fields: KIND_FIELDS,
    by: ['window_date', 'status', 'anomaly_type'],
    order: [{ field: 'date', type: 'date' }],
  });
  const days = new Map<string, { date: string; drops: number; spikes: number; retracted: number }>();
  for (const { date, status, type, hours } of kinds) {
    const day = days.get(date) ?? { date, drops: 0, spikes: 0, retracted: 0 };
    days.set(date, day);
    if (status === 'retracted') day.retracted += hours;
    else if (type === 'drop') day.drops += hours;
    else if (type === 'spike') day.spikes += hours;
  }
  return [...days.values()];
}
