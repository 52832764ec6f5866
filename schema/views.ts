/** Views for analysts, declared once for all stores: each is SQL that the stores share, but for what a {@link ViewDialect} says. */
import { DAY_MS, HOUR_MS } from './events';
import type { Table } from './table';
import {
  goldAnomaliesHourlyBrand,
  goldFunnelDailyBrand,
  goldFunnelHourlyBrand,
  runs,
  TABLES,
} from './tables';

/** What stores write differently. Expressions are SQL. */
export interface ViewDialect {
  /** A table or view by its full name. */
  readonly name: (table: string) => string;
  /** The type of IEEE 754 doubles. */
  readonly double: string;
  /** A date as a number of days. */
  readonly dayNumber: (date: string) => string;
  /** Milliseconds from one time to another, either of which may be a date: the beginning of it. */
  readonly milliseconds: (from: string, to: string) => string;
}

/** Tables with windows that close. */
export const CLOSING_TABLES: readonly Table[] = TABLES.filter((table: Table) => table.closedAt !== undefined);

/**
 * `T_closed`: rows whose window is over for good, that is, its end plus allowed lateness plus the hour by which merges outlive their sources has been passed by the watermark of the last run; a null
 * watermark means complete. By the time between them: a sum with the last day of the year 9999 would be no time of BigQuery's, which then answers nothing at all.
 */
export function closedView(table: Table, dialect: ViewDialect): string {
  const { name, milliseconds } = dialect;
  if (!table.closedAt) throw new Error(`${table.name} has no windows that close`);
  const { column, addDays } = table.closedAt;
  const passed = milliseconds(`t.${column}`, 'r.watermark');
  return [
    `CREATE OR REPLACE VIEW ${name(`${table.name}_closed`)} AS`,
    `SELECT t.* FROM ${name(table.name)} AS t`,
    `CROSS JOIN (SELECT watermark, allowed_lateness_ms FROM ${name(runs.name)} ORDER BY started_at DESC LIMIT 1) AS r`,
    `WHERE r.watermark IS NULL OR ${passed} >= r.allowed_lateness_ms + ${addDays * DAY_MS + HOUR_MS}`,
  ].join('\n');
}

export const OPEN_ANOMALIES = 'anomalies_open';

/** Anomalies that no later data has healed. */
export function openAnomaliesView({ name }: ViewDialect): string {
  return [
    `CREATE OR REPLACE VIEW ${name(OPEN_ANOMALIES)} AS`,
    `SELECT * FROM ${name(goldAnomaliesHourlyBrand.name)} WHERE status = 'open'`,
  ].join('\n');
}

export const DAILY_FUNNEL = 'funnel_daily';

/** Rates of the funnel, by their numerators and denominators. */
const RATES = [
  ['view_to_cart_rate', 'carts', 'views'],
  ['cart_to_purchase_rate', 'purchases', 'carts'],
  ['conversion_rate', 'purchases', 'views'],
] as const;
const SUMMED = ['views', 'carts', 'removals', 'purchases', 'revenue'];
const AVERAGED = ['views', 'carts', 'purchases', 'revenue'];

/**
 * The whole shop by UTC day, with means over the seven days that end with it (`…_7d`): those of them that have events, of counts and revenue per day; rates over the seven days as one. Revenue is exact,
 * its mean a double.
 */
export function dailyFunnelView({ name, double, dayNumber }: ViewDialect): string {
  const week = `OVER (ORDER BY ${dayNumber('date')} RANGE BETWEEN 6 PRECEDING AND CURRENT ROW)`;
  const asDouble = (expression: string): string => `CAST(${expression} AS ${double})`;
  const ratio = (above: string, below: string): string =>
    `${asDouble(above)} / NULLIF(${asDouble(below)}, 0)`;
  const columns = [
    'date',
    ...SUMMED,
    ...RATES.map(([rate, above, below]) => `${ratio(above, below)} AS ${rate}`),
    ...AVERAGED.map((measure) => `${ratio(`SUM(${measure}) ${week}`, `COUNT(*) ${week}`)} AS ${measure}_7d`),
    ...RATES.map(
      ([rate, above, below]) => `${ratio(`SUM(${above}) ${week}`, `SUM(${below}) ${week}`)} AS ${rate}_7d`,
    ),
  ];
  return [
    `CREATE OR REPLACE VIEW ${name(DAILY_FUNNEL)} AS`,
    `SELECT ${columns.join(',\n  ')}`,
    `FROM (SELECT date, ${SUMMED.map((measure) => `SUM(${measure}) AS ${measure}`).join(', ')} FROM ${name(goldFunnelDailyBrand.name)} GROUP BY date) AS days`,
  ].join('\n');
}

/** All views of an output, as statements. */
export function viewStatements(dialect: ViewDialect): string[] {
  return [
    ...CLOSING_TABLES.map((table) => closedView(table, dialect)),
    openAnomaliesView(dialect),
    dailyFunnelView(dialect),
  ];
}

/** Tables that a live and a history output are joined by, and what of a row's key is its time. */
export const JOINED_TABLES: readonly { readonly table: Table; readonly time: string; readonly by: Table }[] =
  [
    ...CLOSING_TABLES.map((table) => ({ table, time: table.key[0], by: table })),
    { table: goldAnomaliesHourlyBrand, time: 'window_start', by: goldFunnelHourlyBrand },
  ];

/**
 * A table of a live output and of a history as one: an hour, or day, that the live one has is the live one's with all its rows, whatever the history says of it. So sums over brands are those of one of the
 * two, never a mixture. For anomalies, the hours are those of the brands' hourly rows: an hour that is no anomaly any more has none.
 *
 * @param view the view's full name
 */
export function joinedView(
  view: string,
  { table, time, by }: (typeof JOINED_TABLES)[number],
  live: ViewDialect,
  history: ViewDialect,
): string {
  const columns = (rows: string): string =>
    Object.keys(table.columns)
      .map((column) => `${rows}.${column}`)
      .join(', ');
  return [
    `CREATE OR REPLACE VIEW ${view} AS`,
    `SELECT ${columns('l')} FROM ${live.name(table.name)} AS l`,
    'UNION ALL',
    `SELECT ${columns('h')} FROM ${history.name(table.name)} AS h`,
    `WHERE NOT EXISTS (SELECT 1 FROM ${live.name(by.name)} AS o WHERE o.${time} = h.${time})`,
  ].join('\n');
}
