/** A baseline that is frozen from a run, in each of its forms, is what later runs are compared with; and what can go wrong with it. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { readBaseline } from '../../io/duckdb/read_baseline';
import type { HourlyBrandRow } from '../../schema/tables';
import { computeReference, type InputFile } from '../reference/reference';
import { funnelpulse } from './command_line';
import { readTables } from './read_tables';
import { expectSameTables } from './table_diff';

/** Names that a file may take for something else. */
const BRANDS = ['007', '1e3', 'true', '2019-10-01', 'null', '__proto__', 'a, "b"', 'ж\u{1f600}', ''];
const FORMS = ['normal.parquet', 'normal.csv', 'normal.csv.gz', 'normal.duckdb'];

let folder: string;
let output: string;
let rows: HourlyBrandRow[];
let later: InputFile;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-baseline-'));
  // Three usual hours, of which an early row is still there of the last; a price that a double does not hold.
  const usual = input(
    'usual.csv',
    [10, 11, 12, 13].flatMap((hour) => hourOf(hour, 20, hour - 7)),
  );
  later = input('later.csv', hourOf(34, 60, 50));
  output = join(folder, 'usual.duckdb');
  expect(await run(usual, output, [])).toEqual(done);
  await change(output, "UPDATE gold_funnel_hourly_brand SET pane = 'early' WHERE hour(window_start) = 13");
  const all = computeReference([usual]).gold_funnel_hourly_brand;
  rows = all.filter(({ window_start }) => new Date(window_start).getUTCHours() !== 13);
});
afterAll(() => rmSync(folder, { recursive: true }));

const done = { code: 0, stdout: '', stderr: '' };

function input(name: string, lines: readonly string[]): InputFile {
  const header = 'event_time,event_type,product_id,price,user_id,brand';
  const bytes = Buffer.from(`${[header, ...lines].join('\n')}\n`);
  writeFileSync(join(folder, name), bytes);
  return { source: join(folder, name), bytes, format: 'csv' };
}

/** An hour, counted from the first of October, in which each brand has so many views and purchases. */
function hourOf(hour: number, views: number, purchases: number): string[] {
  const time = `${new Date(Date.UTC(2019, 9, 1, hour)).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return BRANDS.flatMap((brand, of) => {
    const line = (type: string, count: number) =>
      Array.from(
        { length: count },
        (_, at) => `${time},${type},${of}-${at},999999999.1234,u,"${brand.replaceAll('"', '""')}"`,
      );
    return [...line('view', views), ...line('purchase', purchases)];
  });
}

function run({ source }: InputFile, to: string, flags: readonly string[]) {
  const fixed = ['--output', `duckdb:${to}`, '--now', '2026-01-01T00:00:00Z', '--quiet'];
  return funnelpulse('run', '--input', source, ...fixed, ...flags);
}

const freeze = (...flags: string[]) => funnelpulse('baseline', '--from', `duckdb:${output}`, ...flags);

async function change(file: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

test.each(FORMS)('%s', async (name) => {
  const file = join(folder, name);
  expect(await freeze('--out', file)).toEqual({
    ...{ code: 0, stderr: '' },
    stdout: `Wrote 27 hours of 9 brands, 2019-10-01T10:00:00Z to 2019-10-01T12:00:00Z, to ${file}. Compare a run with them by --baseline ${file}\n`,
  });
  const { gold_anomalies_hourly_brand } = computeReference([later], { baseline: rows });
  expect(gold_anomalies_hourly_brand).toHaveLength(BRANDS.length);
  const compared = join(folder, `${name}.compared.duckdb`);
  expect(await run(later, compared, ['--baseline', file])).toEqual(done);
  expectSameTables({ gold_anomalies_hourly_brand }, await readTables(compared));
  // The same again, over itself.
  const before = readFileSync(file);
  expect(await freeze('--out', file, '--quiet')).toEqual(done);
  if (!name.endsWith('.duckdb')) expect(readFileSync(file).equals(before)).toBe(true);
});

test('the output of a run is a baseline as it is, without the hours that are not finished', async () => {
  const { gold_anomalies_hourly_brand } = computeReference([later], { baseline: rows });
  const compared = join(folder, 'compared.duckdb');
  expect(await run(later, compared, ['--baseline', output])).toEqual(done);
  expectSameTables({ gold_anomalies_hourly_brand }, await readTables(compared));
});

test('in a CSV of numbers brands are texts, and money is exact', async () => {
  const file = join(folder, 'numbers.csv');
  writeFileSync(
    file,
    'window_start,brand,views,purchases,revenue\n2019-10-01 10:00:00,007,20,3,99999999999999.1234\n',
  );
  expect(await readBaseline(file)).toEqual([
    {
      hour: Date.UTC(2019, 9, 1, 10),
      brands: [{ brand: '007', views: 20, purchases: 3, revenue: '999999999999991234' }],
    },
  ]);
});

describe('refuses', () => {
  const out = () => join(folder, 'new.parquet');
  const copy = (name: string, from = output): string => {
    copyFileSync(from, join(folder, name));
    return join(folder, name);
  };
  const cases: [string, () => Promise<string[]> | string[], RegExp][] = [
    [
      'a file that is not there',
      () => ['--from', 'duckdb:none', '--out', out()],
      /cannot read none: no such file/,
    ],
    [
      'what is no database',
      () => ['--from', 'none', '--out', out()],
      /--from none: duckdb:FILE was expected/,
    ],
    ['a CSV file', () => ['--from', `duckdb:${later.source}`, '--out', out()], /it is not a DuckDB file/],
    [
      'a database without the table',
      async () => {
        await change(join(folder, 'other.duckdb'), 'CREATE TABLE x (y INTEGER)');
        return ['--from', `duckdb:${join(folder, 'other.duckdb')}`, '--out', out()];
      },
      /has no table gold_funnel_hourly_brand\. Name the output of a run/,
    ],
    [
      'an output without a finished hour',
      async () => {
        const file = copy('early.duckdb');
        await change(file, "UPDATE gold_funnel_hourly_brand SET pane = 'early'");
        return ['--from', `duckdb:${file}`, '--out', out()];
      },
      /has no finished hour/,
    ],
    ['another form', () => ['--from', `duckdb:${output}`, '--out', 'x.json'], /ending in \.parquet, \.csv/],
    [
      'a directory that is not there',
      () => ['--from', `duckdb:${output}`, '--out', join(folder, 'no', 'x.csv')],
      /does not exist\. Make it first/,
    ],
    [
      'its own source',
      () => ['--from', `duckdb:${output}`, '--out', output],
      /is the file that the hours are in/,
    ],
    [
      'to replace the output of a run',
      () => ['--from', `duckdb:${output}`, '--out', copy('precious.duckdb')],
      /other tables than a baseline, which would be lost/,
    ],
  ];

  test.each(cases)('%s', async (_, flags, says) => {
    const given = await flags();
    const before = readdirSync(folder);
    const { code, stdout, stderr } = await funnelpulse('baseline', ...given);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(says) });
    expect(stderr).toMatch(/^funnelpulse: .+\n$/);
    expect(readdirSync(folder)).toEqual(before);
  });
});
