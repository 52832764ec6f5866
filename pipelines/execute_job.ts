/** Runs a graph on a Beam job server. */
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { InputError } from '../io/input_error';
import type { RunProgress } from '../runners/local';
import { JobServerError, type PortableResult, runPortable } from '../runners/portable';
import type { RunnerChoice } from './runner_choice';

export interface JobRun {
  readonly runner: Extract<RunnerChoice, { name: 'job server' }>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
}

/** @throws InputError where the job server can't be asked, or does not take the job */
export async function executeJob(
  pipeline: runnerApi.Pipeline,
  { runner: { runner, endpoint, environment, options }, signal, onProgress }: JobRun,
): Promise<PortableResult> {
  try {
    return await runPortable(pipeline, {
      endpoint,
      ...(environment && { environment }),
      options,
      ...(signal && { signal }),
      ...(onProgress && {
        onProgress: ({ state, seconds, counters }) =>
          onProgress({
            stage: `${runner}, ${state.toLowerCase()}`,
            bundlesDone: 0,
            bundlesTotal: 0,
            stagesLeft: Number.POSITIVE_INFINITY,
            seconds,
            counters,
          }),
      }),
    });
  } catch (error) {
    if (!(error instanceof JobServerError)) throw error;
    throw new InputError(
      `--runner ${runner}: ${error.message}. Start one there, or name another in --job-endpoint`,
    );
  }
}
