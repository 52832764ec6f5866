/** Runs that don't come to their end: interrupted, killed, or met by a reader at the wrong moment. Tables are the old ones or the new ones, and nothing stays behind. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { SAMPLE, type Started, stagingOf, start, until } from './product';
import { readTables } from './read_tables';

const NOW = ['--now', '2026-01-01T00:00:00Z'];

let folder: string;
/** Input that takes long enough to be interrupted. */
let shop: string;
/** A good output of an earlier run. */
let earlier: string;
let earlierTables: Awaited<ReturnType<typeof tablesOf>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-interrupt-'));
  shop = join(folder, 'shop.csv');
  earlier = join(folder, 'earlier.duckdb');
  const flags = ['--events', '400000', '--days', '10', '--out', shop, '--quiet'];
  expect(await start(['generate', ...flags]).ended).toMatchObject({ code: 0, stderr: '' });
  const first = start(['run', '--quiet', ...NOW, '--input', SAMPLE, '--output', `duckdb:${earlier}`]);
  expect(await first.ended).toMatchObject({ code: 0, stderr: '' });
  earlierTables = await tablesOf(earlier);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A directory of its own for an output; `copied`: the earlier output is there already. */
function place(name: string, copied = true): { directory: string; output: string } {
  const directory = join(folder, name);
  const output = join(directory, 'funnel.duckdb');
  mkdirSync(directory);
  if (copied) copyFileSync(earlier, output);
  return { directory, output };
}

function runShop(output: string, ...flags: string[]): Started {
  return start(['run', '--quiet', ...NOW, '--input', shop, '--output', `duckdb:${output}`, ...flags]);
}

async function tablesOf(output: string) {
  const { runs, ...tables } = await readTables(output);
  return tables;
}

function stagedRows(output: string): boolean {
  return stagingOf(output).some((staging) => readdirSync(staging).length > 0);
}

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  test.each([
    ['an earlier output', true],
    ['a new output', false],
  ])('in the middle of a run to %s', async (name, copied) => {
    const { directory, output } = place(`${signal} ${name}`, copied);
    const run = runShop(output);
    await until(() => stagingOf(output).length > 0, run);
    run.process.kill(signal);
    const ended = await run.ended;
    expect(ended).toMatchObject({
      code: 130,
      stdout: '',
      stderr: 'funnelpulse: interrupted: nothing was changed\n',
    });
    expect(readdirSync(directory)).toEqual(copied ? ['funnel.duckdb'] : []);
    if (copied) expect(readFileSync(output).equals(readFileSync(earlier))).toBe(true);
  });

  test('while a shop is generated', async () => {
    const { directory } = place(`${signal} generate`, false);
    const out = join(directory, 'shop.csv');
    const generate = start(['generate', '--events', '20000000', '--days', '60', '--out', out]);
    await until(() => existsSync(`${out}.part`), generate);
    generate.process.kill(signal);
    expect(await generate.ended).toMatchObject({
      code: 130,
      stdout: '',
      stderr: 'funnelpulse: interrupted: nothing was changed\n',
    });
    expect(readdirSync(directory)).toEqual([]);
  });
});

test('a killed run leaves the old tables, and the next one removes what it left', async () => {
  const { directory, output } = place('killed');
  const run = runShop(output);
  await until(() => stagingOf(output).length > 0, run);
  run.process.kill('SIGKILL');
  expect(await run.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
  expect(stagingOf(output)).toHaveLength(1);
  expect(await tablesOf(output)).toEqual(earlierTables);

  const next = start(['run', '--quiet', ...NOW, '--input', SAMPLE, '--output', `duckdb:${output}`]);
  expect(await next.ended).toMatchObject({ code: 0, stderr: '' });
  expect(readdirSync(directory)).toEqual(['funnel.duckdb']);
  expect(await tablesOf(output)).toEqual(earlierTables);
});

test('a run does not remove what another one, still running, has staged', async () => {
  const { directory, output } = place('beside');
  const slow = runShop(output);
  await until(() => stagingOf(output).length > 0, slow);
  const [staging] = stagingOf(output);
  slow.process.kill('SIGSTOP');
  const quick = start(['run', '--quiet', ...NOW, '--input', SAMPLE, '--output', `duckdb:${output}`]);
  expect(await quick.ended).toMatchObject({ code: 0, stderr: '' });
  expect(stagingOf(output)).toEqual([staging]);
  slow.process.kill('SIGCONT');
  expect(await slow.ended).toMatchObject({ code: 0, stderr: '' });
  expect(readdirSync(directory)).toEqual(['funnel.duckdb']);
});

test('a run that is killed at the switch leaves the old tables or the new ones', async () => {
  const { output: whole } = place('whole', false);
  expect(await runShop(whole).ended).toMatchObject({ code: 0, stderr: '' });
  const newTables = await tablesOf(whole);
  for (const wait of [0, 10, 40, 80, 160]) {
    const { output } = place(`switch ${wait}`);
    const run = runShop(output);
    await until(() => stagedRows(output), run);
    // What is tested are different moments, whichever they are.
    await Promise.race([run.ended, new Promise((resolve) => setTimeout(resolve, wait))]);
    run.process.kill('SIGKILL');
    await run.ended;
    const tables = await tablesOf(output);
    const isNew = tables.gold_funnel_hourly_brand.length !== earlierTables.gold_funnel_hourly_brand.length;
    expect(tables).toEqual(isNew ? newTables : earlierTables);
  }
});

test('a reader who has the file open at the switch is waited for', async () => {
  const { directory, output, run, reader } = await readerAtTheSwitch(3);
  let over = false;
  void run.ended.then(() => {
    over = true;
  });
  // That nothing happens can't be waited for: some tries of the run go by.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(over).toBe(false);
  reader.closeSync();
  expect(await run.ended).toMatchObject({ code: 0, stderr: '' });
  expect(readdirSync(directory)).toEqual(['funnel.duckdb']);
  expect((await tablesOf(output)).gold_funnel_hourly_brand.length).not.toBe(
    earlierTables.gold_funnel_hourly_brand.length,
  );
});

/** Stops a run when it has staged its first rows, opens its output, and lets it go on. Where the switch was quicker, another run is tried. */
async function readerAtTheSwitch(tries: number) {
  const { directory, output } = place(`reader ${tries}`);
  const run = runShop(output);
  await until(() => stagedRows(output), run);
  run.process.kill('SIGSTOP');
  const reader = await DuckDBInstance.create(output, { access_mode: 'READ_ONLY' }).catch(() => null);
  run.process.kill('SIGCONT');
  if (reader !== null) return { directory, output, run, reader };
  await run.ended;
  if (tries === 1) throw new Error('the switch was quicker, each time');
  return readerAtTheSwitch(tries - 1);
}
