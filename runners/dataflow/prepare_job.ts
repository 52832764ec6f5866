/** A pipeline → its bytes, where they go, and the job that names them. Nothing is sent. */
import { createHash, randomBytes } from 'node:crypto';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { DataflowError } from './dataflow_error';
import { jobOf } from './job';
import { type JobOptions, optionFaults } from './job_options';
import type { Job } from './job_schema';
import { inImage, isStreaming } from './service_graph';

/** What a job is made of. */
export interface PreparedJob {
  /** The serialised pipeline. */
  readonly proto: Uint8Array;
  /** gs://…/pipeline.pb, where it has to be before the job is posted. */
  readonly url: string;
  readonly job: Job;
}

/** @throws {DataflowError} one message with everything that is wrong with the options */
export function prepareJob(
  pipeline: runnerApi.Pipeline,
  options: JobOptions,
  now: number = Date.now(),
): PreparedJob {
  refuseFaults(optionFaults(options, isStreaming(pipeline)));
  const proto = runnerApi.Pipeline.toBinary(inImage(pipeline, options.image));
  const { staging, temp } = runFolders(options, now);
  const url = `${staging}/pipeline.pb`;
  const hash = createHash('sha256').update(proto).digest('hex');
  const staged = { url, hash, staging, temp };
  // Read back from the bytes: the job speaks of exactly what is staged.
  const job = jobOf(runnerApi.Pipeline.fromBinary(proto), staged, options);
  return { proto, url, job: { ...job, clientRequestId: requestId(now) } };
}

/** @throws {DataflowError} where there are any */
export function refuseFaults(faults: readonly string[]): void {
  if (faults.length === 1) throw new DataflowError(faults[0]);
  if (faults.length > 1)
    throw new DataflowError(
      `${faults.length} options are wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
}

/** The folders of a job that is prepared at a time, milliseconds since 1970. */
export function runFolders(
  { jobName, stagingLocation, tempLocation }: JobOptions,
  now: number,
): { staging: string; temp: string } {
  const run = `${jobName}.${now}`;
  return { staging: `${folderOf(stagingLocation)}/${run}`, temp: `${folderOf(tempLocation)}/${run}` };
}

function folderOf(location: string): string {
  return location.replace(/\/+$/, '');
}

/** Of this submission alone: by it the service knows a request that comes again. */
function requestId(now: number): string {
  const time = new Date(now).toISOString().replaceAll(/\D/g, '');
  return `${time}-${randomBytes(4).toString('hex')}`;
}
