/** Whose an output is, and what a stream does while another process has it open. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { AttachedFile } from '../../io/duckdb/attached_file';
import { withDuckdb } from '../../io/duckdb/open';
import { prepareOutput } from '../../io/duckdb/prepare_output';
import { prepareStreamOutput, type StreamOutput } from '../../io/duckdb/prepare_stream_output';
import { streamTombstones } from '../../io/duckdb/stream_tables';
import { type SwitchOptions, switchTables } from '../../io/duckdb/switch_tables';
import { upsertTables } from '../../io/duckdb/upsert_tables';
import { StageRows } from '../../io/staging/stage_rows';
import { removeStaging } from '../../io/staging/staging_directory';
import { duckdbCreateTable } from '../../schema/duckdb';
import { deadLetters, goldFunnelHourlyBrand, STREAM_TABLES } from '../../schema/tables';
import { goldRow, letterRow, log, run, START } from './upsert_rows';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-owner-'));
  file = join(folder, 'shop.duckdb');
});
afterEach(() => rmSync(folder, { recursive: true }));

function prepare(more: Partial<StreamOutput> = {}): Promise<string> {
  return prepareStreamOutput({ file, run: run(START), commits: 0, replace: false, ...more });
}

function output(): AttachedFile {
  return new AttachedFile(file, join(folder, 'spilled'));
}

async function query(sql: string): Promise<unknown[][]> {
  return withDuckdb(file, 'READ_WRITE', async (connection) =>
    (await connection.runAndReadAll(sql)).getRows(),
  );
}

/** The output as the first stream leaves it: a row, a tombstone, a rejected record. */
async function writeAsFirst(): Promise<void> {
  const staging = await prepare();
  const rows = [3, 4].map((revision) =>
    goldRow(goldFunnelHourlyBrand, { hour: 0, name: revision === 4 ? 'bb' : 'a', revision, pane: 'early' }),
  );
  const parts = [...log(goldFunnelHourlyBrand, staging, rows), ...log(deadLetters, staging, [letterRow(1)])];
  await upsertTables(parts, { output: output(), run: run(START), now: START, commit: 1 });
  removeStaging(staging);
  expect(await contents()).toEqual([1, 1, 1]);
}

async function contents(): Promise<unknown[]> {
  const tables = [goldFunnelHourlyBrand, streamTombstones, deadLetters];
  const counts = tables.map(({ name }) => `(SELECT count(*)::INTEGER FROM ${name})`);
  return (await query(`SELECT ${counts.join(', ')}`))[0];
}

const runRows = () => query('SELECT run_id, state_id, status FROM runs ORDER BY started_at');
const second = { ...run(START, 'run-2', 'state-2'), started_at: START + 1 };
const refusal = (message: RegExp) => ({ exitCode: 2, message: expect.stringMatching(message) });

async function writeAsBatch(): Promise<void> {
  const staging = await prepareOutput(file, 'batch-1', true);
  const identity = { ...run(null, 'batch-1'), state_id: null, mode: 'batch', started_at: START + 2 };
  const options: SwitchOptions = { file, staging, run: identity, omit: [] };
  const step = new StageRows(deadLetters.name, staging);
  step.startBundle();
  step.process([letterRow(7), letterRow(8)]);
  const parts = [...step.finishBundle()].map(({ value }) => value);
  await switchTables(parts, options);
  removeStaging(staging);
}

