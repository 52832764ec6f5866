/** Builds the graph for input without an end and runs it until its source is over. */
import { randomUUID } from 'node:crypto';
import * as path from 'node:path';
import type { Pipeline as PipelineProto } from 'apache-beam/proto/beam_runner_api';
import { type PCollection, Pipeline, Root } from '../beam/sdk';
import { keepHistory } from '../io/staging/history_hours';
import { takeLogged } from '../io/staging/log_rows';
import {
  type Flush,
  type Rest,
  type RunResult,
  runLocally,
  type startWorkers,
  type UnboundedSource,
} from '../runners/local';
import { openState, type StateIdentity } from '../runners/local/checkpoint';
import { fingerprintsOf } from '../runners/local/checkpoint/fingerprints';
import type { RangeChunk } from '../schema/chunk';
import { FIRST_TIME } from '../schema/events';
import { recordsIn } from '../transforms/clean/event_batch_coder';
import { refuseOpenBuckets } from '../transforms/ledger/check_ledger';
import type { BaselineChoice } from './baseline_choice';
import { baselineEnd, hoursOf } from './baseline_end';
import { type FunnelOptions, funnel } from './funnel';
import type { StreamOutput } from './outputs/stream_output';
import './registration';
import { streamEnds } from './stream_ends';

export interface StreamRun {
  /** The graph's source, and what its root's URN stands for. */
  readonly source: (root: Root) => PCollection<RangeChunk>;
  readonly sources: Readonly<Record<string, () => UnboundedSource>>;
  /** What the rows of `runs` say of the input. */
  readonly input: string;
  readonly funnel: FunnelOptions;
  /** What hours are scored against. The hours that it brings along are read when the state is new, and kept in it from then on. */
  readonly baseline: BaselineChoice;
  /** Topic that dead letters are published to, too: `projects/P/topics/T`. */
  readonly deadLetterTopic?: string;
  readonly output: StreamOutput;
  /** Takes the output over where it is another's. */
  readonly replace: boolean;
  /** Folder of the state. */
  readonly state: string;
  /** Processing time between commits, milliseconds. */
  readonly commitEveryMs: number;
  readonly workers: ReturnType<typeof startWorkers>;
  readonly registration?: readonly string[];
  /** Aborted: the run ends at once, and the next one with its state does again what was not committed. */
  readonly signal?: AbortSignal;
  /** Aborted: nothing more is pulled, what has been is written and committed, and the run ends well. */
  readonly drain?: AbortSignal;
  /** Bytes of state from which on nothing is pulled. */
  readonly mostStateBytes?: number;
  /** Told of records that were dropped since they came too late. */
  readonly onLate?: (records: number) => void;
  /** Told whenever all that was pulled has been worked off, with what has been counted since the start. */
  readonly onRest?: (rest: Rest, result: RunResult) => void;
  /** Told of each flush that has been written, with the rows that took effect and how long it took, milliseconds. */
  readonly onFlush?: (rows: number, milliseconds: number) => void;
  /** Told when the output is the run's own and can be read. */
  readonly onPrepared?: () => void;
  /** Waited for when all has been written, while the output can still be read. */
  readonly beforeClose?: () => Promise<void>;
  /** Told of each point between the steps of a commit, for tests. */
  readonly reached?: (point: string) => void;
}

/**
 * Runs the funnel over a stream; when the promise is kept, the source is over or drained, and everything it gave is in the output. Returns the id of this run in `runs`.
 */
export async function executeStream(run: StreamRun): Promise<string> {
  const { output } = run;
  const runId = randomUUID();
  const staging = output.staging(runId);
  // The graph comes first: a state is opened by whoever has the graph that made it, and an output by whoever has the state.
  const graph = graphOf(run, staging);
  const store = openState(run.state, stateOf(run, graph));
  const identity = {
    run_id: runId,
    state_id: store.stateId,
    mode: 'streaming' as const,
    input: run.input,
    options: JSON.stringify(run.funnel),
    // It has not moved yet: the first moment that every store can hold.
    watermark: FIRST_TIME,
    allowed_lateness_ms: run.funnel.windowing.allowedLatenessMs,
    started_at: Date.now(),
  };
  try {
    await output.prepare({ run: identity, commits: store.commits, replace: run.replace });
    run.onPrepared?.();
    keepHistory(historyIn(staging), hoursOf(run.baseline) ?? []);
    // The first flush of a run always happens: it looks at what a crash may have cut off.
    let flushed = 0;
    const flush = async ({ watermark, isOver, isLast }: Flush): Promise<void> => {
      const logged = takeLogged(staging);
      const started = Date.now();
      if (logged.length === 0 && !isLast && started - flushed < output.watermarkEveryMs) return;
      flushed = started;
      const written = await output.flush(logged, {
        ...{ now: Date.now(), commit: store.commits + 1, isLast },
        run: { ...identity, watermark: isOver ? null : Math.max(watermark, FIRST_TIME) },
        audit: refuseOpenBuckets,
      });
      const rows = Object.values(written).reduce((sum, each) => sum + each, 0);
      run.onFlush?.(rows, Date.now() - started);
    };
    await runLocally(graph, {
      workers: run.workers,
      registration: [...(run.registration ?? [])],
      sources: run.sources,
      checkpoints: {
        store,
        everyMs: run.commitEveryMs,
        flush,
        ...(run.reached && { reached: run.reached }),
      },
      ...(run.signal && { signal: run.signal }),
      ...(run.drain && { drain: run.drain }),
      ...(run.mostStateBytes !== undefined && { mostStateBytes: run.mostStateBytes }),
      onDropped: ({ value }) => run.onLate?.(recordsIn(value)),
      ...(run.onRest && { onRest: run.onRest }),
    });
    await run.beforeClose?.();
    return runId;
  } finally {
    // Whoever has the state has the output: it is given back first.
    await output.close().finally(() => store.close());
  }
}

/** The graph of a run that will stage its rows in `staging`. */
function graphOf(run: StreamRun, staging: string): PipelineProto {
  const pipeline = new Pipeline();
  const baseline = baselineEnd(run.baseline, historyIn(staging));
  const { source, deadLetterTopic = null } = run;
  funnel(new Root(pipeline), streamEnds({ source, baseline, staging, deadLetterTopic }), run.funnel);
  return pipeline.getProto();
}

function historyIn(staging: string): string {
  return path.join(staging, 'history.json');
}

/**
 * What a state belongs to. Price bands are in the rollups that it keeps, though no coder shows them. Lateness and delay are in the fingerprints of many steps, and are here as well so that a refusal says them as
 * the user knows them. Scores and the currency only change what is done from then on; the baseline stays the one that the state holds.
 */
function stateOf({ baseline, funnel: options }: StreamRun, graph: PipelineProto): StateIdentity {
  const { parse, windowing, priceBandBounds } = options;
  const fingerprints = fingerprintsOf(graph);
  return {
    parameters: {
      accumulator: '3',
      baseline: baseline.name,
      'allowed lateness': `${windowing.allowedLatenessMs} ms`,
      'early firing': `${windowing.earlyFiringMs} ms`,
      graph: fingerprints.graph,
      'price bands': priceBandBounds.join(),
      shards: String(parse.shards),
      slot: String(parse.slotMinutes),
    },
    steps: fingerprints.steps,
  };
}
