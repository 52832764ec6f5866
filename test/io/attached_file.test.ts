/** A file that one process writes to and reads at the same time, and that others read between. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { AttachedFile, type AttachedReading } from '../../io/duckdb/attached_file';
import { LockedError } from '../../io/duckdb/open';
import { whenUnlocked } from '../../io/duckdb/when_unlocked';
import { required } from '../../schema/column';

const SMALL = { isLarge: false, isLast: false };
const COUNT = required('int64', 'A number');
/** Longer than the file stays attached after somebody has read it. */
const LET_GO_MS = 150;

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

/** The least and the largest round, and the number of rows. */
async function seen({ ask }: AttachedReading): Promise<number[]> {
  const [{ least, most, rows }] = await ask({
    sql: 'SELECT min(round) AS least, max(round) AS most, count(*) AS rows FROM t',
    parameters: {},
    columns: { least: COUNT, most: COUNT, rows: COUNT },
  });
  return [least, most, rows];
}

/** A program that opens the file for reading, again and again until it can, and then does something with the database. */
const opening = (then: string): string => `
  const { DuckDBInstance } = require(${JSON.stringify(require.resolve('@duckdb/node-api'))});
  const open = () => DuckDBInstance.create(process.argv[1], { access_mode: 'READ_ONLY' });
  ${then}`;

/** What another process finds in the file; throws where it can't open it. */
function elsewhere(): number {
  const program = opening(`
    open()
      .then((database) => database.connect())
      .then((connection) => connection.runAndReadAll('SELECT max(round) FROM t'))
      .then((found) => process.stdout.write(String(found.getRows()[0][0])));`);
  return Number(execFileSync(process.execPath, ['-e', program, output.file], { stdio: 'pipe' }));
}

