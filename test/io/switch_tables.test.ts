/** Rows on their way to DuckDB: what was staged is what the tables hold, whatever the texts; the switch is all or nothing, and may be done again. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { isPublished } from '../../io/duckdb/is_published';
import { type SwitchOptions, switchTables } from '../../io/duckdb/switch_tables';
import { readBlocks } from '../../io/staging/block_reader';
import { type Staged, StageRows } from '../../io/staging/stage_rows';
import type { Column } from '../../schema/column';
import type { Table } from '../../schema/table';
import {
  deadLetters,
  goldAnomaliesHourlyBrand,
  goldFunnelHourlyBrand,
  pipelineLedger,
  silverEvents,
  TABLES,
} from '../../schema/tables';
import { readTables } from '../e2e/read_tables';
import { tableTexts } from './table_texts';

type Values = Record<string, unknown>;

let folder: string;
let staging: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-switch-'));
  staging = join(folder, 'staging');
  mkdirSync(staging);
});
afterAll(() => rmSync(folder, { recursive: true }));

const STARTED = Date.UTC(2026, 0, 1);

function options(file: string, runId = 'run', omit: string[] = []): SwitchOptions {
  return {
    ...{ file, staging, omit },
    run: {
      ...{ run_id: runId, state_id: null, mode: 'batch', input: 'in', options: '{}', watermark: null },
      ...{ allowed_lateness_ms: 7_200_000, started_at: STARTED },
    },
  };
}

/** Stages rows in bundles; the manifests of those that had any. */
function stage(table: Table, bundles: readonly (readonly Values[])[]): Staged[] {
  const step = new StageRows(table.name, staging);
  return bundles.flatMap((rows) => {
    step.startBundle();
    for (const row of rows) for (const none of step.process([row])) throw new Error(`${none}`);
    return [...step.finishBundle()].map(({ value }) => value);
  });
}

const MAX = Number.MAX_SAFE_INTEGER;
const LONG = ['x'.repeat(3 << 20), 'é"\n,'.repeat(700_000)];
const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '"',
      '""',
      ',',
      '\n',
      '\r\n',
      '\r',
      '\0',
      'a\0b',
      '\\',
      "'",
      '\ufeff',
      '\ufeffa',
      '😀',
      'NULL',
      'null',
      '\\N',
      '١',
      'a\u0301',
      '\u2028',
      '{}',
      '"a","b"\n',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 2000 }) },
);

const VALUES: Record<Column['type'], fc.Arbitrary<unknown>> = {
  text,
  json: fc.json(),
  timestamp: fc.oneof(
    fc.integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') }),
    fc.constantFrom(
      0,
      -1,
      1,
      Date.parse('0001-01-01T00:00:00Z'),
      Date.parse('9999-12-31T23:59:59.999Z'),
      9_007_199_254_741,
      -9_007_199_254_741,
    ),
  ),
  date: fc
    .integer({ min: -719_162, max: 2_932_896 })
    .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10)),
  int64: fc.oneof(
    fc.integer({ min: -MAX, max: MAX }),
    fc.constantFrom(0, MAX, -MAX, 2 ** 31, 2 ** 32, -(2 ** 31) - 1),
  ),
  money: fc.oneof(
    fc.bigInt(-(10n ** 18n) + 1n, 10n ** 18n - 1n),
    fc.constantFrom(0n, 1n, -1n, 2n ** 53n + 1n),
  ),
  double: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  boolean: fc.boolean(),
};

/** Rows with every value that a column can have; `numbered` tells them apart. */
function rowsOf(table: Table, numbered: string, maxLength: number): fc.Arbitrary<Values[]> {
  const columns = Object.entries<Column>(table.columns).map(([name, { type, nullable }]) => [
    name,
    nullable ? fc.option(VALUES[type], { freq: 4 }) : VALUES[type],
  ]);
  const row = fc.record(Object.fromEntries(columns)) as fc.Arbitrary<Values>;
  return fc
    .array(row, { maxLength })
    .map((rows) => rows.map((each, at) => ({ ...each, [numbered]: String(at) })));
}

