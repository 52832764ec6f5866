/**
 * Trailing baselines of the real command line against the plain reference: two and a half months with unusual hours, closed days and a brand that comes in later; an earlier run as history that overlaps
 * them; a baseline that was frozen.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS } from '../../schema/events';
import type { AnomalyRow, HourlyBrandRow } from '../../schema/tables';
import { FIRST_DAY, type MonthsEvent, months, monthsCsv, moved } from '../dirty/months';
import { type AnomalyOptions, anomalies } from '../reference/anomalies';
import { computeReference, DEFAULT_OPTIONS, type InputFile } from '../reference/reference';
import { funnelpulse } from './command_line';
import { readTables } from './read_tables';
import { expectSameTables } from './table_diff';

const FLAGS = ['--min-flag-views', '18', '--anomaly-basis', 'either'];
const OPTIONS: AnomalyOptions = {
  ...DEFAULT_OPTIONS,
  minFlagViews: 18,
  anomalyBasis: 'either',
  baseline: 'trailing',
};

let folder: string;
let run: InputFile;
let rows: HourlyBrandRow[];
/** An earlier run, from 60 days before this one's first day to its 12th and on one of the days on which it was closed, and what it was of: another shop's hours where both have them. */
let history: string;
let earlierRows: HourlyBrandRow[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-trailing-'));
  run = input('run.csv', months(13, 0, 75));
  rows = hourlyRows(run);
  const earlier = input('earlier.csv', months(2, -60, 12).concat(moved(months(3, 12, 13), 9)));
  history = await output([earlier], []);
  earlierRows = hourlyRows(earlier);
});
afterAll(() => rmSync(folder, { recursive: true }));

function input(name: string, events: readonly MonthsEvent[]): InputFile {
  const source = join(folder, name);
  const bytes = monthsCsv(events);
  writeFileSync(source, bytes);
  return { source, bytes, format: 'csv' };
}

let runs = 0;
/** Runs the product on the files; returns its output. */
async function output(
  files: readonly InputFile[],
  flags: readonly string[],
  file = join(folder, `run-${runs++}.duckdb`),
): Promise<string> {
  const fixed = ['--output', `duckdb:${file}`, '--now', '2026-01-01T00:00:00Z', '--quiet'];
  const inputs = files.map(({ source }) => source);
  const { code, stderr } = await funnelpulse('run', '--input', ...inputs, ...fixed, ...flags);
  if (code !== 0) throw new Error(`exit code ${code}\n${stderr}`);
  return file;
}

const hourlyRows = (file: InputFile) => computeReference([file]).gold_funnel_hourly_brand;

/** Fails unless an output has these anomalies. */
async function expectAnomalies(expected: readonly AnomalyRow[], file: string): Promise<void> {
  expectSameTables({ gold_anomalies_hourly_brand: expected }, await readTables(file));
}

const dayOf = ({ window_start }: { window_start: number }) => (window_start - FIRST_DAY) / DAY_MS;

test('the run’s own hours', async () => {
  const expected = anomalies(rows, OPTIONS);
  // What the shop is made for shows: nothing in the first two days, the later brand only when it has a past, and both kinds.
  expect(expected.length).toBeGreaterThan(30);
  expect(Math.min(...expected.map(dayOf))).toBeGreaterThanOrEqual(2);
  expect(Math.min(...expected.filter(({ brand }) => brand === 'late').map(dayOf))).toBeGreaterThanOrEqual(28);
  expect(new Set(expected.map(({ anomaly_type }) => anomaly_type))).toEqual(new Set(['drop', 'spike']));
  expect(new Set(expected.map(({ brand }) => brand))).toEqual(new Set(['runail', '__proto__', 'late']));
  // The window gets full, and then forgets: of four hours a day it holds those of 56 days at most.
  expect(Math.max(...expected.map(({ n_brand }) => n_brand))).toBeLessThanOrEqual(56 * 4);
  expect(expected.some((row) => dayOf(row) > 62)).toBe(true);
  await expectAnomalies(expected, await output([run], [...FLAGS, '--baseline', 'trailing']));
});

test('with the hours of an earlier run, where this one has none', async () => {
  const expected = anomalies(rows, { ...OPTIONS, history: earlierRows });
  expect(expected.some((row) => dayOf(row) < 2)).toBe(true);
  // Which hour counts where both have it can be seen, and so can one that this run has not.
  const ownHours = new Set(rows.map((row) => row.window_start));
  const isOwn = (row: HourlyBrandRow) => ownHours.has(row.window_start);
  const without = (hours: HourlyBrandRow[]) => anomalies(rows, { ...OPTIONS, history: hours });
  expect(without(earlierRows.filter((row) => row.window_start < FIRST_DAY))).not.toEqual(expected);
  expect(earlierRows.filter(isOwn).length).toBeGreaterThan(100);
  const flags = [...FLAGS, '--baseline', 'trailing', '--history', `duckdb:${history}`];
  await expectAnomalies(expected, await output([run], flags));
});

test('a run of one day, with the two months before it in the output that it replaces', async () => {
  const day = input('day.csv', months(9, 75, 76));
  const options = { ...OPTIONS, history: rows, zThreshold: 1 };
  const expected = anomalies(hourlyRows(day), options);
  expect(expected.length).toBeGreaterThan(0);
  expect(expected[0].n_brand).toBeGreaterThan(150);
  const flags = [...FLAGS, '--z-threshold', '1', '--baseline', 'trailing'];
  const file = await output([run], []);
  await expectAnomalies(expected, await output([day], [...flags, '--history', `duckdb:${file}`], file));
});
