/** A stream with a trailing baseline is stopped every other day and goes on: digests, weeks and the history that it began with are in its state, and its anomalies are those of a batch. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOwnHistory } from '../../io/duckdb/read_baseline';
import { DAY_MS, HOUR_MS } from '../../schema/events';
import { FIRST_DAY, months } from '../dirty/months';
import { readTables } from '../e2e/read_tables';
import { diffTables } from '../e2e/table_diff';
import { anomalies } from '../reference/anomalies';
import { DEFAULT_OPTIONS } from '../reference/reference';
import { historyOf, hourlyRows } from './months_rows';
import { type Pull, runScript, type ScriptedRun } from './scripted_run';
import { OPTIONS } from './stream_funnel';

// See test/e2e/ledger.test.ts.
jest.mock(
  'fast-deep-equal',
  () => jest.requireActual<typeof import('node:util')>('node:util').isDeepStrictEqual,
);

const DAYS = 6;
const PULLS_A_DAY = 2;
const events = months(13, 0, DAYS);
const earlier = hourlyRows(months(2, -12, 2));

/** Half a day a pull, the watermark an hour behind. */
const SCRIPT: Pull[] = Array.from({ length: DAYS * PULLS_A_DAY }, (_, pull) => {
  const [from, to] = [pull, pull + 1].map((at) => FIRST_DAY + (at * DAY_MS) / PULLS_A_DAY);
  const lines = events.filter(({ time }) => time >= from && time < to).map(({ line }) => line);
  return { lines, watermark: to - HOUR_MS };
});

/** The last hour of the second day: in the fourth pull, whose watermark is at its start. */
const LAST_HOUR = FIRST_DAY + 2 * DAY_MS - HOUR_MS;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-trailing-restart-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(
  stopAt: number,
  history: ReturnType<typeof historyOf>,
  funnel: ScriptedRun['funnel'] = {},
): Promise<string> {
  const options: ScriptedRun = {
    baseline: { name: 'trailing', history },
    funnel: { score: { minFlagViews: 18, zThreshold: 0.5, basis: 'either' }, ...funnel },
    before: async (pull) => {
      if (pull === stopAt) throw new Error('stopped');
    },
  };
  return runScript(folder, SCRIPT, options);
}

test('stopped every other day', async () => {
  // What is given as history later on has no say: the state has what it began with.
  await expect(run(4, historyOf(earlier))).rejects.toThrow('stopped');
  await expect(run(8, historyOf(earlier.slice(0, 9)))).rejects.toThrow('stopped');
  await run(Number.NaN, []);
  const rows = hourlyRows(events);
  const expected = anomalies(rows, {
    ...DEFAULT_OPTIONS,
    ...{ minFlagViews: 18, anomalyBasis: 'either', zThreshold: 0.5 },
    ...{ baseline: 'trailing', history: earlier },
  });
  expect(expected.length).toBeGreaterThan(20);
  const { gold_anomalies_hourly_brand } = await readTables(join(folder, 'funnel.duckdb'));
  const open = gold_anomalies_hourly_brand.filter(({ status }) => status === 'open');
  const differences = diffTables(
    { gold_anomalies_hourly_brand: expected },
    { gold_anomalies_hourly_brand: open },
    { ignore: ['pane', 'computed_at'] },
  );
  expect(differences).toEqual([]);
  // What it leaves is history for the next: its finished hours.
  const own = await readOwnHistory(join(folder, 'funnel.duckdb'), 10);
  const byHour = (all: typeof own) => all.toSorted((a, b) => a.hour - b.hour);
  expect(byHour(own)).toEqual(byHour(historyOf(rows.filter(({ views }) => views >= 10))));
}, 60_000);

test('an own output that is not there yet, or has no tables, is no history', async () => {
  expect(await readOwnHistory(join(folder, 'funnel.duckdb'), 10)).toEqual([]);
  await expect(run(0, [])).rejects.toThrow('stopped');
  expect(await readOwnHistory(join(folder, 'funnel.duckdb'), 10)).toEqual([]);
});

test('hours that are not finished are no history', async () => {
  // The hour that begins where the watermark is speaks early, once processing time has gone on, and that is all of it that there is.
  const windowing = { ...OPTIONS.windowing, earlyFiringMs: 0 };
  await expect(run(4, [], { windowing })).rejects.toThrow('stopped');
  const file = join(folder, 'funnel.duckdb');
  const { gold_funnel_hourly_brand } = await readTables(file);
  const early = gold_funnel_hourly_brand.filter(({ pane }) => pane === 'early');
  expect(new Set(early.map(({ window_start }) => window_start))).toEqual(new Set([LAST_HOUR]));
  const hours = (await readOwnHistory(file, 0)).map(({ hour }) => hour);
  expect(hours.length).toBeGreaterThan(3);
  expect(hours).not.toContain(LAST_HOUR);
});
