/** A file that another process writes to, read by many at once: nobody starves, and what is read is of one moment. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LockedError, withDuckdb } from '../../../io/duckdb/open';
import { type Reading, SharedReader } from '../../../io/duckdb/shared_reader';
import { noteOf } from '../../../io/duckdb/waiting_writer';
import { whenUnlocked } from '../../../io/duckdb/when_unlocked';
import { required } from '../../../schema/column';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-shared-'));
  file = join(folder, "it's.duckdb");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const COLUMNS = { a: required('int64', 'A number'), b: required('int64', 'The same number') };

async function pair({ ask }: Reading): Promise<{ a: number; b: number }> {
  const [{ a }] = await ask({ sql: 'SELECT a, a AS b FROM one', parameters: {}, columns: COLUMNS });
  const [{ b }] = await ask({ sql: 'SELECT b AS a, b FROM other', parameters: {}, columns: COLUMNS });
  return { a, b };
}

function make(): Promise<void> {
  return withDuckdb(file, 'READ_WRITE', async (connection) => {
    await connection.run('CREATE TABLE one AS SELECT 0 AS a; CREATE TABLE other AS SELECT 0 AS b');
  });
}

/**
 * A process that writes both tables in one transaction, as often as it can, waiting as a stream's flush does. It prints a line for each.
 */
