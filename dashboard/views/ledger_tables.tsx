/** What became of all records, by the ledger. */
import {
  LEDGER_TITLES,
  ledgerLines,
  NO_REJECTS,
  rejectLines,
  unknownInLedger,
} from '../../serving/ledger_lines';
import type { Ledger } from '../api';
import { NumberTable } from '../parts/number_table';

const REJECT_TITLES = ['Reason', ...LEDGER_TITLES.slice(1)];

export function LedgerTables({ books: { totals, rejects } }: { readonly books: Ledger }) {
  const unknown = unknownInLedger(totals);
  return (
    <section>
      <h2>Records</h2>
      <NumberTable caption="What became of every record" titles={LEDGER_TITLES} rows={ledgerLines(totals)} />
      {unknown === null ? null : <p>{unknown}</p>}
      {rejects.length === 0 ? (
        <p>{NO_REJECTS}</p>
      ) : (
        <NumberTable
          caption="Rejected, by reason"
          titles={REJECT_TITLES}
          rows={rejectLines(rejects, totals)}
        />
      )}
    </section>
  );
}
