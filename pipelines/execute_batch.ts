/** Builds the graph for a bounded input and runs it to its end. */
import * as path from 'node:path';
import { Pipeline, Root } from '../beam/sdk';
import { keepHistory } from '../io/staging/history_hours';
import { readManifest } from '../io/staging/keep_manifest';
import { inDirectory } from '../io/staging/staging_place';
import { type RunProgress, runLocally, type startWorkers } from '../runners/local';
import type { BaselineChoice } from './baseline_choice';
import { baselineEnd, hoursOf } from './baseline_end';
import { batchEnds } from './batch_ends';
import { type FunnelOptions, funnel } from './funnel';
import { type Publishing, publish } from './outputs/batch_output';
import './registration';
import type { RunnerChoice } from './runner_choice';

export interface BatchRun {
  readonly inputs: readonly string[];
  readonly splitBytes: number;
  /** A directory of this run's own for staged rows. */
  readonly staging: string;
  readonly funnel: FunnelOptions;
  readonly baseline: BaselineChoice;
  readonly publishing: Publishing;
  readonly runner: RunnerChoice;
  /** Worker threads, which load while the graph is built. None: this thread does it all. */
  readonly workers: ReturnType<typeof startWorkers>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}

/** Runs the funnel over files; when the promise is kept, the tables of the output are the new ones. Returns the run's counters. */
export async function executeBatch(run: BatchRun): Promise<ReadonlyMap<string, number>> {
  const manifest = run.runner.name === 'direct' ? path.join(run.staging, 'manifest.json') : null;
  const pipeline = new Pipeline();
  const history = path.join(run.staging, 'history.json');
  const hours = hoursOf(run.baseline);
  if (hours !== null) keepHistory(history, hours);
  const ends = batchEnds({
    inputs: run.inputs,
    splitBytes: run.splitBytes,
    staging: inDirectory(run.staging),
    publishing: run.publishing,
    baseline: baselineEnd(run.baseline, history),
    manifest,
  });
  funnel(new Root(pipeline), ends, run.funnel);
  const proto = pipeline.getProto();
  if (run.runner.name === 'job server') {
    const { executeJob } = require('./execute_job') as typeof import('./execute_job');
    const { signal, onProgress } = run;
    return (await executeJob(proto, { runner: run.runner, signal, onProgress })).counters;
  }
  if (manifest === null) {
    const options = {
      workers: run.workers,
      registration: [],
      liftCombines: false,
    };
    const result = await runLocally(proto, {
      ...options,
      ...(run.signal && { signal: run.signal }),
      ...(run.onProgress && { onProgress: run.onProgress }),
    });
    return result.counters;
  }
  const { runDirect } = require('../runners/direct') as typeof import('../runners/direct');
  const result = await runDirect(proto);
  await publish(readManifest(manifest), run.publishing);
  return result.counters;
}
