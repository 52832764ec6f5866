import type { DataflowClient, RemoteJob } from '../../runners/dataflow/dataflow_client';
import { DataflowError } from '../../runners/dataflow/dataflow_error';

/** As Dataflow makes them: 2026-01-01_00_00_00-1234567890. */
const JOB_ID = /^\d{4}-\d\d-\d\d_\d\d_\d\d_\d\d-\d+$/;

/** The job of an id; or that of a name which is active, or else the last one of it that has ended. @throws {DataflowError} where there is none */
export async function findJob(client: DataflowClient, job: string): Promise<RemoteJob> {
  if (JOB_ID.test(job)) return client.get(job);
  const [active] = await client.list('ACTIVE', job);
  if (active !== undefined) return active;
  const [last] = (await client.list('ALL', job)).sort((a, b) =>
    (a.createTime ?? '') < (b.createTime ?? '') ? 1 : -1,
  );
  if (last === undefined)
    throw new DataflowError(
      `there is no job ${job} in ${client.region} of ${client.project}: funnelpulse dataflow status lists those that are active`,
    );
  return last;
}
