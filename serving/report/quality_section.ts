/** Data quality: what became of every record. */

import { countText, percentText } from '../numbers';
import { rate } from '../questions/funnel';
import type { LedgerTotals } from '../questions/quality';
import { table } from './funnel_table';
import type { ReportData } from './gather';
import { type Html, html } from './html';

export function qualitySection({ ledger, rejects }: ReportData): Html {
  const share = (count: number): string => percentText(rate(count, ledger.read));
  const line = (name: string, count: number): string[] => [name, countText(count), share(count)];
  return html`<section aria-labelledby="quality"><h2 id="quality">Data quality</h2>
<p class="faint">Of all that is in the output, not of the period alone: records without a usable time belong to none.</p>
${table(
  ['Records', 'Number', 'Of those read'],
  [
    line('Read', ledger.read),
    line('Counted', ledger.counted),
    line('Duplicates', ledger.duplicates),
    line('Rejected', ledger.rejected),
    line('Too late', ledger.late_dropped),
    line('Unaccounted for', ledger.unaccounted),
    ...(ledger.redriven === 0 ? [] : [line('Sent again after a rejection', ledger.redriven)]),
  ],
)}${unknown(ledger)}
<h3>Rejected by reason</h3>
${
  rejects.length === 0
    ? html`<p>No record was rejected.</p>`
    : table(
        ['Reason', 'Records', 'Of those read'],
        rejects.map(({ reason, records }) => line(reason, records)),
      )
}</section>
`;
}

/** What the numbers above can't say. */
function unknown({ late_unknown, unaccounted_unknown }: LedgerTotals): Html | null {
  const sentences = [
    late_unknown > 0 && `In ${countText(late_unknown)} hours nobody counted records that came too late.`,
    unaccounted_unknown > 0 &&
      `Of ${countText(unaccounted_unknown)} hours nobody can say yet whether every record is accounted for.`,
  ].filter((sentence) => sentence !== false);
  return sentences.length === 0 ? null : html`<p>${sentences.join(' ')}</p>`;
}
