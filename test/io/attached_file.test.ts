/** A file that one process writes to and reads at the same time, and that others read between. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { AttachedFile } from '../../io/duckdb/attached_file';
import { LockedError } from '../../io/duckdb/open';

const SMALL = { isLarge: false, isLast: false };

let folder: string;
let output: AttachedFile;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-attached-'));
  output = new AttachedFile(join(folder, 'shop.duckdb'), join(folder, 'spilled'));
  await output.use(
    (connection) => connection.run('CREATE TABLE t AS SELECT range AS i, 0 AS round FROM range(1000)'),
    SMALL,
  );
});
afterEach(async () => {
  await output.close();
  rmSync(folder, { recursive: true });
});

async function numbers(connection: DuckDBConnection, sql: string): Promise<number[]> {
  return (await connection.runAndReadAll(sql)).getRows()[0].map(Number);
}

/** What another process finds in the file; throws where it can't open it. */
function elsewhere(): number {
  const program = `
    const { DuckDBInstance } = require(${JSON.stringify(require.resolve('@duckdb/node-api'))});
    DuckDBInstance.create(process.argv[1], { access_mode: 'READ_ONLY' })
      .then((database) => database.connect())
      .then((connection) => connection.runAndReadAll('SELECT max(round) FROM t'))
      .then((found) => process.stdout.write(String(found.getRows()[0][0])));`;
  return Number(execFileSync(process.execPath, ['-e', program, output.file], { stdio: 'pipe' }));
}

test('each reader sees one moment, whatever is written and worked into the file meanwhile', async () => {
  let isOver = false;
  let read = 0;
  const readers = [0, 1, 2].map(async () => {
    let last = -1;
    while (!isOver) {
      await output.read(async (connection) => {
        const [least, most, rows] = await numbers(
          connection,
          'SELECT min(round), max(round), count(*) FROM t',
        );
        expect(most).toBe(least);
        expect(most).toBeGreaterThanOrEqual(last);
        await delay(3);
        expect(await numbers(connection, 'SELECT min(round), max(round), count(*) FROM t')).toEqual([
          least,
          most,
          rows,
        ]);
        last = most;
      });
      read++;
    }
  });
  for (let round = 1; round <= 60; round++)
    // The last of every ten works the log into the file.
    await output.use(
      async (connection) => {
        await connection.run(
          'BEGIN; UPDATE t SET round = round + 1; INSERT INTO t SELECT 1000 + range, max(round) FROM t, range(50) GROUP BY range; COMMIT',
        );
      },
      { isLarge: round % 3 === 0, isLast: round % 10 === 0 },
    );
  isOver = true;
  await Promise.all(readers);
  expect(read).toBeGreaterThan(20);
  expect(existsSync(`${output.file}.wal`)).toBe(false);
  expect(elsewhere()).toBe(60);
});

test('nobody else is kept out when no one reads or writes, and everybody while somebody does', async () => {
  expect(elsewhere()).toBe(0);
  await output.read(async () => expect(elsewhere).toThrow(/lock/i));
  expect(elsewhere()).toBe(0);
});

test('a reader can write nothing', async () => {
  await expect(output.read((connection) => connection.run('DELETE FROM t'))).rejects.toThrow(/read.only/i);
  expect(await output.read((connection) => numbers(connection, 'SELECT count(*) FROM t'))).toEqual([1000]);
});

test('work that fails lets go of the file, and others go on', async () => {
  const failing = output.use(() => Promise.reject(new Error('mine')), SMALL);
  const reading = output.read(async (connection) => {
    await delay(50);
    return numbers(connection, 'SELECT count(*) FROM t');
  });
  await expect(failing).rejects.toThrow('mine');
  expect(await reading).toEqual([1000]);
  expect(elsewhere()).toBe(0);
});

test('a file that another process has open is said to be locked, and can be read afterwards', async () => {
  const { spawn } = require('node:child_process') as typeof import('node:child_process');
  const program = `
    const { DuckDBInstance } = require(${JSON.stringify(require.resolve('@duckdb/node-api'))});
    DuckDBInstance.create(process.argv[1], { access_mode: 'READ_ONLY' }).then(() => process.stdout.write('open'));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', program, output.file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await expect(output.read(async () => 1)).rejects.toThrow(LockedError);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
  expect(await output.read(async () => 1)).toBe(1);
});

test('closing waits for readers', async () => {
  let isRead = false;
  const reading = output.read(async (connection) => {
    await delay(100);
    await numbers(connection, 'SELECT count(*) FROM t');
    isRead = true;
  });
  await output.close();
  expect(isRead).toBe(true);
  await reading;
  expect(elsewhere()).toBe(0);
});
