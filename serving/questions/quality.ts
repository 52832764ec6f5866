/** What became of all records, by the ledger, and why some were rejected. Of the whole output: a record without a usable time belongs to no period. */
import { required } from '../../schema/column';
import type { Answer } from '../../schema/question';
import { deadLetters, pipelineLedger } from '../../schema/tables';
import type { Store } from './store';

const LEDGER_COLUMNS = {
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

export async function ledgerTotals({ ask, dialect }: Store): Promise<LedgerTotals> {
  const { column } = dialect;
  const sums = ['read', 'counted', 'duplicates', 'rejected', 'late_dropped', 'redriven', 'unaccounted'].map(
    (name) => `COALESCE(SUM(${column(name)}), 0) AS ${column(name)}`,
  );
  const unknown = ['late_dropped', 'unaccounted'].map((name) => `COUNT(*) - COUNT(${name})`);
  const [totals] = await ask({
    sql: `SELECT ${sums.join(', ')}, ${unknown[0]} AS late_unknown, ${unknown[1]} AS unaccounted_unknown FROM ${dialect.table(pipelineLedger.name)}`,
    parameters: {},
    columns: LEDGER_COLUMNS,
  });
  return totals;
}

/** The most frequent reason first. */
export function rejectReasons({ ask, dialect }: Store): Promise<RejectReason[]> {
  return ask({
    sql: `SELECT reason, COUNT(*) AS records FROM ${dialect.table(deadLetters.name)} GROUP BY reason ORDER BY records DESC, reason`,
    parameters: {},
    columns: REASON_COLUMNS,
  });
}
