import { runs } from '../../schema/tables';
import { type DatasetName, qualified } from './dataset_name';
import { type JobPlace, jobEnded, queryRows, switchJob } from './jobs';
import { isMissing, isNoTable, JobError } from './service_error';

/** What a finished run says of itself in `runs`. */
export interface RunCounts {
  readonly read: number;
  readonly counted: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly tables: Record<string, number>;
}

/** The counts of a run whose rows are in the tables; null where it has not come to that. */
export async function publishedCounts(
  place: JobPlace,
  dataset: DatasetName,
  runId: string,
): Promise<RunCounts | null> {
  try {
    const [row] = await queryRows(
      place,
      `SELECT TO_JSON_STRING(counts) AS counts FROM ${qualified(dataset, runs.name)} WHERE run_id = @run AND status = 'done'`,
      { run: runId },
    );
    return row === undefined ? null : (JSON.parse(String(row.counts)) as RunCounts);
  } catch (error) {
    if (isNoTable(error)) return null;
    throw error;
  }
}

/** Waits until the switch of a run that was interrupted is over, if it had begun: a job goes on when nobody waits for it. */
export async function switchEnded(place: JobPlace, runId: string): Promise<void> {
  try {
    for (let attempt = 0; ; attempt++)
      await jobEnded(place, `${switchJob(runId)}_${attempt}`).catch(passFailed);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** A job that has failed has ended. */
function passFailed(error: unknown): void {
  if (!(error instanceof JobError)) throw error;
}