/** Columns that hold times. */
const TIMES = new Set(
  TABLES.flatMap((table) =>
    Object.entries<Column>(table.columns).flatMap(([name, { type }]) => (type === 'timestamp' ? [name] : [])),
  ),
);

/** In the order of that column. Times are rounded: they are read back as microseconds in a double. */
function byNumber(rows: readonly Values[], column: string): Values[] {
  return rows
    .toSorted((a, b) => Number(a[column]) - Number(b[column]))
    .map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          TIMES.has(name) && value !== null ? Math.round(value as number) : value,
        ]),
      ),
    );
}

test('every value of every type comes back as it was', async () => {
  const tables: [Table, string][] = [
    [silverEvents, 'product_id'],
    [deadLetters, 'position'],
    [goldAnomaliesHourlyBrand, 'brand'],
    [pipelineLedger, 'bucket'],
  ];
  const all = fc.tuple(...tables.map(([table, numbered]) => rowsOf(table, numbered, 30)));
  const file = join(folder, 'values.duckdb');
  await fc.assert(
    fc.asyncProperty(all, fc.nat({ max: 30 }), async (rows, cut) => {
      // Rows without any event are left out of gold and anomalies.
      rows[2] = rows[2].map((row) => ({ ...row, views: 1 }));
      const staged = tables.flatMap(([table], at) =>
        stage(table, [rows[at].slice(0, cut), [], rows[at].slice(cut)]),
      );
      await switchTables(staged, options(file));
      const found = await readTables(file);
      tables.forEach(([table, numbered], at) => {
        expect(byNumber(found[table.name], numbered)).toEqual(byNumber(rows[at], numbered));
      });
    }),
    { numRuns: 25 },
  );
});

function letters(count: number, change: (at: number) => Values = () => ({})): Values[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{
      rejected_at: STARTED,
      stage: 'parse',
      reason: 'bad_price',
      message: 'm',
      source: 'f',
      position: String(at),
    },
    ...{
      line: at,
      payload: `p${at}`,
      payload_encoding: 'utf8',
      event_time: null,
      event_date: null,
      columns: null,
    },
    ...change(at),
  }));
}

test('more rows than a block, and fields of several megabytes', async () => {
  const file = join(folder, 'many.duckdb');
  const rows = letters(5000, (at) => ({
    payload: at % 1000 === 7 ? LONG[(at / 1000) & 1] : `p${at}`,
    message: at % 3 === 0 ? '' : 'm',
    event_time: at % 2 === 0 ? null : STARTED + at,
    columns: at % 5 === 0 ? JSON.stringify(['a', '"', `${at}`]) : null,
  }));
  await switchTables(
    stage(deadLetters, [rows.slice(0, 2047), rows.slice(2047, 2049), rows.slice(2049)]),
    options(file),
  );
  const { dead_letters } = await readTables(file);
  expect(dead_letters).toHaveLength(5000);
  // Not compared with toEqual, which would print megabytes.
  const differing = byNumber(dead_letters, 'position').filter((row, at) =>
    Object.entries(rows[at]).some(([name, value]) => row[name] !== value),
  );
  expect(differing.map(({ position }) => position)).toEqual([]);
});

test('blocks are cut where they hold much text: together their rows may hold more than a string can', async () => {
  const file = join(folder, 'text.duckdb');
  const payload = 'z'.repeat(1 << 20);
  const staged = stage(deadLetters, [letters(40, (at) => ({ payload: payload + at }))]);
  const blocks = [...readBlocks(deadLetters, new Uint8Array(readFileSync(staged[0].file)))].map(
    ({ rows }) => rows,
  );
  expect(blocks.length).toBeGreaterThan(1);
  expect(Math.max(...blocks)).toBeLessThan(20);
  await switchTables(staged, options(file));
  const { dead_letters } = await readTables(file);
  expect(byNumber(dead_letters, 'position').filter((row, at) => row.payload !== payload + at)).toEqual([]);
  expect(dead_letters).toHaveLength(40);
});

test('texts that end in half a character do not run into the next row', async () => {
  const file = join(folder, 'halves.duckdb');
  const halves = ['a\ud83d', '\ude00b', '\ud83d', '\ude00', 'c'];
  await switchTables(stage(deadLetters, [letters(5, (at) => ({ message: halves[at] }))]), options(file));
  const { dead_letters } = await readTables(file);
  expect(byNumber(dead_letters, 'position').map(({ message }) => message)).toEqual([
    'a\ufffd',
    '\ufffdb',
    '\ufffd',
    '\ufffd',
    'c',
  ]);
});

