/** `funnelpulse inspect`, also of a file that somebody else is writing to. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { SAMPLE, type Started, start, until } from './product';

let folder: string;
let output: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-inspect-'));
  output = join(folder, 'funnel.duckdb');
  const run = start(['run', '--quiet', '--input', SAMPLE, '--output', `duckdb:${output}`]);
  expect(await run.ended).toMatchObject({ code: 0, stderr: '' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function inspect(...args: string[]): Started {
  return start(['inspect', '--from', `duckdb:${output}`, ...args]);
}

/** Writes to a file as a stream does: opens it, and closes it again. */
async function write(file: string, sql: string, holdMs = 0): Promise<void> {
  for (;;) {
    const database = await DuckDBInstance.create(file).catch((error: Error) => {
      if (!/lock/i.test(error.message)) throw error;
      return null;
    });
    if (database === null) continue;
    const connection = await database.connect();
    await connection.run(sql);
    await new Promise((resolve) => setTimeout(resolve, holdMs));
    connection.closeSync();
    database.closeSync();
    return;
  }
}

test('counts, watermark and newest rows', async () => {
  const { code, stdout, stderr } = await inspect('--limit', '3').ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/funnel.duckdb: batch run, done, begun .*, ended /);
  expect(stdout).toMatch(/Watermark: complete/);
  expect(stdout).toMatch(/dead_letters +39 rows/);
  const [, table] = stdout.split('Newest of gold_funnel_hourly_brand\n');
  const rows = table.trimEnd().split('\n');
  expect(rows).toHaveLength(4);
  expect(rows[0]).toMatch(/^window_start +brand +views +carts +purchases/);
  for (const row of rows.slice(1)) expect(row).toMatch(/^2019-10-31 23:00:00 /);
});

test('as JSON, with all columns', async () => {
  const { stdout } = await inspect('--table', 'dead_letters', '--limit', '100', '--json').ended;
  const { run, tables, rows, columns } = JSON.parse(stdout);
  expect(run).toMatchObject({ mode: 'batch', status: 'done', watermark: null, watermark_lag_ms: null });
  expect(rows).toHaveLength(39);
  expect(tables.dead_letters).toBe(39);
  expect(Object.keys(rows[0])).toEqual(columns);
  expect(rows[0].reason).toBe('nonpositive_price');
});

test.each([
  [['--from', 'out.duckdb'], /--from out.duckdb: duckdb:FILE was expected/],
  [['--from', 'duckdb:none.duckdb'], /cannot read none.duckdb: no such file/],
  [['--from', 'duckdb:text.duckdb'], /text.duckdb: it is not a DuckDB file/],
  [['--from', 'duckdb:empty.duckdb'], /empty.duckdb holds no run/],
  [
    ['--from', 'duckdb:funnel.duckdb', '--table', 'gold'],
    /has no table gold. There are gold_funnel_hourly_brand, /,
  ],
  [['--from', 'duckdb:funnel.duckdb', '--limit', '-1'], /--limit -1: a whole number from 0/],
])('%j is one message', async (args, message) => {
  writeFileSync(join(folder, 'text.duckdb'), 'x'.repeat(5000));
  await write(join(folder, 'empty.duckdb'), 'SELECT 1');
  const ended = await start(['inspect', ...args], { cwd: folder }).ended;
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(message);
});

test('somebody who writes is waited for', async () => {
  const held = join(folder, 'held.duckdb');
  copyFileSync(output, held);
  let free = false;
  const writing = write(held, 'DELETE FROM dead_letters', 1500).then(() => {
    free = true;
  });
  // The file is locked from the moment on that its writer has opened it.
  await expect(lockedFor(held)).resolves.toBe(true);
  const { code, stdout } = await start(['inspect', '--from', `duckdb:${held}`, '--json']).ended;
  expect(free).toBe(true);
  await writing;
  expect(code).toBe(0);
  expect(JSON.parse(stdout).tables.dead_letters).toBe(0);
});

/** Waits until another process can't open the file. */
async function lockedFor(file: string): Promise<boolean> {
  for (;;) {
    const script = `require(${JSON.stringify(require.resolve('@duckdb/node-api'))}).DuckDBInstance.create(${JSON.stringify(file)}, { access_mode: 'READ_ONLY' }).then(() => process.exit(0), () => process.exit(9))`;
    const { status } = spawnSync(process.execPath, ['-e', script]);
    if (status === 9) return true;
    await new Promise(setImmediate);
  }
}

test('what is followed is printed again when it has changed, and only then', async () => {
  const live = join(folder, 'live.duckdb');
  copyFileSync(output, live);
  const args = [
    'inspect',
    '--from',
    `duckdb:${live}`,
    '--table',
    'dead_letters',
    '--limit',
    '1',
    '--follow',
    '--json',
  ];
  const following = start(args);
  let text = '';
  following.process.stdout?.on('data', (piece: string) => {
    text += piece;
  });
  const seen = (): { tables: Record<string, number>; run: Record<string, unknown> }[] =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  await until(() => seen().length === 1, following);
  await write(live, 'DELETE FROM dead_letters WHERE position <> (SELECT min(position) FROM dead_letters)');
  await until(() => seen().at(-1)?.tables.dead_letters === 1, following);
  const before = seen().length;
  await write(live, 'CHECKPOINT');
  await write(
    live,
    "UPDATE runs SET mode = 'streaming', status = 'running', watermark = TIMESTAMP '2026-01-01 10:00:00'",
  );
  await until(() => seen().at(-1)?.run.watermark === '2026-01-01T10:00:00.000Z', following);
  expect(seen()).toHaveLength(before + 1);
  following.process.kill('SIGINT');
  expect(await following.ended).toMatchObject({ code: 130, stderr: '' });
});
