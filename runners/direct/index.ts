/**
 * The SDK's own DirectRunner, as a second opinion: small bounded inputs, synchronous DoFns, one bundle, no triggers.
 */
import '../../beam/sdk';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { directRunner } from 'apache-beam/runners/direct_runner';

export interface DirectResult {
  /** By counter name, summed over steps. The SDK keeps them as 32-bit numbers. */
  readonly counters: ReadonlyMap<string, number>;
}

/**
 * Runs the pipeline in the calling thread.
 *
 * @throws Error naming what the DirectRunner can't do (merging windows, timestamp combiners other than the end of the window);
 *   triggers, lateness and accumulation it ignores silently
 */
export async function runDirect(pipeline: runnerApi.Pipeline): Promise<DirectResult> {
  const runner = directRunner();
  const unsupported = (
    runner as unknown as { unsupportedFeatures(p: runnerApi.Pipeline): string[] }
  ).unsupportedFeatures(pipeline);
  if (unsupported.length > 0)
    throw new Error(`The SDK's DirectRunner does not support ${unsupported.join(', ')}`);
  const silence = quietConsole();
  try {
    const result = await runner.runPipeline(pipeline);
    return { counters: new Map(Object.entries(await result.counters())) };
  } finally {
    silence();
  }
}

/** The SDK writes a debug line a bundle to standard output. */
function quietConsole(): () => void {
  const { debug } = console;
  console.debug = () => undefined;
  return () => {
    console.debug = debug;
  };
}
