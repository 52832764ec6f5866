/** The actions of `funnelpulse dataflow`. */
import { deleteFolder } from '../../io/gcs/delete_folder';
import { InputError } from '../../io/input_error';
import { consoleLink, DataflowClient, type RemoteJob } from '../../runners/dataflow/dataflow_client';
import { DataflowError } from '../../runners/dataflow/dataflow_error';
import { endOf, stateText } from '../../runners/dataflow/job_state';
import { PATIENCE, RestTransport, WATCH_PATIENCE } from '../../runners/dataflow/rest_transport';
import { requireGoodEnd, watchJob } from '../../runners/dataflow/watch_job';
import type { DataflowArguments } from '../commands/dataflow';
import { findJob } from './find_job';
import { watchInterruptibly } from './interrupted_watch';
import { jobLog } from './job_log';
import { activeJobsText, jobStatusText } from './job_status';

export async function actOnJob({ action, job: name, project, region }: DataflowArguments): Promise<void> {
  const patience = action === 'watch' ? WATCH_PATIENCE : PATIENCE;
  const client = new DataflowClient(new RestTransport({ project, region }, patience), project, region);
  if (name === undefined) {
    if (action !== 'status')
      throw new InputError(`which job to ${action} is missing: funnelpulse dataflow ${action} JOB`);
    process.stdout.write(await activeJobsText(client));
    return;
  }
  const job = await findJob(client, name);
  switch (action) {
    case 'status':
      process.stdout.write(await jobStatusText(client, job));
      return;
    case 'watch':
      return watch(client, job);
    case 'drain':
      return drain(client, job);
    case 'cancel':
      return cancel(client, job);
    case 'delete':
      return remove(client, job);
  }
}

async function watch(client: DataflowClient, { id, type }: RemoteJob): Promise<void> {
  const link = consoleLink(client.project, client.region, id);
  const streaming = type !== 'JOB_TYPE_BATCH';
  const { ended, chosen } = await watchInterruptibly(
    client,
    { id, streaming, left: `the job goes on: ${link}` },
    jobLog(say),
  );
  if (chosen === 'cancel' && ended.end === 'cancelled') return;
  requireGoodEnd(ended, link);
}

async function drain(client: DataflowClient, job: RemoteJob): Promise<void> {
  requireActive(job);
  if (job.type === 'JOB_TYPE_BATCH')
    throw new InputError(`${job.name} is a batch job, which can’t be drained: cancel it`);
  await client.request(job.id, 'JOB_STATE_DRAINED');
  say(
    `${job.name} takes in nothing more and ends when what it has read is worked off. Follow it: funnelpulse dataflow watch ${job.id} --project ${client.project} --region ${client.region}`,
  );
}

async function cancel(client: DataflowClient, job: RemoteJob): Promise<void> {
  requireActive(job);
  await client.request(job.id, 'JOB_STATE_CANCELLED');
  say(`${job.name} is being cancelled`);
}

/** Ends the job and removes what it has put into Cloud Storage; tables, subscription and image stay. */
async function remove(client: DataflowClient, job: RemoteJob): Promise<void> {
  if (endOf(job.currentState) === null) {
    await client.request(job.id, 'JOB_STATE_CANCELLED');
    await watchJob(client, job.id, jobLog(say));
  }
  const { environment } = await client.get(job.id, 'all');
  const options = environment?.sdkPipelineOptions?.options;
  const folders = [options?.staging_location, options?.temp_location];
  let objects = 0;
  for (const folder of folders)
    if (typeof folder === 'string' && isOwnFolder(folder, job.name)) objects += await deleteFolder(folder);
  say(`${job.name} has ended, and ${objects} of its objects in Cloud Storage are deleted. Its tables stay`);
}

/** A folder that this program has made for a job of the name, and nothing else: gs://…/NAME.TIME. */
export function isOwnFolder(folder: string, name: string): boolean {
  const last = folder.slice(folder.lastIndexOf('/') + 1);
  return (
    folder.startsWith('gs://') && last.startsWith(`${name}.`) && /^\d{13}$/.test(last.slice(name.length + 1))
  );
}

function requireActive({ name, currentState }: RemoteJob): void {
  if (endOf(currentState) !== null)
    throw new DataflowError(`the job ${name} is ${stateText(currentState)} already`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
