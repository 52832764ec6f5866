/** Jobs of BigQuery: started once, however often one asks; waited for; begun again where the service says that it was its own fault. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BigQuery } from '@google-cloud/bigquery';
import { isPassing, isThere, JobError } from './service_error';

/** Where jobs run. */
export interface JobPlace {
  readonly client: BigQuery;
  /** The dataset's: a job runs where its data is. */
  readonly location: string;
}

/** A run's id as names of jobs and tables can have it. */
export function idText(runId: string): string {
  return runId.replaceAll(/[^A-Za-z0-9]/g, '_');
}

/** The id of the job that switches the tables, but for its attempt. */
export function switchJob(runId: string): string {
  return `funnelpulse_${idText(runId)}_switch`;
}

const ATTEMPTS = 5;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2000;

interface JobProblem {
  readonly reason?: string;
  readonly message?: string;
}

interface JobState {
  readonly statistics?: { query?: { numDmlAffectedRows?: string } };
  readonly status?: { state?: string; errorResult?: JobProblem; errors?: readonly JobProblem[] };
}

/**
 * Starts a job and waits for its end. Its id is made of `id`, so that asking for it again, from another process too, starts nothing but waits for the same job.
 *
 * @param id letters, digits, _ and -, of this work alone
 * @param start starts the job under the id that it is given
 * @param retry says whether what a job ended with is worth another job, besides what passes by itself
 * @throws {JobError} what the job ended with, or the error of a call
 */
export async function runJob(
  place: JobPlace,
  id: string,
  start: (jobId: string) => Promise<unknown>,
  retry: (error: unknown) => boolean = () => false,
): Promise<JobState> {
  for (let attempt = 0; ; attempt++) {
    try {
      const jobId = `${id}_${attempt}`;
      await startOnce(() => start(jobId));
      return await jobEnded(place, jobId);
    } catch (error) {
      if (!(error instanceof JobError) || !(isPassing(error) || retry(error)) || attempt + 1 >= ATTEMPTS)
        throw error;
      await delay(waitMs(attempt + 3));
    }
  }
}

/** A start whose answer was lost is made again under the same id: if the job is there after all, that is as good as having started it. */
async function startOnce(start: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await start();
      return;
    } catch (error) {
      if (isThere(error) || hasStarted(error)) return;
      if (!isPassing(error) || attempt >= ATTEMPTS) throw error;
      await delay(waitMs(attempt + 1));
    }
  }
}

/** Of a query that has failed by the time its start is answered the library throws the failure. The job is there all the same, and says more. */
function hasStarted(error: unknown): boolean {
  const { response } = (error ?? {}) as { response?: { jobReference?: unknown } };
  return response?.jobReference !== undefined;
}

/** Waits for a job. @throws {JobError} what it ended with, or the error of a call: there may be no such job */
export async function jobEnded({ client, location }: JobPlace, jobId: string): Promise<JobState> {
  const job = client.job(jobId, { location });
  for (let look = 0; ; look++) {
    const [state] = (await job.getMetadata()) as unknown as [JobState];
    if (state.status?.state === 'DONE') {
      const { errorResult, errors = [] } = state.status;
      if (errorResult !== undefined) throw failureOf(errorResult, errors);
      return state;
    }
    await delay(waitMs(look));
  }
}

/** Of a load that met rows it can't read the result says only that it did; the last of the others says in which one and why. */
function failureOf(
  { reason = '', message = 'the job failed' }: JobProblem,
  others: readonly JobProblem[],
): JobError {
  const detail = others.findLast((other) => other.message && other.message !== message)?.message;
  return new JobError(reason, detail === undefined ? message : `${message.replace(/\.$/, '')}: ${detail}`);
}

function waitMs(look: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** look);
}

/** Runs SQL that gives rows. */
export async function queryRows(
  { client, location }: JobPlace,
  query: string,
  params?: Record<string, unknown>,
): Promise<Record<string, unknown>[]> {
  const [rows] = await client.query({ query, location, ...(params && { params }) });
  return rows;
}

/** Runs a statement that changes rows, and returns how many it has changed. */
export async function changedRows(
  { client, location }: JobPlace,
  query: string,
  params: Record<string, unknown>,
): Promise<number> {
  const [job] = await client.createQueryJob({ query, location, params });
  await job.getQueryResults();
  const [{ statistics }] = (await job.getMetadata()) as unknown as [JobState];
  return Number(statistics?.query?.numDmlAffectedRows ?? 0);
}
