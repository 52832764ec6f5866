/** What became of all records, in lines of a table: texts that the report and the dashboard share. */
import { countText, percentText } from './numbers';
import { rate } from './questions/funnel';
import type { LedgerTotals, RejectReason } from './questions/quality';

export const LEDGER_TITLES = ['Records', 'Number', 'Of those read'] as const;

/** Under {@link LEDGER_TITLES}. */
export function ledgerLines(totals: LedgerTotals): string[][] {
  const line = (name: string, count: number): string[] => lineOf(name, count, totals);
  return [
    line('Read', totals.read),
    line('Counted', totals.counted),
    line('Duplicates', totals.duplicates),
    line('Rejected', totals.rejected),
    line('Too late', totals.late_dropped),
    line('Unaccounted for', totals.unaccounted),
    ...(totals.redriven === 0 ? [] : [line('Sent again after a rejection', totals.redriven)]),
  ];
}

/** Reason, number, and their share of what was read. */
export function rejectLines(rejects: readonly RejectReason[], totals: LedgerTotals): string[][] {
  return rejects.map(({ reason, records }) => lineOf(reason, records, totals));
}

export const NO_REJECTS = 'No record was rejected.';

/** What the lines can't say; null where they say it all. */
export function unknownInLedger({ late_unknown, unaccounted_unknown }: LedgerTotals): string | null {
  const sentences = [
    late_unknown > 0 && `In ${countText(late_unknown)} hours nobody counted records that came too late.`,
    unaccounted_unknown > 0 &&
      `Of ${countText(unaccounted_unknown)} hours nobody can say yet whether every record is accounted for.`,
  ].filter((sentence) => sentence !== false);
  return sentences.length === 0 ? null : sentences.join(' ');
}

function lineOf(name: string, count: number, { read }: LedgerTotals): string[] {
  return [name, countText(count), percentText(rate(count, read))];
}
