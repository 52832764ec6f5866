/**
 * What a dry run writes is run: pipeline.pb, as it would be submitted, on our own runner, against servers that stand for Cloud Storage and BigQuery. The tables are those of an ordinary run.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PUBSUB_READ_URN } from '../../../beam/pubsub_read';
import '../../../pipelines/registration';
import { runLocally, type SourceElement, type UnboundedSource } from '../../../runners/local';
import { runPortable } from '../../../runners/portable';
import { runs, STREAM_TABLES } from '../../../schema/tables';
import { SAMPLE, start } from '../../e2e/product';
import { readTables } from '../../e2e/read_tables';
import { expectSameTables, type TableRow } from '../../e2e/table_diff';
import { describeWithBigquery } from '../../emulators/bigquery';
import { readDataset, runSql } from '../../emulators/bigquery_rows';
import { describeWithGcs, makeBucket, upload } from '../../emulators/gcs';
import { describeWithPrism } from '../../emulators/prism';
import { RecordedTable } from '../../emulators/recorded_table';
import { RecordingServer } from '../../emulators/recording_server';
import { encodeMessage } from '../../io/pubsub/wire_message';
import { dryRun, IMAGE } from './dry_run';

jest.setTimeout(300_000);

const NOW = ['--now', '2026-01-01T00:00:00Z'];
const PLACE = [
  '--runner',
  'dataflow',
  '--project',
  'local-test',
  '--region',
  'europe-west1',
  '--image',
  IMAGE,
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-dataflow-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]): Promise<void> {
  const { code, stderr } = await start(['run', ...args, '--quiet']).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

describeWithGcs('the graph of a job', () => {
  describeWithBigquery('for files', () => {
    test.each([
      ['', []],
      [' of a template, launched twice', ['--template', 'gs://shop-tmp/template.json']],
    ])('writes the tables of a local run%s', async (_case, more) => {
      const bucket = await makeBucket('shop-raw');
      await upload(bucket, { 'events/sample.csv': readFileSync(SAMPLE) });
      const temp = await makeBucket('shop-tmp');
      const input = ['--input', 'gs://shop-raw/events/', ...NOW];
      const file = join(folder, 'expected.duckdb');
      await run(...input, '--output', `duckdb:${file}`);
      const expected = await readTables(file);
      const isTemplate = more.length > 0;
      const dataset = { project: 'local-test', dataset: isTemplate ? 'from_template' : 'from_files' };
      const name = `bigquery:${dataset.project}.${dataset.dataset}`;
      const { pipeline, job } = await dryRun(join(folder, `batch${more.length}`), [
        ...[...PLACE, ...input, '--output', name, '--temp-location', 'gs://shop-tmp/funnelpulse'],
        // Small ranges make many bundles, and slots and shards several parts of an hour.
        ...['--split-size', '64KiB', ...more],
      ]);
      expect('clientRequestId' in job).toBe(!isTemplate);
      for (let launch = 0; launch < (isTemplate ? 2 : 1); launch++) {
        await runLocally(pipeline, { workers: [], registration: [], liftCombines: false });
        expectSameTables(expected, await readDataset(dataset));
      }
      const entered = await runSql(dataset, `SELECT run_id, mode, status FROM ${dataset.dataset}.runs`);
      expect(entered).toHaveLength(isTemplate ? 2 : 1);
      for (const row of entered) expect(row).toMatchObject({ mode: 'batch', status: 'done' });
      const { temp_location } = job.environment.sdkPipelineOptions.options;
      const own = temp_location.slice('gs://shop-tmp/'.length);
      const [files] = await temp.getFiles({ prefix: own });
      expect(files.length).toBeGreaterThan(7);
      for (const { name: object } of files) expect(object.startsWith(`${own}/rows/`)).toBe(true);
    });
  });

  describeWithBigquery('for files, on another Beam runner', () => {
    describeWithPrism('Prism', (prism) => {
      test('writes the tables of a local run: workers are asked as Dataflow asks them', async () => {
        await upload(await makeBucket('shop-raw'), { 'events/sample.csv': readFileSync(SAMPLE) });
        await makeBucket('shop-tmp');
        const input = ['--input', 'gs://shop-raw/events/', ...NOW];
        const file = join(folder, 'beside_prism.duckdb');
        await run(...input, '--output', `duckdb:${file}`);
        const { pipeline } = await dryRun(join(folder, 'prism'), [
          ...[...PLACE, ...input, '--output', 'bigquery:local-test.on_prism'],
          ...[
            '--temp-location',
            'gs://shop-tmp/funnelpulse',
            '--split-size',
            '1MiB',
            '--shards',
            '2',
            '--slot',
            '30',
          ],
        ]);
        await runPortable(pipeline, { endpoint: prism().endpoint, liftCombines: true });
        expectSameTables(
          await readTables(file),
          await readDataset({ project: 'local-test', dataset: 'on_prism' }),
        );
      });
    });
  });

  test('for a subscription writes the gold rows of a run over the same events, and its run', async () => {
    const lines = readFileSync(SAMPLE, 'utf8').trim().split(/\r?\n/).slice(1);
    const server = await new RecordingServer().start();
    process.env.BIGQUERY_STORAGE_EMULATOR_HOST = `${server.endpoint.host}:${server.endpoint.port}`;
    try {
      const dataset = 'projects/local-test/datasets/live';
      for (const table of [...STREAM_TABLES, runs])
        server.tables.set(`${dataset}/tables/${table.name}/streams/_default`, new RecordedTable(table));
      const { pipeline, job } = await dryRun(join(folder, 'stream'), [
        ...[...PLACE, '--input', 'pubsub://local-test/events', '--timestamp-attribute', 'event_time'],
        ...['--output', 'bigquery:local-test.live', '--location', 'EU'],
        ...['--temp-location', 'gs://shop-tmp/funnelpulse', '--slot', '30', '--shards', '2'],
      ]);
      const { staging_location } = job.environment.sdkPipelineOptions.options;
      const bucket = await makeBucket('shop-tmp');
      await upload(bucket, { [`${staging_location.slice('gs://shop-tmp/'.length)}/history.json`]: '[]' });
      const { counters } = await runLocally(pipeline, {
        workers: [],
        registration: [],
        sources: { [PUBSUB_READ_URN]: () => new Messages(lines.map(messageOf)) },
      });
      const rows = (name: string): TableRow[] =>
        server.tables.get(`${dataset}/tables/${name}/streams/_default`)!.rows as TableRow[];

      const file = join(folder, 'same-events.ndjson');
      writeFileSync(file, lines.map((line) => JSON.stringify(eventOf(line))).join('\n'));
      await run('--input', file, '--output', `duckdb:${join(folder, 'same.duckdb')}`, ...NOW);
      const batch = await readTables(join(folder, 'same.duckdb'));
      const gold = Object.keys(batch).filter((name) => /^gold_funnel/.test(name));
      expect(gold).toHaveLength(4);
      expectSameTables(
        Object.fromEntries(gold.map((name) => [name, batch[name]])),
        Object.fromEntries(gold.map((name) => [name, rows(name)])),
        { ignore: ['pane', 'computed_at'] },
      );
      // Nobody says what came too late here; all else is in the books.
      const sum = (each: readonly TableRow[], column: string): number =>
        each.reduce((total, row) => total + Number(row[column]), 0);
      for (const column of ['read', 'counted', 'duplicates', 'rejected'])
        expect([column, sum(rows('pipeline_ledger'), column)]).toEqual([
          column,
          sum(batch.pipeline_ledger, column),
        ]);
      for (const row of rows('pipeline_ledger')) {
        expect(row).toMatchObject({ late_dropped: null, late_source: 'unknown', unaccounted: null });
        expect(row.commit).toBeGreaterThan(0);
      }
      expect(rows('dead_letters')).toHaveLength(batch.dead_letters.length);
      expect(counters.get('rows_gold_funnel_hourly_brand')).toBeGreaterThanOrEqual(
        batch.gold_funnel_hourly_brand.length,
      );
      expect(counters.get('rows_refused') ?? 0).toBe(0);

      const hours = batch.gold_funnel_hourly_brand.map((row) => Number(row.window_end));
      expect(rows('runs')).toEqual([
        expect.objectContaining({
          mode: 'streaming',
          state_id: 'local-test/europe-west1/funnelpulse-stream',
          input: 'pubsub://local-test/events',
          watermark: Math.max(...hours),
          status: 'running',
        }),
      ]);
    } finally {
      delete process.env.BIGQUERY_STORAGE_EMULATOR_HOST;
      await server.stop();
    }
  });
});

const COLUMNS = readFileSync(SAMPLE, 'utf8').split(/\r?\n/, 1)[0].split(',');

/** A line of the sample, which has no quotes, as a record of JSON. */
function eventOf(line: string): Record<string, string> {
  return Object.fromEntries(line.split(',').map((value, index) => [COLUMNS[index], value]));
}

function messageOf(line: string, index: number): SourceElement {
  const data = Buffer.from(JSON.stringify(eventOf(line)));
  const timestamp = Date.parse(line.split(',')[0].replace(' UTC', 'Z').replace(' ', 'T'));
  // Published long after: none is of the future.
  const publishTime = { seconds: 1_900_000_000, nanos: 0 };
  const value = encodeMessage({
    data,
    attributes: new Map(),
    messageId: String(index),
    publishTime,
    orderingKey: '',
  });
  return { value, timestamp };
}

/** All messages at once, and then the end. */
class Messages implements UnboundedSource {
  private given = false;

  constructor(private readonly elements: readonly SourceElement[]) {}

  async open(): Promise<void> {}

  async pull(most: number) {
    if (most === 0 || this.given) return { elements: [], watermark: this.watermark, isOver: this.given };
    this.given = true;
    return { elements: this.elements, watermark: this.watermark, isOver: true };
  }

  private get watermark(): number {
    return this.given ? Number('9223372036854775') : Number('-9223372036854775');
  }

  mark(): Uint8Array {
    return new Uint8Array();
  }

  async finalise(): Promise<void> {}

  async close(): Promise<void> {}
}
