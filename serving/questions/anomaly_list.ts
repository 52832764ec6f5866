/** Anomalies as a list to page through, and one of them whole. */
import { required } from '../../schema/column';
import type { Answer } from '../../schema/question';
import { type AnomalyRow, goldAnomaliesHourlyBrand } from '../../schema/tables';
import { behind, type OrderColumn, orderBy, type Position } from './paging';
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

const { columns, name: TABLE } = goldAnomaliesHourlyBrand;
const COLUMN_NAMES = Object.keys(columns);
const LISTED_COLUMNS = { ...columns, total: required('int64', 'Anomalies that were asked for') };
export type ListedAnomaly = Answer<typeof LISTED_COLUMNS>;

const NAMES: readonly OrderColumn[] = [
  { expression: 'brand', type: 'text' },
  { expression: 'detector', type: 'text' },
];
const ORDERS: Record<AnomalyChoice['order'], readonly OrderColumn[]> = {
  // The newest first: a list of what happened begins with what has just happened.
  time: [{ expression: 'window_start', type: 'timestamp', descending: true }, ...NAMES],
  risk: [
    { expression: 'revenue_at_risk', type: 'money', descending: true },
    { expression: 'window_start', type: 'timestamp', descending: true },
    ...NAMES,
  ],
};

export function anomalyOrder(order: AnomalyChoice['order']): readonly OrderColumn[] {
  return ORDERS[order];
}

/** Where an anomaly stands in {@link anomalyOrder}. */
export function anomalyPosition(order: AnomalyChoice['order'], row: AnomalyRow): Position {
  const { window_start, brand, detector, revenue_at_risk } = row;
  return [...(order === 'risk' ? [revenue_at_risk] : []), window_start, brand, detector];
}

/** By time, the newest first, or by revenue at risk, the most first and what is unknown last. Each row says how many there are in all. */
export function anomalyList({ ask, dialect }: Store, choice: AnomalyChoice): Promise<ListedAnomaly[]> {
  const { status, type, brand, range, order, after, most } = choice;
  const page = behind(dialect, ORDERS[order], after);
  const within = range === null ? null : withinHours(dialect, range);
  const conditions = [
    ...(status === 'all' ? [] : [`status = ${dialect.parameter('status')}`]),
    ...(type === null ? [] : [`anomaly_type = ${dialect.parameter('type')}`]),
    ...(brand === null ? [] : [`brand = ${dialect.parameter('brand')}`]),
    within?.sql ?? 'TRUE',
  ];
  const found = `SELECT ${COLUMN_NAMES.join(', ')}, COUNT(*) OVER () AS total FROM ${dialect.table(TABLE)} WHERE ${conditions.join(' AND ')}`;
  return ask({
    sql: `SELECT * FROM (${found}) AS found WHERE ${page.sql} ${orderBy(ORDERS[order])} LIMIT ${dialect.parameter('most')}`,
    parameters: {
      ...(status === 'all' ? {} : { status }),
      ...(type === null ? {} : { type }),
      ...(brand === null ? {} : { brand }),
      ...within?.parameters,
      ...page.parameters,
      most,
    },
    columns: LISTED_COLUMNS,
  });
}

/** All anomalies of one hour, whole. @param hour its start, in milliseconds since 1970 */
export function anomaliesOfHour({ ask, dialect }: Store, hour: number): Promise<AnomalyRow[]> {
  return ask({
    sql: `SELECT ${COLUMN_NAMES.join(', ')} FROM ${dialect.table(TABLE)} WHERE window_date = ${dialect.date('day')} AND window_start = ${dialect.time('hour')}`,
    parameters: { hour, day: dayOf(hour) },
    columns,
  });
}
