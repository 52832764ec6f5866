/** With which options a stream goes on from its state, and with which it is refused, before anything is touched. */
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTables } from '../e2e/read_tables';
import { tableTexts } from '../io/table_texts';
import { line, type Pull, runScript, type ScriptedRun } from './scripted_run';
import { OPTIONS } from './stream_funnel';

// See test/e2e/ledger.test.ts.
jest.mock(
  'fast-deep-equal',
  () => jest.requireActual<typeof import('node:util')>('node:util').isDeepStrictEqual,
);

const HOUR = 3_600_000;
const TEN = Date.UTC(2019, 9, 1, 10);
const WINDOWING = { allowedLatenessMs: 2 * HOUR, earlyFiringMs: HOUR };

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-restart-'));
  await expect(run(2)).rejects.toThrow('stopped');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Three views of ten o'clock: the first two of it on time, the last one late. */
const SCRIPT: Pull[] = [
  { lines: [line(TEN)], watermark: TEN },
  { lines: [line(TEN + 1000)], watermark: TEN + HOUR },
  { lines: [line(TEN + 2000)], watermark: TEN + HOUR },
];

/** Runs to the end, or is stopped when it asks for a pull. */
function run(stopAt: number, options: ScriptedRun = {}): Promise<string> {
  const before = async (pull: number) => {
    if (pull === stopAt) throw new Error('stopped');
  };
  return runScript(folder, SCRIPT, { before, ...options });
}

/** What the hour is in the end. */
async function hour(file = 'funnel.duckdb') {
  const tables = await readTables(join(folder, file));
  expect(tables.pipeline_ledger).toMatchObject([{ read: 3, counted: 3, unaccounted: 0 }]);
  return tables.gold_funnel_hourly_brand;
}

test.each<[string, ScriptedRun]>([
  ['the same', {}],
  ['other scores', { funnel: { score: { minFlagViews: 1, zThreshold: 3, basis: 'either' } } }],
  ['another threshold of the baseline', { funnel: { minBaselineViews: 1 } }],
  [
    'other hours of the baseline',
    { baseline: { name: 'file', hours: [{ hour: TEN - 24 * HOUR, brands: [] }] } },
  ],
])('goes on with %s', async (_, options) => {
  await run(Number.NaN, options);
  expect(await hour()).toMatchObject([{ views: 3, pane: 'late' }]);
});

test('goes on with its output in another place', async () => {
  renameSync(join(folder, 'funnel.duckdb'), join(folder, 'moved.duckdb'));
  await run(Number.NaN, { output: 'moved.duckdb' });
  expect(await hour('moved.duckdb')).toMatchObject([{ views: 3, pane: 'late' }]);
});

const COUNT = 'the step “Count records/Distinct records/Combine” was ';
test.each<[string, string[], NonNullable<ScriptedRun['funnel']>]>([
  [
    'another lateness',
    ['“allowed lateness” was 7200000 ms and is 3600000 ms', COUNT],
    { windowing: { ...WINDOWING, allowedLatenessMs: HOUR } },
  ],
  [
    'another delay of early panes',
    ['“early firing” was 3600000 ms and is 10000 ms', COUNT],
    { windowing: { ...WINDOWING, earlyFiringMs: 10_000 } },
  ],
  ['other shards', ['“shards” was 2 and is 3. '], { parse: { ...OPTIONS.parse, shards: 3 } }],
  ['other slots', ['“slot” was 30 and is 15. '], { parse: { ...OPTIONS.parse, slotMinutes: 15 } }],
  ['other price bands', ['“price bands” was 10,30,60 and is 5. '], { priceBandBounds: [5] }],
])('is refused with %s', async (_, says, funnel) => {
  const before = await tableTexts(join(folder, 'funnel.duckdb'));
  const refused = run(Number.NaN, { funnel });
  await expect(refused).rejects.toMatchObject({ name: 'StateError', exitCode: 2 });
  for (const part of [...says, 'Go back to what made it, name another --state, or delete '])
    await expect(refused).rejects.toThrow(part);
  expect(await tableTexts(join(folder, 'funnel.duckdb'))).toEqual(before);
  // Nothing is lost by having tried.
  await run(Number.NaN);
  expect(await hour()).toMatchObject([{ views: 3, pane: 'late' }]);
});
