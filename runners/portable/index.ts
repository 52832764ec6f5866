/** Runs a pipeline on another Beam runner, by its job server: Prism, Flink and others of Beam's portability. */
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { WorkerPool } from '../harness/fn_api/worker_pool';
import type { Distribution } from '../harness/metrics';
import type { RunMetrics } from '../run_metrics';
import { StepError } from '../step_error';
import type { JobEnvironment } from './environment';
import { Importance, JobClient, type JobOption, JobState } from './job_client';
import { elementCounts, jobMetrics } from './job_metrics';
import { portableGraph } from './portable_graph';

export type { JobEnvironment } from './environment';
export { type JobOption, JobServerError } from './job_client';

export interface PortableRunnerOptions {
  /** Host and port of the job server. */
  readonly endpoint: string;
  /** Where workers come from; by default they run in this process, which needs what the graph's functions are registered in. */
  readonly environment?: JobEnvironment;
  readonly jobName?: string;
  /** Options of the runner, by their names in Beam: streaming, parallelism and others. */
  readonly options?: Readonly<Record<string, JobOption>>;
  /** Lets the runner combine before the shuffle, too (default false). */
  readonly liftCombines?: boolean;
  /** Aborted: the job is cancelled, and the run rejects with an AbortError. */
  readonly signal?: AbortSignal;
  /** Called now and then while the job runs. */
  readonly onProgress?: (progress: PortableProgress) => void;
}

export interface PortableProgress {
  /** In the words of Beam's job API: STARTING, RUNNING. */
  readonly state: string;
  readonly seconds: number;
  /** By counter name, summed over steps, as far as the runner knows. */
  readonly counters: ReadonlyMap<string, number>;
}

/** What the job has counted, as from the local runner. */
export interface PortableResult {
  readonly jobId: string;
  readonly counters: ReadonlyMap<string, number>;
  readonly stepCounters: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly distributions: ReadonlyMap<string, Distribution>;
  readonly stepDistributions: ReadonlyMap<string, ReadonlyMap<string, Distribution>>;
  /** Elements by PCollection's id. */
  readonly elements: ReadonlyMap<string, number>;
}

/** A job that did not end well. */
export class JobFailedError extends Error {
  override readonly name = 'JobFailedError';
  /** What a program exits with that does nothing else: the runner's reason says more than where it was read. */
  readonly exitCode = 1;

  /** @param state in the words of Beam's job API: FAILED, CANCELLED */
  constructor(
    readonly jobId: string,
    readonly state: string,
    reason: string,
  ) {
    super(`the job ${jobId} ended as ${state}${reason === '' ? '' : `: ${reason}`}`);
  }
}

/** How often a job is asked what it has counted, where somebody wants to know. */
const PROGRESS_MS = 500;

/** How long a job that has failed may take to say why. */
const LAST_WORDS_MS = 2000;

/**
 * Runs a pipeline to the end of its job.
 *
 * @throws JobServerError where the job server can't be reached, or takes no such job
 * @throws StepError where a step's code fails in a worker of this process: the first failure
 * @throws JobFailedError where the job fails otherwise, with what the runner says of it, or somebody else cancels it
 * @throws Error named AbortError where the signal was aborted
 */
export async function runPortable(
  pipeline: runnerApi.Pipeline,
  options: PortableRunnerOptions,
): Promise<PortableResult> {
  const { endpoint, environment, signal, liftCombines = false } = options;
  if (signal?.aborted) throw abortError(signal);
  const client = new JobClient(endpoint);
  const failures: unknown[] = [];
  const pool =
    environment === undefined
      ? await WorkerPool.start({ onFailure: (failure) => failures.push(failure) })
      : undefined;
  try {
    const graph = portableGraph(pipeline, {
      environment: environment ?? { kind: 'external', address: pool!.address },
      liftCombines,
    });
    const { metrics, ...job } = await runJob(client, graph, options, failures, () => pool && begun(pool));
    const { counters, stepCounters, distributions, stepDistributions } = metrics;
    return { ...job, counters, stepCounters, distributions, stepDistributions };
  } finally {
    await pool?.stop();
    client.close();
  }
}

/** Waits, where a job has ended before it asked for workers, until it does: Prism ends itself when it finds nobody to ask. */
function begun(pool: WorkerPool): Promise<unknown> {
  return Promise.race([pool.begun, new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS))]);
}

async function runJob(
  client: JobClient,
  graph: runnerApi.Pipeline,
  { jobName = 'funnelpulse', options = {}, signal, onProgress }: PortableRunnerOptions,
  failures: readonly unknown[],
  workersBegun: () => Promise<unknown> | undefined,
): Promise<{ jobId: string; metrics: RunMetrics; elements: Map<string, number> }> {
  const started = performance.now();
  const jobId = await client.start(graph, jobName, options);
  const cancel = () => void client.cancel(jobId).catch(() => undefined);
  if (signal?.aborted) cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  const errors: string[] = [];
  const told = client.messages(jobId, ({ importance, text }) => {
    if (importance === Importance.JOB_MESSAGE_ERROR) errors.push(text);
  });
  let state = JobState.STARTING;
  const progress = async () => {
    const counters = jobMetrics(await client.metrics(jobId), graph).counters;
    onProgress?.({ state: JobState[state], seconds: (performance.now() - started) / 1000, counters });
  };
  const asking = onProgress && setInterval(() => void progress().catch(() => undefined), PROGRESS_MS);
  try {
    const end = await client.end(jobId, (next) => {
      state = next;
    });
    if (signal?.aborted) {
      await workersBegun();
      throw abortError(signal);
    }
    if (end !== JobState.DONE) {
      // What has gone wrong in this process is there as it was thrown.
      await workersBegun();
      const ofStep = failures.find((failure) => failure instanceof StepError);
      if (ofStep !== undefined) throw ofStep;
      await Promise.race([told, new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS))]);
      throw new JobFailedError(jobId, JobState[end] ?? String(end), errors.at(-1) ?? '');
    }
    const infos = await client.metrics(jobId);
    return { jobId, metrics: jobMetrics(infos, graph), elements: elementCounts(infos) };
  } finally {
    clearInterval(asking);
    signal?.removeEventListener('abort', cancel);
  }
}

function abortError(signal: AbortSignal): Error {
  const error = new Error('The run was aborted', { cause: signal.reason });
  error.name = 'AbortError';
  return error;
}
