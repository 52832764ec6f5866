/** Steps that write a bundle's rows by themselves, and those that keep a run's row, against a server that keeps tables as BigQuery documents it. */
import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { EnterRun } from '../../../../io/bigquery/write/enter_run';
import { WriteRows } from '../../../../io/bigquery/write/write_rows';
import { InputError } from '../../../../io/input_error';
import type { Table } from '../../../../schema/table';
import {
  deadLetters,
  goldAnomaliesHourlyBrand,
  goldFunnelHourlyBrand,
  pipelineLedger,
  runs,
  STREAM_TABLES,
} from '../../../../schema/tables';
import { RecordedTable } from '../../../emulators/recorded_table';
import { RecordingServer } from '../../../emulators/recording_server';
import { anomalyRow, goldRow, ledgerRow, START, type Values } from '../../upsert_rows';

let number = 0;
let server: RecordingServer;
/** A dataset of each test's own: this process keeps a writer for each. */
let dataset: { project: string; dataset: string };
beforeEach(async () => {
  dataset = { project: 'shop', dataset: `funnel_${number++}` };
  server = await new RecordingServer().start();
  for (const table of [...STREAM_TABLES, runs]) server.tables.set(streamOf(table), new RecordedTable(table));
  process.env.BIGQUERY_STORAGE_EMULATOR_HOST = `${server.endpoint.host}:${server.endpoint.port}`;
});
afterEach(async () => {
  delete process.env.BIGQUERY_STORAGE_EMULATOR_HOST;
  await server.stop();
});

function streamOf({ name }: Table): string {
  return `projects/shop/datasets/${dataset.dataset}/tables/${name}/streams/_default`;
}

const stored = (table: Table): readonly Values[] => server.tables.get(streamOf(table))!.rows;
const written = () => ({ dataset, location: 'EU' });

class Counter {
  value = 0;

  update(by: number): void {
    this.value += by;
  }
}

/** A row with events: those are the names and revisions here. Every third revision of a name has none (upsert_rows.ts). */
const gold = (name: string, revision = 1): Values =>
  goldRow(goldFunnelHourlyBrand, { hour: 0, name, revision, pane: 'on_time' });

const counters = () => ({ rows: new Counter(), refused: new Counter(), open: new Counter() });

/** One bundle of a table's step. */
async function bundle(table: Table, elements: readonly Values[][], counts = counters()) {
  const step = new WriteRows(table.name, written());
  await step.startBundle();
  for (const rows of elements) step.process(rows, counts);
  await step.finishBundle(counts);
  return counts;
}

test('a bundle’s rows are there when it has ended, and are counted', async () => {
  const rows = Array.from({ length: 3000 }, (_, i) => gold(`brand-${i}`.padEnd(12, '.'), 2));
  const counts = await bundle(goldFunnelHourlyBrand, [rows.slice(0, 10), [], rows.slice(10)]);
  expect(stored(goldFunnelHourlyBrand)).toHaveLength(3000);
  expect([counts.rows.value, counts.refused.value]).toEqual([3000, 0]);
});

test('bundles at a time, of several tables, share a writer', async () => {
  await Promise.all([
    bundle(goldFunnelHourlyBrand, [[gold('a')]]),
    bundle(goldFunnelHourlyBrand, [[gold('b')]]),
    bundle(pipelineLedger, [[ledgerRow(0, 3)]]),
  ]);
  expect(stored(goldFunnelHourlyBrand)).toHaveLength(2);
  expect(stored(pipelineLedger)).toHaveLength(1);
  expect(server.calls).toBeLessThanOrEqual(4);
});

test('a bundle that is done again changes nothing, and an older pane never comes back', async () => {
  const older = [gold('a', 0)];
  const newer = [gold('a', 3)];
  for (const rows of [older, newer, older, newer, older]) await bundle(goldFunnelHourlyBrand, [rows]);
  expect(stored(goldFunnelHourlyBrand)).toMatchObject([{ revision: 3 }]);
});

test('of an hour’s books the fullest stay, in whatever order bundles come', async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 5 }), async (order) => {
      server.tables.get(streamOf(pipelineLedger))!.clear();
      for (const read of order) await bundle(pipelineLedger, [[ledgerRow(0, read)]]);
      expect(stored(pipelineLedger)).toMatchObject([{ read: 5, commit: 10 }]);
    }),
    { numRuns: 10 },
  );
});

test('a row that BigQuery refuses is a dead letter, and counted; the others are written', async () => {
  server.tables.get(streamOf(goldFunnelHourlyBrand))!.refuses = ({ brand }) =>
    brand === 'evil' ? 'no such brand' : null;
  const rows = ['good', 'evil'].map((brand) => gold(brand));
  const counts = await bundle(goldFunnelHourlyBrand, [rows]);
  expect(counts.refused.value).toBe(1);
  expect(stored(goldFunnelHourlyBrand)).toMatchObject([{ brand: 'good' }]);
  expect(stored(deadLetters)).toMatchObject([{ reason: 'sink_refused' }]);
});

test('open anomalies are counted where that is asked for', async () => {
  const rows = ['open', 'retracted', 'open'].map((state, i) => ({
    ...anomalyRow({ hour: i, name: 'a', revision: 1, pane: 'on_time', through: 1 }),
    status: state,
  }));
  expect((await bundle(goldAnomaliesHourlyBrand, [rows])).open.value).toBe(2);
});

test('after a failure the next bundle has a new writer', async () => {
  const rows = [gold('a')];
  server.ends = { code: status.PERMISSION_DENIED, details: 'no' };
  await expect(bundle(goldFunnelHourlyBrand, [rows])).rejects.toThrow(InputError);
  server.ends = null;
  await bundle(goldFunnelHourlyBrand, [rows]);
  expect(stored(goldFunnelHourlyBrand)).toHaveLength(1);
});

describe('the run’s row', () => {
  const HOUR = 3_600_000;
  const run = {
    ...{ run_id: 'r', state_id: 'p/r/job', mode: 'streaming', input: 'i', options: '{}' },
    ...{ allowed_lateness_ms: 7_200_000, started_at: START },
  };
  const enter = () => new EnterRun(run, written());
  const hour = (end: number, pane = 'on_time') => ({ window_end: START + end * HOUR, pane });

  test('is there when the run begins, with a watermark before everything', async () => {
    const step = enter();
    step.process(new Uint8Array());
    await step.finishBundle();
    expect(stored(runs)).toEqual([
      expect.objectContaining({
        ...run,
        watermark: Date.parse('0001-01-01T00:00:00Z'),
        status: 'running',
        finished_at: null,
      }),
    ]);
  });

  test('has the end of the latest hour that spoke on time, whichever worker says so', async () => {
    const workers = [enter(), enter()];
    const said: [number, ReturnType<typeof hour>[]][] = [
      [0, [hour(3), hour(9, 'early')]],
      [1, [hour(2, 'late')]],
      [0, [hour(1)]],
      [1, [hour(5)]],
      [0, [hour(4)]],
    ];
    for (const [worker, rows] of said) {
      workers[worker].process(rows);
      await workers[worker].finishBundle();
    }
    expect(stored(runs)).toMatchObject([{ watermark: START + 5 * HOUR }]);
  });

  test('is written again only when there is something to say', async () => {
    const step = enter();
    for (const end of [3, 3, 2, 4]) {
      step.process([hour(end)]);
      await step.finishBundle();
    }
    expect(server.tables.get(streamOf(runs))!.changes).toBe(2);
  });
});
