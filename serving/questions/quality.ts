/** What became of records, by the ledger, and why some were rejected. Of a range, or of the whole output: a record without a usable time belongs to no range. */
import { deadLetters, type LedgerRow, pipelineLedger } from '../../schema/tables';
import {
  columnOf,
  columnsOf,
  counted,
  type Filter,
  missingIn,
  type Order,
  type Position,
  type Selected,
  sumOf,
} from './selection';
import type { Store } from './store';
import { type TimeRange, withinTimes } from './time_range';

const TOTAL_FIELDS = {
  read: sumOf('read', 'int64', 'Records read'),
  counted: sumOf('counted', 'int64', 'Records that count'),
  duplicates: sumOf('duplicates', 'int64', 'Records that repeat another'),
  rejected: sumOf('rejected', 'int64', 'Records in dead_letters'),
  late_dropped: sumOf(
    'late_dropped',
    'int64',
    'Records behind the allowed lateness, where somebody counted them',
  ),
  redriven: sumOf('redriven', 'int64', 'Dead letters that were published again'),
  unaccounted: sumOf('unaccounted', 'int64', 'Records of which nobody knows, where somebody can say'),
  late_unknown: missingIn('late_dropped', 'Hours whose late records nobody counted'),
  unaccounted_unknown: missingIn(
    'unaccounted',
    'Hours of which nobody can say yet whether all is accounted for',
  ),
};
const REASON_FIELDS = {
  reason: columnOf(deadLetters, 'reason'),
  records: counted('rows', 'Dead letters'),
};
const LEDGER_FIELDS = columnsOf(pipelineLedger, Object.keys(pipelineLedger.columns) as (keyof LedgerRow)[]);

export type LedgerTotals = Selected<typeof TOTAL_FIELDS>;
export type RejectReason = Selected<typeof REASON_FIELDS>;

const NO_RECORDS: LedgerTotals = {
  ...{ read: 0, counted: 0, duplicates: 0, rejected: 0, late_dropped: 0, redriven: 0, unaccounted: 0 },
  ...{ late_unknown: 0, unaccounted_unknown: 0 },
};

/** @param range by the hours of the events; null for all, with records that have no usable time */
export async function ledgerTotals({ select }: Store, range: TimeRange | null = null): Promise<LedgerTotals> {
  const where = timed('window_start', range);
  const [totals] = await select({ table: pipelineLedger, where, fields: TOTAL_FIELDS, by: [] });
  return totals ?? NO_RECORDS;
}

/** The most frequent reason first. @param range by the records' event time; null for all */
export async function rejectReasons(
  { select }: Store,
  range: TimeRange | null = null,
): Promise<RejectReason[]> {
  return select({
    table: deadLetters,
    where: timed('event_time', range),
    fields: REASON_FIELDS,
    by: ['reason'],
    order: [
      { field: 'records', type: 'int64', descending: true },
      { field: 'reason', type: 'text' },
    ],
  });
}

/** Hours in their order; records without a usable time, `unknown`, are behind them all. */
export const LEDGER_ORDER: readonly Order[] = [{ field: 'bucket', type: 'text' }];

/** Where a row stands in {@link LEDGER_ORDER}. */
export function ledgerPosition({ bucket }: LedgerRow): Position {
  return [bucket];
}

/** The ledger hour by hour. @param after the last row of the page before; null for the first @param most how many */
export function ledgerRows(
  { select }: Store,
  range: TimeRange | null,
  after: Position | null,
  most: number,
): Promise<LedgerRow[]> {
  return select({
    table: pipelineLedger,
    where: timed('window_start', range),
    fields: LEDGER_FIELDS,
    order: LEDGER_ORDER,
    ...{ after, most },
  });
}

function timed(column: string, range: TimeRange | null): Filter[] {
  return range === null ? [] : [withinTimes(column, range)];
}
