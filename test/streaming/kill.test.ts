/**
 * A streaming run into a DuckDB file is killed once between any two steps of a commit, and at seeded moments, and started again: in the end its tables are those of a batch run over the same events.
 *
 * FUNNELPULSE_KILL_EVENTS and FUNNELPULSE_KILLS set how many events and how many seeded kills; `make verify-stream` takes 200,000 and 20.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '../e2e/product';
import { tableTexts } from '../io/table_texts';

const RUN = join(__dirname, 'stream_run.js');
const EVENTS = Number(process.env.FUNNELPULSE_KILL_EVENTS ?? 12_000);
const KILLS = Number(process.env.FUNNELPULSE_KILLS ?? 4);
const GOLD = [
  'gold_funnel_hourly_brand',
  'gold_funnel_hourly_price_band',
  'gold_funnel_daily_brand',
  'gold_funnel_daily_category',
];

let folder: string;
let input: string;
let expected: Record<string, string[]>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-stream-kill-'));
  input = join(folder, 'events.csv');
  const batch = join(folder, 'batch.duckdb');
  await start([
    'generate',
    '--events',
    String(EVENTS),
    '--days',
    '2',
    '--seed',
    '5',
    '--out',
    input,
    '--quiet',
  ]).ended;
  const { code, stderr } = await start(['run', '--input', input, '--output', `duckdb:${batch}`, '--quiet'])
    .ended;
  if (code !== 0) throw new Error(stderr);
  expected = await tables(batch);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What batch and stream have in common: the gold tables without the label and time of their rows, how often each reason rejected, and what was counted when. */
async function tables(file: string): Promise<Record<string, string[]>> {
  const rows = await tableTexts(file, [
    'pane',
    'computed_at',
    'source',
    'position',
    'line',
    'rejected_at',
    'commit',
    'late_source',
  ]);
  return Object.fromEntries([...GOLD, 'dead_letters', 'pipeline_ledger'].map((name) => [name, rows[name]]));
}

/** Runs until it ends or is killed; says whether it came to its end. */
function run(place: string, killAfterMs: number | null, ...point: string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [RUN, input, place, ...point], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let errors = '';
    child.stdout.on('data', (data) => {
      out += data;
    });
    child.stderr.on('data', (data) => {
      errors += data;
    });
    const timer = killAfterMs === null ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (code !== 0 && code !== null) reject(new Error(errors));
      else resolve(out === 'done');
    });
  });
}

function place(): string {
  return mkdtempSync(join(folder, 'run-'));
}

test('undisturbed', async () => {
  const here = place();
  expect(await run(here, null)).toBe(true);
  expect(await tables(join(here, 'funnel.duckdb'))).toEqual(expected);
});

test.each(['before the flush', 'before the commit', 'after the commit', 'after finalising'])(
  'killed %s',
  async (point) => {
    const here = place();
    expect(await run(here, null, point, '2')).toBe(false);
    expect(await run(here, null)).toBe(true);
    expect(await tables(join(here, 'funnel.duckdb'))).toEqual(expected);
  },
);

test('killed at seeded moments', async () => {
  const here = place();
  // A linear congruential generator: the same moments each time.
  let seed = 11;
  for (let kills = 0; kills < KILLS; kills++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    if (await run(here, 700 + (seed % 2500))) break;
  }
  await run(here, null);
  expect(await tables(join(here, 'funnel.duckdb'))).toEqual(expected);
});
