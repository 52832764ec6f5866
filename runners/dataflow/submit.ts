/** Hands a job to Dataflow: the pipeline into Cloud Storage, the job to the service; or the job into a template file. */

import { consoleLink, type DataflowClient, type RemoteJob } from './dataflow_client';
import { DataflowError } from './dataflow_error';
import { templateOf } from './job';
import type { Job } from './job_schema';
import type { PreparedJob } from './prepare_job';

/** Puts bytes into an object of Cloud Storage, `gs://BUCKET/NAME`. */
export type Upload = (path: string, bytes: Uint8Array, contentType: string) => Promise<void>;

/** That a running job is to be replaced. */
export interface Update {
  /** Names of steps in the running job → in this one, where they differ. */
  readonly transformNameMapping: Readonly<Record<string, string>>;
}

export interface SubmittedJob {
  readonly id: string;
  /** Page in the console. */
  readonly link: string;
}

/**
 * Starts a job, or puts it in the place of the running one of its name.
 *
 * @param update null: an active job of the name is an error
 * @throws {DataflowError} where a job of the name is active and was not to be replaced, where there is none to replace, or where the service refuses
 */
export async function submit(
  { proto, url, job }: PreparedJob,
  client: DataflowClient,
  upload: Upload,
  update: Update | null,
): Promise<SubmittedJob> {
  const replacing = update === null ? {} : await replacement(client, job.name, update);
  await upload(url, proto, 'application/octet-stream');
  const body: Job = { ...job, ...replacing };
  const created = (await client.create(body)) ?? (await activeJob(client, body));
  // The service answers with the job that is there, where one of the name is.
  const { id, clientRequestId } = created;
  if (clientRequestId !== undefined && clientRequestId !== body.clientRequestId)
    throw inUse(client, job.name, id);
  return { id, link: consoleLink(client.project, client.region, id) };
}

/** @throws {DataflowError} where a job of the name is active: said before anything is prepared for one that could not start */
export async function refuseActive(client: DataflowClient, name: string): Promise<void> {
  const [active] = await client.list('ACTIVE', name);
  if (active !== undefined) throw inUse(client, name, active.id);
}

/** Writes the job as a template, from which others launch it: Terraform, a scheduler, the console. */
export async function writeTemplate(
  { proto, url, job }: PreparedJob,
  path: string,
  upload: Upload,
): Promise<void> {
  await upload(url, proto, 'application/octet-stream');
  await upload(path, Buffer.from(jobText(templateOf(job))), 'application/json');
}

/** A job as a file holds it. */
export function jobText(job: Job): string {
  return `${JSON.stringify(job, null, 2)}\n`;
}

async function replacement(
  client: DataflowClient,
  name: string,
  { transformNameMapping }: Update,
): Promise<Pick<Job, 'replaceJobId' | 'transformNameMapping'>> {
  const [running] = await client.list('ACTIVE', name);
  if (running === undefined)
    throw new DataflowError(
      `there is no running job ${name} in ${client.region} of ${client.project} to update. Leave --update out to start it, or correct --job-name`,
    );
  return {
    replaceJobId: running.id,
    ...(Object.keys(transformNameMapping).length > 0 && { transformNameMapping }),
  };
}

/** The service says that a job of the name is active: it may be this one, by an earlier attempt whose answer was lost. */
async function activeJob(client: DataflowClient, { name }: Job): Promise<RemoteJob> {
  const [active] = await client.list('ACTIVE', name);
  if (active === undefined)
    throw new DataflowError(
      `cannot start the job ${name}: Dataflow says that an active job has its name, and lists none. Try again in a minute, or choose another --job-name`,
    );
  return { clientRequestId: '', ...(await client.get(active.id, 'all')) };
}

function inUse(client: DataflowClient, name: string, id: string): DataflowError {
  return new DataflowError(
    `a job ${name} is active already in ${client.region} of ${client.project}: ${consoleLink(client.project, client.region, id)}. Replace it with --update, end it, or choose another --job-name`,
  );
}