test('each reader sees one moment, whatever is written and worked into the file meanwhile', async () => {
  let isOver = false;
  let read = 0;
  const readers = [0, 1, 2].map(async () => {
    let last = -1;
    while (!isOver) {
      await output.read(async (reading) => {
        const first = await seen(reading);
        expect(first[1]).toBe(first[0]);
        expect(first[1]).toBeGreaterThanOrEqual(last);
        await delay(3);
        expect(await seen(reading)).toEqual(first);
        last = first[1];
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
  await delay(LET_GO_MS);
  expect(elsewhere()).toBe(60);
});

test('nobody else is kept out when no one reads or writes, and everybody while somebody does', async () => {
  expect(elsewhere()).toBe(0);
  await output.read(async () => expect(elsewhere).toThrow(/lock/i));
  await delay(LET_GO_MS);
  expect(elsewhere()).toBe(0);
});

test('others get in while somebody reads all the time', async () => {
  let isOver = false;
  const reading = [0, 1].map(async () => {
    // The other program has it for a while, too.
    while (!isOver) await whenUnlocked(() => output.read(seen));
  });
  const program = opening('const again = () => open().catch(again); void again();');
  const child = spawn(process.execPath, ['-e', program, output.file], { stdio: 'inherit' });
  expect(await once(child, 'close')).toEqual([0, null]);
  isOver = true;
  await Promise.all(reading);
});

test('a moment is the same until the file has been written to', async () => {
  const momentOf = () => output.read(async ({ moment }) => moment);
  const before = await momentOf();
  expect(await momentOf()).toBe(before);
  await output.use((connection) => connection.run('UPDATE t SET round = 1'), SMALL);
  expect(await momentOf()).not.toBe(before);
  expect(await output.read(seen)).toEqual([1, 1, 1000]);
});

test('a question that fails leaves nothing behind', async () => {
  const wrong = { sql: 'SELECT none FROM t', parameters: {}, columns: { none: COUNT } };
  await expect(output.read(({ ask }) => ask(wrong))).rejects.toThrow(/none/);
  expect(await output.read(seen)).toEqual([0, 0, 1000]);
});

test('work that fails lets go of the file, and others go on', async () => {
  const failing = output.use(() => Promise.reject(new Error('mine')), SMALL);
  const reading = output.read(async (read) => {
    await delay(50);
    return seen(read);
  });
  await expect(failing).rejects.toThrow('mine');
  expect(await reading).toEqual([0, 0, 1000]);
  await delay(LET_GO_MS);
  expect(elsewhere()).toBe(0);
});

test('a file that another process has open is said to be locked, and can be read afterwards', async () => {
  const program = opening("open().then(() => process.stdout.write('open')); setInterval(() => {}, 1000);");
  const child = spawn(process.execPath, ['-e', program, output.file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await expect(output.read(async () => 1)).rejects.toThrow(LockedError);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(await output.read(async () => 1)).toBe(1);
});

describe('what others do to the file', () => {
  /** Another process does something with it. */
  const elsewhereRun = (sql: string, mode: 'READ_WRITE' | 'READ_ONLY'): void => {
    const program = `
      const { DuckDBInstance } = require(${JSON.stringify(require.resolve('@duckdb/node-api'))});
      DuckDBInstance.create(process.argv[1], { access_mode: '${mode}' })
        .then(async (database) => {
          const connection = await database.connect();
          await connection.run(process.argv[2]);
          connection.closeSync();
          database.closeSync();
        });`;
    execFileSync(process.execPath, ['-e', program, output.file, sql], { stdio: 'pipe' });
  };
  const momentOf = () => output.read(async ({ moment }) => moment);
  const CHANGE = 'UPDATE t SET round = round + 77 WHERE i = 5';
  let told = 0;
  let stop: () => void;
  beforeEach(() => {
    told = 0;
    stop = output.onChangeByOthers(() => {
      told++;
    });
  });

  test('is another moment, and told of before anybody sees it', async () => {
    const before = await momentOf();
    await delay(LET_GO_MS);
    expect(output.isChangedByOthers()).toBe(false);
    elsewhereRun(CHANGE, 'READ_WRITE');
    expect([output.isChangedByOthers(), told]).toEqual([true, 0]);
    await output.read(async (reading) => {
      expect(told).toBe(1);
      expect(reading.moment).not.toBe(before);
      expect(await seen(reading)).toEqual([0, 77, 1000]);
      expect(output.isChangedByOthers()).toBe(false);
    });
    const after = await momentOf();
    await delay(LET_GO_MS);
    expect(await momentOf()).toBe(after);
    expect([output.isChangedByOthers(), told]).toEqual([false, 1]);
  });

  test('is told of before somebody writes', async () => {
    elsewhereRun(CHANGE, 'READ_WRITE');
    await output.use(async () => expect(told).toBe(1), SMALL);
    elsewhereRun(CHANGE, 'READ_WRITE');
    await output.load(async () => expect(told).toBe(2));
    stop();
    elsewhereRun(CHANGE, 'READ_WRITE');
    await output.use(async () => undefined, SMALL);
    expect(told).toBe(2);
  });

  test('is seen where the file is another one, or gone', async () => {
    const copy = `${output.file}.copy`;
    copyFileSync(output.file, copy);
    renameSync(copy, output.file);
    expect(output.isChangedByOthers()).toBe(true);
    await output.read(async () => expect(told).toBe(1));
    await delay(LET_GO_MS);
    rmSync(output.file);
    expect(output.isChangedByOthers()).toBe(true);
  });

  test('is nothing where they only read, and what one does oneself is nothing, either', async () => {
    for (let round = 0; round < 6; round++) {
      await output.use((connection) => connection.run('UPDATE t SET round = round + 1'), {
        isLarge: round === 2,
        isLast: round === 4,
      });
      expect(output.isChangedByOthers()).toBe(false);
      elsewhereRun('FROM t', 'READ_ONLY');
      expect(output.isChangedByOthers()).toBe(false);
      const failed = output.use(
        (connection) => connection.run('BEGIN; UPDATE t SET round = 0; FROM nowhere'),
        SMALL,
      );
      await expect(failed).rejects.toThrow('nowhere');
      await momentOf();
      await delay(LET_GO_MS);
    }
    expect([output.isChangedByOthers(), told]).toEqual([false, 0]);
  });
});

describe('loading', () => {
  const add = (follow: (n: number) => void) =>
    output.use(async (connection) => {
      await connection.run('INSERT INTO t VALUES (1, 0)');
      follow(1);
    }, SMALL);
  const rows = async (connection: DuckDBConnection): Promise<number> =>
    Number((await connection.runAndReadAll('SELECT count(*) FROM t')).getRows()[0][0]);

  test('and then going by what each use does misses nothing and has nothing twice, whenever it comes', async () => {
    const waits = fc.array(fc.tuple(fc.boolean(), fc.nat(6)), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(waits, async (steps) => {
        const held: { rows: number }[] = [];
        const follow = (n: number): void => {
          for (const each of held) each.rows += n;
        };
        const done = [];
        for (const [isLoad, wait] of steps) {
          done.push(
            isLoad
              ? output.load(async (connection) => {
                  const found = await rows(connection);
                  await delay(wait);
                  expect(await rows(connection)).toBe(found);
                  held.push({ rows: found });
                })
              : add(follow),
          );
          await delay(wait);
        }
        await Promise.all(done);
        const there = await output.load(rows);
        expect(held).toEqual(held.map(() => ({ rows: there })));
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });

  test('writes nothing, and what fails lets the next one in', async () => {
    const write = output.load((connection) => connection.run('DELETE FROM t'));
    await expect(write).rejects.toThrow(/read-only/i);
    expect(await output.load(rows)).toBe(1000);
  });

  test('keeps nobody from reading', async () => {
    await output.load(async () => expect(await output.read(seen)).toEqual([0, 0, 1000]));
  });
});

test('closing waits for those who are in line', async () => {
  const done: string[] = [];
  const first = output.load(async () => {
    await delay(50);
    done.push('loaded');
  });
  const second = output.use(async () => {
    done.push('used');
  }, SMALL);
  await output.close();
  expect(done).toEqual(['loaded', 'used']);
  await Promise.all([first, second]);
});

test('closing waits for readers', async () => {
  let isRead = false;
  const reading = output.read(async (read) => {
    await delay(100);
    await seen(read);
    isRead = true;
  });
  await output.close();
  expect(isRead).toBe(true);
  await reading;
  expect(elsewhere()).toBe(0);
});
