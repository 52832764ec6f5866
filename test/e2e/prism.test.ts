/**
 * The command line on Prism: the tables are those of the local runner, row by row, and so are the counts; what goes wrong is one message. FUNNELPULSE_PRISM_EVENTS sets how large the shop is.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithPrism } from '../emulators/prism';
import { freePort } from '../emulators/pubsub';
import { SAMPLE, start } from './product';
import { readTables } from './read_tables';
import { expectSameTables } from './table_diff';

/** `make verify-portable` asks for 200,000. */
const EVENTS = process.env.FUNNELPULSE_PRISM_EVENTS ?? '100000';
const NOW = ['--now', '2026-01-01T00:00:00Z'];

let folder: string;
let shop: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-prism-e2e-'));
  shop = join(folder, 'shop.csv');
  const size = ['--events', EVENTS, '--days', '5', '--incidents', '1', '--seed', '7'];
  expect((await start(['generate', ...size, '--out', shop]).ended).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

describeWithPrism('--runner prism', (prism) => {
  let runs = 0;
  const run = async (input: string, ...more: string[]) => {
    const output = join(folder, `${++runs}.duckdb`);
    const { code, stdout, stderr } = await start([
      'run',
      '--input',
      input,
      '--output',
      `duckdb:${output}`,
      '--json',
      ...more,
    ]).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { seconds: _, output: __, ...summary } = JSON.parse(stdout);
    return { tables: await readTables(output), summary };
  };
  const onPrism = () => ['--runner', 'prism', '--job-endpoint', prism().endpoint];

  test.each([
    ['the sample', () => SAMPLE, []],
    ['a generated shop, with incidents', () => shop, ['--min-flag-views', '20']],
    [
      'the sample cut small, with silver, against trailing baselines',
      () => SAMPLE,
      ['--split-size', '256KiB', '--silver', '--baseline', 'trailing', '--shards', '3'],
    ],
  ])('%s', async (_name, input, options) => {
    const local = await run(input(), ...NOW, ...options);
    const job = await run(input(), ...NOW, ...options, ...onPrism());
    expect(local.tables.gold_funnel_hourly_brand.length).toBeGreaterThan(100);
    // The runs have each their id and times.
    const { runs: _, ...expected } = local.tables;
    expectSameTables(expected, job.tables);
    const { run_id: __, ...rest } = local.summary;
    expect(job.summary).toMatchObject(rest);
    for (const { unaccounted } of job.tables.pipeline_ledger) expect(unaccounted).toBe(0);
  });

  test('what is wrong with the input is one message, and leaves nothing behind', async () => {
    const wrong = join(folder, 'no', 'such.csv');
    const args = ['run', '--input', wrong, '--output', `duckdb:${join(folder, 'x.duckdb')}`, ...onPrism()];
    const { code, stderr } = await start(args).ended;
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^funnelpulse: cannot read .*such\.csv: no such file or directory.*\n$/),
    });
    expect(readdirSync(folder).filter((name) => name.includes('x.duckdb'))).toEqual([]);
  });
});

test('no job server there: one message that says what to do', async () => {
  const endpoint = `localhost:${await freePort()}`;
  const output = `duckdb:${join(folder, 'none.duckdb')}`;
  const args = [
    'run',
    '--input',
    SAMPLE,
    '--output',
    output,
    '--runner',
    'prism',
    '--job-endpoint',
    endpoint,
  ];
  const { code, stderr } = await start(args).ended;
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `funnelpulse: --runner prism: no job server answers at ${endpoint}. Start one there, or name another in --job-endpoint\n`,
  });
});
