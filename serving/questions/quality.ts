/** What became of records, by the ledger, and why some were rejected. Of a range, or of the whole output: a record without a usable time belongs to no range. */
import { required } from '../../schema/column';
import type { Answer } from '../../schema/question';
import { deadLetters, type LedgerRow, pipelineLedger } from '../../schema/tables';
import { behind, type OrderColumn, orderBy, type Position } from './paging';
import type { QuestionDialect, Store } from './store';
import { LATEST, type TimeRange } from './time_range';

export const LEDGER_COLUMNS = {
  read: required('int64', 'Records read'),
  counted: required('int64', 'Records that count'),
  duplicates: required('int64', 'Records that repeat another'),
  rejected: required('int64', 'Records in dead_letters'),
  late_dropped: required('int64', 'Records behind the allowed lateness, where somebody counted them'),
  redriven: required('int64', 'Dead letters that were published again'),
  unaccounted: required('int64', 'Records of which nobody knows, where somebody can say'),
  late_unknown: required('int64', 'Hours whose late records nobody counted'),
  unaccounted_unknown: required('int64', 'Hours of which nobody can say yet whether all is accounted for'),
};
const REASON_COLUMNS = {
  reason: required('text', 'Reject reason'),
  records: required('int64', 'Dead letters'),
};

export type LedgerTotals = Answer<typeof LEDGER_COLUMNS>;
export type RejectReason = Answer<typeof REASON_COLUMNS>;

/** @param range by the hours of the events; null for all, with records that have no usable time */
export async function ledgerTotals(
  { ask, dialect }: Store,
  range: TimeRange | null = null,
): Promise<LedgerTotals> {
  const { column } = dialect;
  const sums = ['read', 'counted', 'duplicates', 'rejected', 'late_dropped', 'redriven', 'unaccounted'].map(
    (name) => `COALESCE(SUM(${column(name)}), 0) AS ${column(name)}`,
  );
  const unknown = ['late_dropped', 'unaccounted'].map((name) => `COUNT(*) - COUNT(${name})`);
  const [totals] = await ask({
    sql: `SELECT ${sums.join(', ')}, ${unknown[0]} AS late_unknown, ${unknown[1]} AS unaccounted_unknown FROM ${dialect.table(pipelineLedger.name)} WHERE ${timed(dialect, 'window_start', range)}`,
    parameters: timesOf(range),
    columns: LEDGER_COLUMNS,
  });
  return totals;
}

/** The most frequent reason first. @param range by the records' event time; null for all */
export function rejectReasons(
  { ask, dialect }: Store,
  range: TimeRange | null = null,
): Promise<RejectReason[]> {
  return ask({
    sql: `SELECT reason, COUNT(*) AS records FROM ${dialect.table(deadLetters.name)} WHERE ${timed(dialect, 'event_time', range)} GROUP BY reason ORDER BY records DESC, reason`,
    parameters: timesOf(range),
    columns: REASON_COLUMNS,
  });
}

/** Hours in their order; records without a usable time, `unknown`, are behind them all. */
export const LEDGER_ORDER: readonly OrderColumn[] = [{ expression: 'bucket', type: 'text' }];

/** Where a row stands in {@link LEDGER_ORDER}. */
export function ledgerPosition({ bucket }: LedgerRow): Position {
  return [bucket];
}

/** The ledger hour by hour. @param after the last row of the page before; null for the first @param most how many */
export function ledgerRows(
  { ask, dialect }: Store,
  range: TimeRange | null,
  after: Position | null,
  most: number,
): Promise<LedgerRow[]> {
  const names = Object.keys(pipelineLedger.columns).map(dialect.column);
  const page = behind(dialect, LEDGER_ORDER, after);
  return ask({
    sql: `SELECT ${names.join(', ')} FROM ${dialect.table(pipelineLedger.name)} WHERE ${timed(dialect, 'window_start', range)} AND ${page.sql} ${orderBy(LEDGER_ORDER)} LIMIT ${dialect.parameter('most')}`,
    parameters: { ...timesOf(range), ...page.parameters, most },
    columns: pipelineLedger.columns,
  });
}

function timed({ time }: QuestionDialect, column: string, range: TimeRange | null): string {
  return range === null ? 'TRUE' : `${column} >= ${time('from')} AND ${column} < ${time('to')}`;
}

function timesOf(range: TimeRange | null): Record<string, number> {
  return range === null ? {} : { from: range.from, to: Math.min(range.to, LATEST) };
}
