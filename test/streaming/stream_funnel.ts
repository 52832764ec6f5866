/** The funnel's graph over a TestStream of CSV lines, on the local runner, and what its tables are in the end. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StrUtf8Coder } from 'apache-beam/coders/standard_coders';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { droppedElements } from '../../beam/dropped_elements';
import { type PCollection, Pipeline, Root } from '../../beam/sdk';
import { step } from '../../beam/step';
import { type TestStreamBuilder, testStream } from '../../beam/test_stream';
import { keepHistory } from '../../io/staging/history_hours';
import type { BaselineChoice } from '../../pipelines/baseline_choice';
import { baselineEnd, hoursOf } from '../../pipelines/baseline_end';
import { type FunnelOptions, funnel } from '../../pipelines/funnel';
import '../../pipelines/registration';
import { type Dropped, runLocally } from '../../runners/local';
import { isVoid, TABLES } from '../../schema/tables';
import type { BaselineEnd } from '../../transforms/baselines';
import { EventBatchCoder, recordsIn as recordsInBatch } from '../../transforms/clean/event_batch_coder';

const ENDS = require.resolve('./ends');
const { LinesToChunks, WriteDown, written } = require('./ends') as {
  LinesToChunks: new (columns: readonly string[]) => never;
  WriteDown: new (table: string, file: string | null) => never;
  written: { table: string; row: Row }[];
};

export type Row = Record<string, unknown> & { revision: number; pane: 'early' | 'on_time' | 'late' };
export type Stream = TestStreamBuilder<string, PCollection<string>>;
/** A stream with any outputs. */
export type AnyStream = Pick<TestStreamBuilder<string, unknown>, 'build'>;

export const COLUMNS = [
  'event_time',
  'event_type',
  'product_id',
  'category_code',
  'brand',
  'price',
  'user_id',
  'user_session',
];

export function emptyStream(): Stream {
  return testStream(new StrUtf8Coder() as never);
}

export const OPTIONS: FunnelOptions = {
  parse: { shards: 2, slotMinutes: 30, currency: null, silver: false, maxFutureSkewMs: null },
  windowing: { allowedLatenessMs: 7_200_000, earlyFiringMs: 10_000 },
  priceBandBounds: [10, 30, 60],
  minBaselineViews: 10,
  score: { minFlagViews: 50, zThreshold: 2, basis: 'brand' },
  computedAt: Date.UTC(2026, 0, 1),
};

/** The graph, whose stream is put in later: building it takes longer than running it. The baseline's hours are kept in `file`. */
export function funnelOf(
  file: string,
  baseline: BaselineChoice = { name: 'file', hours: [] },
  options: Partial<FunnelOptions> = {},
): runnerApi.Pipeline {
  keepHistory(file, hoursOf(baseline) ?? []);
  return funnelWith({
    lines: (root) => root.apply(emptyStream().build() as never) as PCollection<string>,
    baseline: baselineEnd(baseline, file),
    options,
  });
}

export interface Inputs {
  readonly lines: (root: Root) => PCollection<string>;
  readonly baseline: BaselineEnd;
  readonly options?: Partial<FunnelOptions>;
  /** Where rows are written down, if not into memory. */
  readonly file?: string;
}

export function funnelWith({ lines, baseline, options, file }: Inputs): runnerApi.Pipeline {
  const pipeline = new Pipeline();
  funnel(
    new Root(pipeline),
    {
      source: (root) => lines(root).apply(step('Lines', new LinesToChunks(COLUMNS)) as never),
      baseline,
      late: droppedElements('Late batches', 'Count records', new EventBatchCoder()),
      audit: (rows) => rows,
      sink: (table) => step(`Write ${table.name}`, new WriteDown(table.name, file ?? null)) as never,
      publish: () => {},
    },
    { ...OPTIONS, ...options },
  );
  return pipeline.getProto();
}

const TEST_STREAM = 'beam:transform:teststream:v1';

/** The graph with a stream in it. */
function withStream(graph: runnerApi.Pipeline, stream: AnyStream): runnerApi.Pipeline {
  const events = new Pipeline();
  new Root(events).apply(stream.build() as never);
  const made = streamOf(events.getProto());
  const proto = runnerApi.Pipeline.clone(graph);
  const payload = runnerApi.TestStreamPayload.fromBinary(streamOf(proto).spec!.payload);
  payload.events = runnerApi.TestStreamPayload.fromBinary(made.spec!.payload).events;
  streamOf(proto).spec!.payload = runnerApi.TestStreamPayload.toBinary(payload);
  return proto;
}

function streamOf({ components }: runnerApi.Pipeline): runnerApi.PTransform {
  return Object.values(components!.transforms).find(({ spec }) => spec?.urn === TEST_STREAM)!;
}

export interface Streamed {
  /** All rows in the order in which they came, void ones too. */
  readonly written: readonly { readonly table: string; readonly row: Row }[];
  /** What a sink that keeps the largest (revision, pane) of each key has in the end. */
  readonly tables: Readonly<Record<string, Row[]>>;
  readonly droppedRecords: number;
  readonly dropped: readonly Dropped[];
}

const PANES = ['early', 'on_time', 'late'];

export interface StreamOptions {
  /** With threads, which load the built program, rows have to go into a file. */
  readonly workers?: number;
  readonly file?: string;
  /** Told when an event of the stream has been played to its end, with the rows so far. */
  readonly onEvent?: (event: number, rows: Streamed['written']) => void;
}

export async function runStream(
  graph: runnerApi.Pipeline,
  stream: AnyStream,
  { workers = 0, file, onEvent }: StreamOptions = {},
): Promise<Streamed> {
  written.length = 0;
  const rows = () => (file === undefined ? [...written] : rowsIn(file));
  const dropped: Dropped[] = [];
  await runLocally(withStream(graph, stream), {
    workers,
    registration: [
      workers === 0
        ? require.resolve('../../pipelines/registration')
        : join(__dirname, '../../dist/pipelines/registration.js'),
      ENDS,
    ],
    onDropped: (element) => dropped.push(element),
    ...(onEvent && { onEvent: (event) => onEvent(event, rows()) }),
  });
  const all = rows();
  return {
    written: all,
    tables: upserted(all),
    dropped,
    droppedRecords: dropped.reduce((sum, each) => sum + recordsIn(each), 0),
  };
}

function rowsIn(file: string): { table: string; row: Row }[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  return lines.map((line) => JSON.parse(line));
}

function upserted(rows: readonly { table: string; row: Row }[]): Record<string, Row[]> {
  const tables: Record<string, Row[]> = {};
  for (const { name, key } of TABLES) {
    const latest = new Map<string, Row>();
    for (const { table, row } of rows) {
      if (table !== name) continue;
      const id = JSON.stringify(key.map((column) => row[column]));
      const known = latest.get(id);
      // Rows without a revision, of the books say, come in order.
      const order =
        known === undefined || row.revision === undefined
          ? 1
          : row.revision - known.revision || PANES.indexOf(row.pane) - PANES.indexOf(known.pane);
      if (order > 0) latest.set(id, row);
    }
    tables[name] = [...latest.values()].filter((row) => !isVoid(row));
  }
  return tables;
}

/** Records in a dropped batch. Only at the accumulators may anything be dropped. */
function recordsIn({ step: name, value }: Dropped): number {
  expect(name).toContain('Distinct records');
  return recordsInBatch(value);
}
