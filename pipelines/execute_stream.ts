/** Builds the graph for input without an end and runs it until its source is over. */
import { randomUUID } from 'node:crypto';
import * as path from 'node:path';
import { type PCollection, Pipeline, Root } from '../beam/sdk';
import { prepareStreamOutput } from '../io/duckdb/prepare_stream_output';
import { upsertTables } from '../io/duckdb/upsert_tables';
import { announcedParts } from '../io/staging/announce_parts';
import { historyHours } from '../io/staging/history_hours';
import { removeStaging } from '../io/staging/staging_directory';
import { type Dropped, runLocally, type startWorkers, type UnboundedSource } from '../runners/local';
import { openState } from '../runners/local/checkpoint';
import type { RangeChunk } from '../schema/chunk';
import type { HistoryHour } from '../transforms/baseline/baseline_fn';
import { refuseOpenBuckets } from '../transforms/ledger/check_ledger';
import { type FunnelOptions, funnel } from './funnel';
import './registration';
import { streamEnds } from './stream_ends';

export interface StreamRun {
  /** The graph's source, and what its root's URN stands for. */
  readonly source: (root: Root) => PCollection<RangeChunk>;
  readonly sources: Readonly<Record<string, () => UnboundedSource>>;
  /** What the rows of `runs` say of the input. */
  readonly input: string;
  readonly funnel: FunnelOptions;
  readonly history: readonly HistoryHour[];
  /** The DuckDB file. */
  readonly output: string;
  /** Takes the output over where it is another's. */
  readonly replace: boolean;
  /** Folder of the state. */
  readonly state: string;
  /** Processing time between commits, milliseconds. */
  readonly commitEveryMs: number;
  readonly workers: ReturnType<typeof startWorkers>;
  readonly registration?: readonly string[];
  readonly signal?: AbortSignal;
  readonly onDropped?: (dropped: Dropped) => void;
  /** Told of each point between the steps of a commit, for tests. */
  readonly reached?: (point: string) => void;
}

/** Runs the funnel over a stream; when the promise is kept, the source is over and everything is in the output. */
export async function executeStream(run: StreamRun): Promise<void> {
  const { shards, slotMinutes } = run.funnel.parse;
  const parameters = { shards: String(shards), slot: String(slotMinutes), accumulator: '3' };
  const store = openState(run.state, { parameters, steps: {} });
  const identity = {
    run_id: randomUUID(),
    state_id: store.stateId,
    mode: 'streaming' as const,
    input: run.input,
    options: JSON.stringify(run.funnel),
    watermark: null,
    allowed_lateness_ms: run.funnel.windowing.allowedLatenessMs,
    started_at: Date.now(),
  };
  try {
    const file = run.output;
    const staging = await prepareStreamOutput({
      file,
      run: { ...identity, watermark: BEFORE_ALL },
      commits: store.commits,
      replace: run.replace,
    });
    try {
      const pipeline = new Pipeline();
      const history = historyHours<HistoryHour>(path.join(staging, 'history.json'), run.history);
      funnel(new Root(pipeline), streamEnds({ source: run.source, history, staging }), run.funnel);
      const flush = async (watermark: number, isOver: boolean): Promise<void> => {
        const parts = announcedParts(staging);
        await upsertTables(parts.staged, {
          ...{ file, staging, now: Date.now(), commit: store.commits + 1, done: isOver },
          run: { ...identity, watermark: isOver ? null : Math.max(watermark, BEFORE_ALL) },
          audit: refuseOpenBuckets,
        });
        parts.remove();
      };
      await runLocally(pipeline.getProto(), {
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
        ...(run.onDropped && { onDropped: run.onDropped }),
      });
    } finally {
      removeStaging(staging);
    }
  } finally {
    await store.close();
  }
}

/** A watermark that has not moved yet: the first moment that every store can hold. */
const BEFORE_ALL = Date.parse('0001-01-01T00:00:00Z');