describe('an output', () => {
  test('that is not there yet gets all tables and views, and its run', async () => {
    const staging = await prepare();
    expect(readdirSync(folder).sort()).toEqual([basename(staging), 'shop.duckdb'].sort());
    expect(readdirSync(staging)).toEqual([]);
    const tables = await query('SELECT table_name FROM duckdb_tables() ORDER BY ALL');
    const names = [...STREAM_TABLES.map(({ name }) => name), 'runs', 'stream_tombstones'];
    expect(tables.flat()).toEqual(names.sort());
    const views = await query('SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1');
    expect(views.flat()).toEqual([
      ...['anomalies_open', 'funnel_daily', 'gold_funnel_daily_brand_closed'],
      ...['gold_funnel_daily_category_closed', 'gold_funnel_hourly_brand_closed'],
      'gold_funnel_hourly_price_band_closed',
    ]);
    expect(await runRows()).toEqual([['run-1', 'state-1', 'running']]);
  });

  test('of the same state keeps its rows, and its watermark does not go back', async () => {
    await writeAsFirst();
    await prepare({ run: { ...run(START - 5, 'run-2'), started_at: START + 1 }, commits: 3 });
    expect(await contents()).toEqual([1, 1, 1]);
    // Not even where it may be replaced: the state no longer has what it has written.
    await prepare({ run: { ...run(START - 5, 'run-3'), started_at: START + 2 }, commits: 3, replace: true });
    expect(await contents()).toEqual([1, 1, 1]);
    expect(await query('SELECT run_id, epoch_ms(watermark)::DOUBLE FROM runs ORDER BY 1')).toEqual([
      ['run-1', START],
      ['run-2', START],
      ['run-3', START],
    ]);
  });

  test('of another stream is refused, and left as it is', async () => {
    await writeAsFirst();
    await expect(prepare({ run: second })).rejects.toMatchObject(
      refusal(
        /belongs to the stream with the state state-1, not state-2\. Give the --state .*--output.*--replace/,
      ),
    );
    expect(await contents()).toEqual([1, 1, 1]);
    expect(readdirSync(folder)).toEqual(['shop.duckdb']);
  });

  test('of another stream is emptied and taken over, where it may be replaced', async () => {
    await writeAsFirst();
    await prepare({ run: second, replace: true });
    expect(await contents()).toEqual([0, 0, 0]);
    expect(await runRows()).toEqual([
      ['run-1', 'state-1', 'running'],
      ['run-2', 'state-2', 'running'],
    ]);
    await expect(prepare({ run: { ...run(START, 'run-3'), started_at: START + 9 } })).rejects.toMatchObject(
      refusal(/state state-2, not state-1/),
    );
  });

  test('of a batch run is refused, or taken over where it may be replaced', async () => {
    await writeAsBatch();
    await expect(prepare({ run: { ...second, started_at: START + 3 } })).rejects.toMatchObject(
      refusal(/was written by a batch run \(batch-1\).*Choose another --output, or --replace/),
    );
    expect(await query('SELECT count(*)::INTEGER FROM dead_letters')).toEqual([[2]]);
    await prepare({ run: { ...second, started_at: START + 3 }, replace: true });
    expect(await contents()).toEqual([0, 0, 0]);
  });

  test('of a stream is refused to a batch run; once that has replaced it, the stream is refused', async () => {
    await writeAsFirst();
    await expect(prepareOutput(file, 'batch-1', false)).rejects.toMatchObject(refusal(/the state state-1/));
    await writeAsBatch();
    const late = upsertTables([], { output: output(), run: run(START), now: START, commit: 2 });
    await expect(late).rejects.toMatchObject(refusal(/a batch run has replaced its tables/));
    await expect(prepare({ commits: 3 })).rejects.toMatchObject(refusal(/was written by a batch run/));
  });

  test('that holds other tables only gets ours beside them', async () => {
    await query('CREATE TABLE mine AS SELECT 1 AS x');
    await prepare();
    expect(await query('FROM mine')).toEqual([[1]]);
    expect(await contents()).toEqual([0, 0, 0]);
  });

  test('that holds a table of our name from who knows where is refused', async () => {
    await query(duckdbCreateTable(deadLetters));
    await expect(prepare()).rejects.toMatchObject(refusal(/has a table dead_letters that no run/));
  });

  test('that lacks what the state has written is refused, and not made', async () => {
    await expect(prepare({ commits: 3 })).rejects.toMatchObject(
      refusal(
        /holds nothing of the state state-1, which has written 3 commits.*--output.*--state.*--replace/,
      ),
    );
    expect(readdirSync(folder)).toEqual([]);
    await prepare({ commits: 3, replace: true });
    expect(await contents()).toEqual([0, 0, 0]);
  });

  test('that is no DuckDB file, or lies nowhere, is refused', async () => {
    writeFileSync(file, 'something else entirely, and long enough to have a header of its own');
    await expect(prepare()).rejects.toMatchObject(refusal(/not a DuckDB file/));
    expect(readdirSync(folder)).toEqual(['shop.duckdb']);
    await expect(prepare({ file: join(folder, 'none', 'x.duckdb') })).rejects.toMatchObject(
      refusal(/does not exist/),
    );
  });
});

describe('while another process has it open', () => {
  const HOLD = `
    const { DuckDBInstance } = require('@duckdb/node-api');
    DuckDBInstance.create(process.argv[1], { access_mode: 'READ_ONLY' }).then(async (instance) => {
      globalThis.held = instance; // what nobody refers to is closed one day
      process.stdout.write('held');
      process.stdin.on('data', () => process.exit(0));
    });`;

  async function hold(): Promise<ChildProcess> {
    const child = spawn(process.execPath, ['-e', HOLD, file], { cwd: join(__dirname, '..', '..') });
    child.stderr?.pipe(process.stderr);
    await once(child.stdout!, 'data');
    return child;
  }

  async function letGo(child: ChildProcess): Promise<void> {
    const closed = once(child, 'close');
    child.stdin?.write('go');
    await closed;
  }

  test('a flush waits, says so, and is done when that lets go', async () => {
    const staging = await prepare();
    const reader = await hold();
    const parts = log(deadLetters, staging, [letterRow(1)]);
    const waits: number[] = [];
    let released: Promise<void> | undefined;
    const onWait = (waitedMs: number, { message }: Error): void => {
      expect(message).toMatch(`(PID ${reader.pid})`);
      waits.push(waitedMs);
      if (waits.length === 3) released = letGo(reader);
    };
    const options = { output: output(), run: run(START), now: START, commit: 1 };
    expect(await upsertTables(parts, { ...options, onWait })).toEqual({ dead_letters: 1 });
    await released;
    expect(waits.length).toBeGreaterThanOrEqual(3);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    // Between two flushes, somebody else can read.
    await letGo(await hold());
  });

  test('a flush ends with one message when patience does, and may be done again', async () => {
    const staging = await prepare();
    const reader = await hold();
    const parts = log(deadLetters, staging, [letterRow(1)]);
    const options = { output: output(), run: run(START), now: START, commit: 1 };
    await expect(upsertTables(parts, { ...options, patienceMs: 50 })).rejects.toMatchObject(
      refusal(new RegExp(`another process \\(PID ${reader.pid}\\) has it open`)),
    );
    await letGo(reader);
    expect(await upsertTables(parts, options)).toEqual({ dead_letters: 1 });
  });

  test('a stream waits before it begins, too', async () => {
    removeStaging(await prepare());
    const reader = await hold();
    await expect(prepare({ patienceMs: 50 })).rejects.toMatchObject(refusal(/has it open/));
    expect(readdirSync(folder)).toEqual(['shop.duckdb']);
    let waited = false;
    const onWait = (): void => {
      if (!waited) void letGo(reader);
      waited = true;
    };
    const staging = await prepare({ onWait });
    expect([waited, existsSync(staging)]).toEqual([true, true]);
  });
});