function writer(times: number): ChildProcess {
  const script = `
    const { withDuckdb } = require('./dist/io/duckdb/open');
    const { whenUnlocked } = require('./dist/io/duckdb/when_unlocked');
    const file = process.argv[1];
    (async () => {
      for (let n = 1; n <= ${times}; n++) {
        await whenUnlocked(() => withDuckdb(file, 'READ_WRITE', (connection) =>
          connection.run('BEGIN; UPDATE one SET a = ' + n + '; UPDATE other SET b = ' + n + '; COMMIT')), { writes: file });
        console.log(n);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    })();`;
  return spawn(process.execPath, ['-e', script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
}

test('readers that come and come see one moment each, and a writer gets in between', async () => {
  await make();
  const reader = new SharedReader(file);
  const child = writer(20);
  let printed = '';
  child.stdout!.on('data', (piece) => {
    printed += piece;
  });
  let running = true;
  child.on('exit', () => {
    running = false;
  });
  const seen: number[] = [];
  const read = async (): Promise<void> => {
    while (running) {
      const { a, b } = await reader.use(pair);
      expect(a).toBe(b);
      seen.push(a);
    }
  };
  await Promise.all([read(), read(), read(), read()]);
  expect((await reader.use(pair)).a).toBe(20);
  await reader.close();
  // Without the note, readers without a pause hold it out for all of its patience.
  expect(printed.trim().split('\n')).toHaveLength(20);
  expect(seen.length).toBeGreaterThan(40);
  expect(new Set(seen).size).toBeGreaterThan(5);
  expect(existsSync(noteOf(file))).toBe(false);
}, 60_000);

test('the file is let go of when nobody asks any more, and while one asks all the time', async () => {
  await make();
  const reader = new SharedReader(file);
  await reader.use(pair);
  await whenUnlocked(() => writtenElsewhere(1), { patienceMs: 5000 });
  let running = true;
  const busy = (async () => {
    while (running) await reader.use(pair);
  })();
  await whenUnlocked(() => writtenElsewhere(2), { patienceMs: 10_000, writes: file });
  running = false;
  await busy;
  expect(await reader.use(pair)).toEqual({ a: 2, b: 2 });
  await reader.close();
}, 30_000);

/** Locks are a process's: another one has to write. */
function writtenElsewhere(n: number): Promise<void> {
  return elsewhere(`UPDATE one SET a = ${n}; UPDATE other SET b = ${n}`);
}

async function elsewhere(sql: string): Promise<void> {
  const script = `const { DuckDBInstance } = require('@duckdb/node-api');
    (async () => { const i = await DuckDBInstance.create(process.argv[1]); const c = await i.connect(); await c.run('${sql}'); c.closeSync(); i.closeSync(); })().catch(() => process.exit(3));`;
  const child = spawn(process.execPath, ['-e', script, file], { stdio: 'ignore' });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  if (code === 3) throw new LockedError('locked');
}

test('the moment is the same until the file changes, and who listens is told', async () => {
  await make();
  const reader = new SharedReader(file);
  const moment = () => reader.use(async (reading) => reading.moment);
  const first = await moment();
  await delay(100);
  expect(await moment()).toBe(first);
  const changed = new Promise<void>((resolve) => {
    const stop = reader.onChange(() => {
      stop();
      resolve();
    });
  });
  await whenUnlocked(() => writtenElsewhere(5), { patienceMs: 5000 });
  await changed;
  expect(await moment()).not.toBe(first);
  await reader.close();
});

test('a file that is not there is said so, and read when it is', async () => {
  const reader = new SharedReader(file);
  await expect(reader.use(pair)).rejects.toMatchObject({ name: 'InputError', message: /no such file/ });
  const appeared = new Promise<void>((resolve) => {
    reader.onChange(resolve);
  });
  await make();
  await appeared;
  expect(await reader.use(pair)).toEqual({ a: 0, b: 0 });
  await reader.close();
  await expect(reader.use(pair)).rejects.toMatchObject({ name: 'InputError' });
});

test.each([
  ['text', () => writeFileSync(file, 'x'.repeat(5000)), /not a DuckDB file/],
  [
    'a file of other tables',
    () => withDuckdb(file, 'READ_WRITE', (connection) => connection.run('CREATE TABLE x (y INT)')),
    /no tables of a run/,
  ],
])('%s is no output', async (_, prepare, message) => {
  await prepare();
  const reader = new SharedReader(file);
  await expect(reader.use(pair)).rejects.toMatchObject({ name: 'InputError', message });
  await reader.close();
});

test('a question that fails takes nothing with it', async () => {
  await make();
  const reader = new SharedReader(file);
  const bad = { sql: 'SELECT nonsense AS a, 1 AS b', parameters: {}, columns: COLUMNS };
  const wrong = Array.from({ length: 10 }, () => reader.use(({ ask }) => ask(bad)));
  for (const each of wrong) await expect(each).rejects.toThrow(/nonsense/);
  expect(await reader.use(pair)).toEqual({ a: 0, b: 0 });
  await reader.close();
});

test('patience with a writer ends', async () => {
  await make();
  const holder = spawn(
    process.execPath,
    [
      '-e',
      `const { DuckDBInstance } = require('@duckdb/node-api');
       DuckDBInstance.create(process.argv[1]).then((i) => { globalThis.i = i; console.log('open'); setTimeout(() => {}, 60000); });`,
      file,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await new Promise((resolve) => holder.stdout!.once('data', resolve));
  const reader = new SharedReader(file, { patienceMs: 300 });
  await expect(reader.use(pair)).rejects.toBeInstanceOf(LockedError);
  const ended = new Promise((resolve) => holder.on('exit', resolve));
  holder.kill('SIGKILL');
  await ended;
  expect(await reader.use(pair)).toEqual({ a: 0, b: 0 });
  await reader.close();
});

test('questions are asked again of tables that were replaced by others of the same names, of other types too', async () => {
  await make();
  const reader = new SharedReader(file);
  expect(await reader.use(pair)).toEqual({ a: 0, b: 0 });
  await reader.close();
  const again = new SharedReader(file);
  for (let i = 0; i < 3; i++) expect(await again.use(pair)).toEqual({ a: 0, b: 0 });
  for (const [n, type] of ['BIGINT', 'INTEGER', 'VARCHAR', 'DOUBLE'].entries()) {
    await whenUnlocked(
      () =>
        elsewhere(
          `DROP TABLE one; CREATE TABLE one AS SELECT ${n}::${type} AS a; DROP TABLE other; CREATE TABLE other AS SELECT ${n}::${type} AS b, 1 AS c`,
        ),
      { patienceMs: 5000, writes: file },
    );
    expect(await again.use(pair)).toEqual({ a: n, b: n });
    expect(await again.use(pair)).toEqual({ a: n, b: n });
  }
  await again.close();
});

test('more forms of a question than are kept', async () => {
  await make();
  const reader = new SharedReader(file);
  const nth = (n: number) =>
    reader.use(({ ask }) =>
      ask({ sql: `SELECT $n + ${n} AS a, b FROM other`, parameters: { n }, columns: COLUMNS }),
    );
  for (let round = 0; round < 2; round++)
    for (let n = 0; n < 330; n++) expect(await nth(n)).toEqual([{ a: 2 * n, b: 0 }]);
  await reader.close();
});
