/** The pipeline: how it is going, what became of every record, and who wrote here. */
import { countText, momentText, percentText } from '../../serving/numbers';
import { rate } from '../../serving/questions/funnel';
import { ledger, type Run, runs } from '../api';
import { usePage } from '../page_context';
import { NumberTable } from '../parts/number_table';
import { ViewOf } from '../parts/view_of';
import { hasBegun } from '../texts';
import { useRounds } from '../use_rounds';
import { LedgerTables } from './ledger_tables';
import { StreamStatus } from './stream_status';

const MOST_RUNS = 20;

export function Pipeline() {
  const { version } = usePage();
  const round = useRounds('pipeline', version, async (signal) => {
    const [books, rows] = await Promise.all([ledger(signal), runs(MOST_RUNS, signal)]);
    return { books, rows };
  });
  return (
    <>
      <StreamStatus />
      <ViewOf
        round={round}
        summary={({ books: { totals } }) =>
          `${countText(totals.read)} records read, ${percentText(rate(totals.rejected, totals.read))} rejected.`
        }
      >
        {({ books, rows }) => (
          <>
            <LedgerTables books={books} />
            <Runs rows={rows} />
          </>
        )}
      </ViewOf>
    </>
  );
}

function Runs({ rows }: { readonly rows: readonly Run[] }) {
  return (
    <section>
      <h2>Runs</h2>
      {rows.length === 0 ? (
        <p>None yet.</p>
      ) : (
        <NumberTable
          caption="Runs, the newest first"
          isCaptionUnseen
          titles={['Started', 'Mode', 'Status', 'Finished', 'Complete up to', 'Run']}
          rows={rows.map(({ started_at, mode, status, finished_at, watermark, run_id }) => [
            ...[momentText(started_at), mode, status, finished_at === null ? '–' : momentText(finished_at)],
            ...[
              watermark === null ? 'the end' : hasBegun(watermark) ? momentText(watermark) : 'nothing yet',
              run_id,
            ],
          ])}
        />
      )}
    </section>
  );
}
