/** The command line onto BigQuery: the tables are those of a DuckDB output, row by row; killed while loading and run again, too; two at once, the second refuses. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetName } from '../../io/bigquery/dataset_name';
import { describeWithBigquery } from '../emulators/bigquery';
import { namesIn, readDataset } from '../emulators/bigquery_rows';
import { type Fate, FaultProxy } from '../emulators/fault_proxy';
import { SAMPLE, start, until } from './product';
import { readTables } from './read_tables';
import type { TableRow } from './table_diff';

// A statement takes the stand-in a tenth of a second and more, on a machine that has other work several times that.
jest.setTimeout(300_000);

const NOW = ['--now', '2026-01-01T00:00:00Z'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-bigquery-e2e-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describeWithBigquery('bigquery:', (server) => {
  let between: FaultProxy;
  let expected: Record<string, TableRow[]>;
  let summary: Record<string, unknown>;
  const run = (dataset: DatasetName, ...more: string[]) =>
    start([
      'run',
      '--input',
      SAMPLE,
      '--output',
      `bigquery:${dataset.project}.${dataset.dataset}`,
      ...NOW,
      ...more,
    ]);
  const own = (dataset: string): DatasetName => ({ project: 'local-test', dataset });
  const staged = ({ project, dataset }: DatasetName) =>
    readdirSync(tmpdir()).filter((name) => name.startsWith(`.funnelpulse-${project}.${dataset}.`));

  beforeAll(async () => {
    between = await FaultProxy.before(server().url);
    process.env.BIGQUERY_EMULATOR_HOST = between.url;
    const file = join(folder, 'sample.duckdb');
    const { code, stdout } = await start([
      'run',
      '--input',
      SAMPLE,
      '--output',
      `duckdb:${file}`,
      ...NOW,
      '--json',
    ]).ended;
    expect(code).toBe(0);
    summary = JSON.parse(stdout);
    expected = await readTables(file);
  });
  beforeEach(() => {
    between.decide = () => 'pass';
  });
  afterAll(() => between.stop());

  const withoutRun = ({ run_id, seconds, output, ...rest }: Record<string, unknown>) => rest;

  test('the sample’s tables and summary are those of a DuckDB output, again when it is run again', async () => {
    const dataset = own('sample');
    for (let time = 0; time < 2; time++) {
      const { code, stdout, stderr } = await run(dataset, '--json', '--location', 'europe-west1').ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(withoutRun(JSON.parse(stdout))).toEqual(withoutRun(summary));
      expect(await readDataset(dataset)).toEqual(expected);
    }
    expect((await namesIn(dataset)).filter((name) => name.startsWith('staging_'))).toEqual([]);
    expect(staged(dataset)).toEqual([]);
  });

  test('killed while it loads, and run again: the same tables', async () => {
    const dataset = own('killed');
    let loads = 0;
    between.decide = ({ path }) => {
      if (path.startsWith('/upload/')) loads++;
      return loads > 3 ? new Promise(() => {}) : 'pass';
    };
    const first = run(dataset);
    await until(() => loads > 3, first);
    first.process.kill('SIGKILL');
    await first.ended;
    between.decide = () => 'pass';
    expect((await namesIn(dataset)).filter((name) => name.startsWith('staging_'))).not.toEqual([]);
    for (const rows of Object.values(await readDataset(dataset))) expect(rows).toEqual([]);
    expect((await run(dataset, '--quiet').ended).code).toBe(0);
    expect(await readDataset(dataset)).toEqual(expected);
    expect(staged(dataset)).toEqual([]);
  });

  test('while one run loads, another on the same dataset refuses; the first is not disturbed', async () => {
    const dataset = own('both');
    let goOn = (): void => {};
    const waiting = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let loading = false;
    between.decide = async ({ path }): Promise<Fate> => {
      if (!path.startsWith('/upload/')) return 'pass';
      loading = true;
      await waiting;
      return 'pass';
    };
    const first = run(dataset, '--quiet');
    await until(() => loading, first);
    const second = await run(dataset).ended;
    expect(second).toMatchObject({ code: 2, stdout: '' });
    expect(second.stderr).toMatch(
      /^funnelpulse: bigquery:local-test\.both is being written to by the run \S+ \(process \d+ on /,
    );
    expect(second.stderr.trim().split('\n')).toHaveLength(1);
    goOn();
    expect(await first.ended).toMatchObject({ code: 0, stderr: '' });
    expect(await readDataset(dataset)).toEqual(expected);
  });

  test('a line over 10 MiB is a dead letter with all of its bytes', async () => {
    const dataset = own('large');
    const input = join(folder, 'large.csv');
    const line = 'x'.repeat(11 << 20);
    writeFileSync(
      input,
      `event_time,event_type,product_id,price,user_id\n2026-01-01T00:00:00Z,view,p,1,u\n${line}\n`,
    );
    const { code, stderr } = await start([
      'run',
      '--input',
      input,
      '--output',
      'bigquery:local-test.large',
      '--quiet',
    ]).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { dead_letters } = await readDataset(dataset);
    expect(dead_letters).toMatchObject([{ reason: 'malformed_row', payload: line }]);
  });

  test.each([
    ['--output', 'bigquery:nodataset', 'bigquery:PROJECT.DATASET was expected'],
    ['--location', 'Mars!', 'a location like EU or europe-west1 was expected'],
    ['--export', 'out', '--export writes what is in a duckdb: output'],
  ])('%s %s is refused before anything is asked', async (option, value, message) => {
    between.calls.length = 0;
    const args =
      option === '--output' ? [option, value] : ['--output', 'bigquery:local-test.none', option, value];
    const { code, stderr } = await start(['run', '--input', SAMPLE, ...args]).ended;
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(between.calls).toEqual([]);
  });
});