function brands(count: number): Values[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{ window_start: STARTED, window_end: STARTED + 3_600_000, window_date: '2026-01-01', brand: `b${at}` },
    ...{ views: at, carts: 0, removals: 0, purchases: 0, revenue: 0n, view_to_cart_rate: null },
    ...{
      cart_to_purchase_rate: null,
      conversion_rate: 0,
      pane: 'on_time',
      revision: 1,
      computed_at: STARTED,
    },
  }));
}

async function runIds(file: string): Promise<unknown[]> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll('SELECT run_id, status FROM runs ORDER BY 1')).getRows();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

describe('the switch', () => {
  test('done again changes nothing, in whatever order the parts come', async () => {
    const file = join(folder, 'again.duckdb');
    const staged = [
      ...stage(deadLetters, [letters(10), letters(0)]),
      ...stage(goldFunnelHourlyBrand, [brands(4), brands(1)]),
    ];
    const counts = await switchTables(staged, options(file));
    // One brand without any event: it tells a stream to delete a row, a file has none.
    expect(counts).toMatchObject({ dead_letters: 10, gold_funnel_hourly_brand: 3, pipeline_ledger: 0 });
    const texts = await tableTexts(file);
    expect(await switchTables(staged.toReversed(), options(file))).toEqual(counts);
    expect(await tableTexts(file)).toEqual(texts);
    expect(await runIds(file)).toEqual([['run', 'done']]);
    expect(Object.keys(texts).sort()).toEqual(TABLES.map(({ name }) => name).sort());
  });

  test('replaces all tables, drops those that the run leaves out, and keeps account of all runs', async () => {
    const file = join(folder, 'replace.duckdb');
    await switchTables(stage(deadLetters, [letters(10)]), options(file, 'first'));
    await switchTables(stage(goldFunnelHourlyBrand, [brands(3)]), options(file, 'second', ['silver_events']));
    const texts = await tableTexts(file);
    expect(texts.dead_letters).toEqual([]);
    expect(texts.gold_funnel_hourly_brand).toHaveLength(2);
    expect(texts.silver_events).toBeUndefined();
    expect(await runIds(file)).toEqual([
      ['first', 'done'],
      ['second', 'done'],
    ]);
    expect(await isPublished(file, 'second')).toBe(true);
    expect(await isPublished(file, 'third')).toBe(false);
    expect(await isPublished(join(folder, 'none.duckdb'), 'first')).toBe(false);
  });

  test('that fails half-way leaves the old tables, and no file where there was none', async () => {
    const file = join(folder, 'half.duckdb');
    await switchTables(stage(deadLetters, [letters(10)]), options(file, 'good'));
    const before = await tableTexts(file);
    const lost: Staged = { ...stage(goldFunnelHourlyBrand, [brands(3)])[0], file: join(staging, 'gone') };
    const staged = [...stage(deadLetters, [letters(2)]), lost];
    await expect(switchTables(staged, options(file, 'bad'))).rejects.toThrow();
    expect(await tableTexts(file)).toEqual(before);
    expect(await runIds(file)).toEqual([['good', 'done']]);
    const fresh = join(folder, 'fresh.duckdb');
    await expect(switchTables(staged, options(fresh, 'bad'))).rejects.toThrow();
    expect(readdirSync(folder).filter((name) => name.startsWith('fresh'))).toEqual([]);
    // What the failure left in the staging directory is not in the way of the next try.
    await switchTables(stage(deadLetters, [letters(1)]), options(fresh, 'good'));
    expect((await tableTexts(fresh)).dead_letters).toHaveLength(1);
  });

  test('a log that a removed file left is not taken for the new one’s', async () => {
    const file = join(folder, 'log.duckdb');
    writeFileSync(`${file}.wal`, 'rubbish');
    await switchTables(stage(deadLetters, [letters(1)]), options(file));
    expect((await tableTexts(file)).dead_letters).toHaveLength(1);
  });
});
