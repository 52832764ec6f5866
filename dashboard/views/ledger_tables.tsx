/** What became of all records, by the ledger. */
import { countText, percentText } from '../../serving/numbers';
import { rate } from '../../serving/questions/funnel';
import type { Ledger } from '../api';
import { NumberTable } from '../parts/number_table';

const TITLES = ['Number', 'Of those read'];

export function LedgerTables({ books: { totals, rejects } }: { readonly books: Ledger }) {
  const line = (name: string, count: number): string[] => [
    name,
    countText(count),
    percentText(rate(count, totals.read)),
  ];
  const unknown = [
    totals.late_unknown > 0 &&
      `In ${countText(totals.late_unknown)} hours nobody counted records that came too late.`,
    totals.unaccounted_unknown > 0 &&
      `Of ${countText(totals.unaccounted_unknown)} hours nobody can say yet whether every record is accounted for.`,
  ].filter((sentence) => sentence !== false);
  return (
    <section>
      <h2>Records</h2>
      <NumberTable
        caption="What became of every record"
        titles={['Records', ...TITLES]}
        rows={[
          line('Read', totals.read),
          line('Counted', totals.counted),
          line('Duplicates', totals.duplicates),
          line('Rejected', totals.rejected),
          line('Too late', totals.late_dropped),
          line('Unaccounted for', totals.unaccounted),
          ...(totals.redriven === 0 ? [] : [line('Sent again after a rejection', totals.redriven)]),
        ]}
      />
      {unknown.length === 0 ? null : <p>{unknown.join(' ')}</p>}
      {rejects.length === 0 ? (
        <p>No record was rejected.</p>
      ) : (
        <NumberTable
          caption="Rejected, by reason"
          titles={['Reason', ...TITLES]}
          rows={rejects.map(({ reason, records }) => line(reason, records))}
        />
      )}
    </section>
  );
}
