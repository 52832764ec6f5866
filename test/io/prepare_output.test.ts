/** What is looked at before hours of work: whose output it is, and what killed runs have left beside it. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { prepareOutput } from '../../io/duckdb/prepare_output';
import { removeStaging, stagingName } from '../../io/staging/staging_directory';
import { duckdbCreateTable } from '../../schema/duckdb';
import { runs } from '../../schema/tables';

let folder: string;
let output: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-prepare-'));
  output = join(folder, 'shop.duckdb');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function database(...statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(output);
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

const run = (id: string, mode: string, state: string, start: number) =>
  `INSERT INTO runs VALUES ('${id}', ${state}, '${mode}', 'in', '{}', '{}', NULL, 0, 'done', epoch_ms(${start}), NULL)`;
const STREAM = run('s', 'streaming', "'shop-state'", 1000);
const BATCH = run('b', 'batch', 'NULL', 2000);

test('a new output: a staging directory of its own beside it, and no file yet', async () => {
  const staging = await prepareOutput(output, 'run-1', false);
  expect(dirname(staging)).toBe(folder);
  expect(readdirSync(folder)).toEqual([basename(staging)]);
  removeStaging(staging);
  expect(readdirSync(folder)).toEqual([]);
});

test('two runs on one output have two directories; one id has one', async () => {
  const [one, two] = [
    await prepareOutput(output, 'run-1', false),
    await prepareOutput(output, 'run-2', false),
  ];
  expect(one).not.toBe(two);
  await expect(prepareOutput(output, 'run-1', false)).rejects.toMatchObject({ exitCode: 2 });
  expect(existsSync(one)).toBe(true);
});

describe('the output of', () => {
  test('a batch run', async () => {
    await database(duckdbCreateTable(runs), BATCH);
    await prepareOutput(output, 'run-1', false);
  });
  test('somebody else, without a table of runs', async () => {
    await database('CREATE TABLE mine (x INTEGER)');
    await prepareOutput(output, 'run-1', false);
  });
  test('a stream is refused, and nothing is left behind', async () => {
    await database(duckdbCreateTable(runs), STREAM, BATCH);
    await expect(prepareOutput(output, 'run-1', false)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/stream with the state shop-state.*--output.*--replace/),
    });
    expect(readdirSync(folder)).toEqual([basename(output)]);
  });
  test('a stream, where it may be replaced', async () => {
    await database(duckdbCreateTable(runs), STREAM);
    await prepareOutput(output, 'run-1', true);
  });
  test('a program that is not DuckDB', async () => {
    writeFileSync(output, 'something else entirely, and long enough to have a header of its own');
    await expect(prepareOutput(output, 'run-1', false)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('not a DuckDB file'),
    });
    expect(readdirSync(folder)).toEqual([basename(output)]);
  });
});

describe('what other runs left', () => {
  /** A staging directory as a run makes it. */
  function leave(host: string, pid: number, of: string = output): string {
    const staging = stagingName(of, host, pid, 'left');
    mkdirSync(staging);
    writeFileSync(join(staging, 'rows.block'), 'rows');
    return staging;
  }
  /** A process id that no process has: beyond the system's largest. */
  const NOBODY = 2 ** 22 + 1;

  test('is removed if its process is gone', async () => {
    const left = leave(hostname(), NOBODY);
    await prepareOutput(output, 'run-1', false);
    expect(existsSync(left)).toBe(false);
  });
  test('stays while its process runs, or where that is on another machine', async () => {
    const all = [leave(hostname(), process.pid), leave('another', NOBODY)];
    await prepareOutput(output, 'run-1', false);
    expect(all.map((staging) => existsSync(staging))).toEqual([true, true]);
  });
  test('stays where its name is not one of ours', async () => {
    const other = join(folder, `.${basename(output)}.staging-of-mine`);
    mkdirSync(other);
    await prepareOutput(output, 'run-1', false);
    expect(existsSync(other)).toBe(true);
  });
  test('of another output stays', async () => {
    const left = leave(hostname(), NOBODY, join(folder, 'other.duckdb'));
    await prepareOutput(output, 'run-1', false);
    expect(existsSync(left)).toBe(true);
  });
});
