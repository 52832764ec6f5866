/** Anomalies as a list to page through, and one of them whole. */
import { type AnomalyRow, goldAnomaliesHourlyBrand } from '../../schema/tables';
import { columnsOf, counted, type Filter, type Order, type Position, type Selected } from './selection';
import type { Store } from './store';
import { dayOf, type TimeRange, withinHours } from './time_range';

export const ANOMALY_STATUSES = ['open', 'retracted', 'all'] as const;
export const ANOMALY_TYPES = ['drop', 'spike'] as const;
export const ANOMALY_ORDERS = ['time', 'risk'] as const;

export interface AnomalyChoice {
  readonly status: (typeof ANOMALY_STATUSES)[number];
  /** Null for both. */
  readonly type: (typeof ANOMALY_TYPES)[number] | null;
  /** Null for all. */
  readonly brand: string | null;
  /** Null for all of the output. */
  readonly range: TimeRange | null;
  readonly order: (typeof ANOMALY_ORDERS)[number];
  /** The last row of the page before; null for the first. */
  readonly after: Position | null;
  readonly most: number;
}

const ANOMALY_FIELDS = columnsOf(
  goldAnomaliesHourlyBrand,
  Object.keys(goldAnomaliesHourlyBrand.columns) as (keyof AnomalyRow)[],
);
const LISTED_FIELDS = { ...ANOMALY_FIELDS, total: counted('total', 'Anomalies that were asked for') };
export type ListedAnomaly = Selected<typeof LISTED_FIELDS>;

const NAMES: readonly Order[] = [
  { field: 'brand', type: 'text' },
  { field: 'detector', type: 'text' },
];
const ORDERS: Record<AnomalyChoice['order'], readonly Order[]> = {
  // The newest first: a list of what happened begins with what has just happened.
  time: [{ field: 'window_start', type: 'timestamp', descending: true }, ...NAMES],
  risk: [
    { field: 'revenue_at_risk', type: 'money', descending: true },
    { field: 'window_start', type: 'timestamp', descending: true },
    ...NAMES,
  ],
};

export function anomalyOrder(order: AnomalyChoice['order']): readonly Order[] {
  return ORDERS[order];
}

/** Where an anomaly stands in {@link anomalyOrder}. */
export function anomalyPosition(order: AnomalyChoice['order'], row: AnomalyRow): Position {
  const { window_start, brand, detector, revenue_at_risk } = row;
  return [...(order === 'risk' ? [revenue_at_risk] : []), window_start, brand, detector];
}

/** By time, the newest first, or by revenue at risk, the most first and what is unknown last. Each row says how many there are in all. */
export function anomalyList({ select }: Store, choice: AnomalyChoice): Promise<ListedAnomaly[]> {
  const { status, type, brand, range, order, after, most } = choice;
  const is = (column: string, value: string | null): Filter[] =>
    value === null ? [] : [{ column, among: [value] }];
  return select({
    table: goldAnomaliesHourlyBrand,
    where: [
      ...is('status', status === 'all' ? null : status),
      ...is('anomaly_type', type),
      ...is('brand', brand),
      ...(range === null ? [] : withinHours(range)),
    ],
    fields: LISTED_FIELDS,
    order: ORDERS[order],
    ...{ after, most },
  });
}

/** All anomalies of one hour, whole. @param hour its start, in milliseconds since 1970 */
export function anomaliesOfHour({ select }: Store, hour: number): Promise<AnomalyRow[]> {
  const day = dayOf(hour);
  return select({
    table: goldAnomaliesHourlyBrand,
    where: [
      { column: 'window_date', from: day, until: day },
      { column: 'window_start', from: hour, until: hour },
    ],
    fields: ANOMALY_FIELDS,
  });
}
