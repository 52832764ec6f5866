/** Data quality: what became of every record. */
import { LEDGER_TITLES, ledgerLines, NO_REJECTS, rejectLines, unknownInLedger } from '../ledger_lines';
import { table } from './funnel_table';
import type { ReportData } from './gather';
import { type Html, html } from './html';

export function qualitySection({ ledger, rejects }: ReportData): Html {
  const unknown = unknownInLedger(ledger);
  return html`<section aria-labelledby="quality"><h2 id="quality">Data quality</h2>
<p class="faint">Of all that is in the output, not of the period alone: records without a usable time belong to none.</p>
${table(LEDGER_TITLES, ledgerLines(ledger))}${unknown === null ? null : html`<p>${unknown}</p>`}
<h3>Rejected by reason</h3>
${
  rejects.length === 0
    ? html`<p>${NO_REJECTS}</p>`
    : table(['Reason', 'Records', 'Of those read'], rejectLines(rejects, ledger))
}</section>
`;
}
