/** Jobs that load rows of one table. */
import type { Table } from '../../schema/table';
import { type JobPlace, runJob } from './jobs';
import { JobError } from './service_error';

/** How far loading is, in rows. */
export type LoadProgress = (rows: number) => void;

/** The run that loads. */
export interface LoadingRun {
  readonly runId: string;
  /** Where the part that is being sent is written; null where rows are staged in Cloud Storage, all of them, which BigQuery reads itself. */
  readonly folder: string | null;
  readonly onLoaded: LoadProgress;
  /** Aborted where another load has failed: no further part is begun. */
  readonly signal: AbortSignal;
}

/** Runs a job that loads rows of a table, as {@link runJob} does. @throws {JobError} which also says of which table the rows are: BigQuery says only in which line one stands */
export async function runLoad(
  place: JobPlace,
  table: Table,
  id: string,
  start: (jobId: string) => Promise<unknown>,
): Promise<void> {
  try {
    await runJob(place, id, start);
  } catch (error) {
    throw error instanceof JobError
      ? new JobError(error.reason, `loading ${table.name}: ${error.message}`)
      : error;
  }
}
