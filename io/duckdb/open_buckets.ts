/** Which rows of a stream's ledger don't balance though nothing can come for them any more, as SQL. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { quote } from '../../schema/duckdb';
import { HOUR_MS } from '../../schema/events';
import { pipelineLedger } from '../../schema/tables';
import type { OpenBucket } from '../open_bucket';
import type { RunIdentity } from '../run_identity';
import { watermarkOf } from '../stream_watermark';

const LEDGER = quote(pipelineLedger.name);

/**
 * The rows that should balance by now and don't, in the order of their hours.
 *
 * An hour's last moment is a millisecond before its end; it expires when the watermark is beyond that moment and the lateness, so for watermarks of whole milliseconds when it is at the end and the lateness.
 * By then the accumulators have given out all that they took in, and what comes later is counted as late when it is read. The run's watermark is the least of all groupings', so it is never ahead of theirs. It
 * is this run's own: the one in `runs` may come from a flush that a crash has cut off.
 */
export async function openBuckets(connection: DuckDBConnection, run: RunIdentity): Promise<OpenBucket[]> {
  const watermark = watermarkOf(run.watermark);
  const closed =
    watermark === null
      ? 'true'
      : `epoch_ms(window_start) <= (${watermark - HOUR_MS - run.allowed_lateness_ms})::BIGINT`;
  const found = await connection.runAndReadAll(
    `SELECT bucket, unaccounted FROM ${LEDGER} WHERE unaccounted <> 0 AND (window_start IS NULL OR ${closed}) ORDER BY window_start NULLS LAST`,
  );
  return found
    .getRows()
    .map(([bucket, unaccounted]) => ({ bucket: String(bucket), unaccounted: Number(unaccounted) }));
}

/**
 * Takes its judgement from every row that a flush of this commit or a later one has written before: a crash has cut that one off, so its numbers are not those of the state that the run went on from. A
 * row comes again with whatever changes its day; until then, nobody can say whether it balances.
 */
export function doubtCutOff(commit: number): string {
  return `UPDATE ${LEDGER} SET unaccounted = NULL WHERE "commit" >= ${commit} AND unaccounted IS NOT NULL`;
}
