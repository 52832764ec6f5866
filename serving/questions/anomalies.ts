/** Hours in which a brand converted unlike itself. */
import { required } from '../../schema/column';
import type { Answer } from '../../schema/question';
import { goldAnomaliesHourlyBrand } from '../../schema/tables';
import type { Period, Store } from './store';

const {
  window_start,
  brand,
  detector,
  status,
  anomaly_type,
  z_brand,
  z_brand_hour,
  conv_mean_brand,
  expected_purchases,
  revenue_at_risk,
  views,
  purchases,
  revenue,
  conversion_rate,
} = goldAnomaliesHourlyBrand.columns;
const ANOMALY_COLUMNS = {
  ...{ window_start, brand, detector, status, anomaly_type, z_brand, z_brand_hour, conv_mean_brand },
  ...{ expected_purchases, revenue_at_risk, views, purchases, revenue, conversion_rate },
};
const DAY_COLUMNS = {
  date: required('date', 'UTC day'),
  drops: required('int64', 'Open drops'),
  spikes: required('int64', 'Open spikes'),
  retracted: required('int64', 'Healed by later data'),
};

export type ServedAnomaly = Answer<typeof ANOMALY_COLUMNS>;
export type AnomalyDay = Answer<typeof DAY_COLUMNS>;

/** Anomalies that no later data has healed, the most revenue at risk first. @param most how many */
export function openAnomalies(
  { ask, dialect }: Store,
  period: Period,
  most: number,
): Promise<ServedAnomaly[]> {
  return ask({
    sql: `SELECT ${Object.keys(ANOMALY_COLUMNS).join(', ')} FROM ${dialect.table(goldAnomaliesHourlyBrand.name)} WHERE status = 'open' AND window_date BETWEEN ${dialect.date('since')} AND ${dialect.date('until')} ORDER BY revenue_at_risk DESC NULLS LAST, window_start, brand, detector LIMIT ${dialect.parameter('most')}`,
    parameters: { ...period, most },
    columns: ANOMALY_COLUMNS,
  });
}

/** Open anomalies of one brand, in the order of time. */
export function anomaliesOfBrand(
  { ask, dialect }: Store,
  period: Period,
  brand: string,
): Promise<ServedAnomaly[]> {
  return ask({
    sql: `SELECT ${Object.keys(ANOMALY_COLUMNS).join(', ')} FROM ${dialect.table(goldAnomaliesHourlyBrand.name)} WHERE status = 'open' AND brand = ${dialect.parameter('brand')} AND window_date BETWEEN ${dialect.date('since')} AND ${dialect.date('until')} ORDER BY window_start, detector`,
    parameters: { ...period, brand },
    columns: ANOMALY_COLUMNS,
  });
}

/** Days that have or had anomalies, in order. */
export function anomaliesByDay({ ask, dialect }: Store, period: Period): Promise<AnomalyDay[]> {
  const count = (condition: string): string => `SUM(CASE WHEN ${condition} THEN 1 ELSE 0 END)`;
  return ask({
    sql: `SELECT window_date AS date, ${count("status = 'open' AND anomaly_type = 'drop'")} AS drops, ${count("status = 'open' AND anomaly_type = 'spike'")} AS spikes, ${count("status = 'retracted'")} AS retracted FROM ${dialect.table(goldAnomaliesHourlyBrand.name)} WHERE window_date BETWEEN ${dialect.date('since')} AND ${dialect.date('until')} GROUP BY window_date ORDER BY window_date`,
    parameters: { ...period },
    columns: DAY_COLUMNS,
  });
}
