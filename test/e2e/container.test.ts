/** The worker's container without a container: its entry point runs the sample for Prism, and the tables are those of the local runner. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerPool } from '../emulators/container_pool';
import { describeWithPrism } from '../emulators/prism';
import { SAMPLE, start } from './product';
import { readTables } from './read_tables';
import { expectSameTables } from './table_diff';

jest.setTimeout(120_000);

describeWithPrism('the container’s entry point', (prism) => {
  let folder: string;
  let pool: ContainerPool;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'funnelpulse-container-e2e-'));
    pool = await ContainerPool.start();
  });
  afterAll(async () => {
    await pool.stop();
    rmSync(folder, { recursive: true });
  });

  const run = async (name: string, ...more: string[]) => {
    const file = join(folder, `${name}.duckdb`);
    const output = ['--output', `duckdb:${file}`, '--now', '2026-01-01T00:00:00Z', '--quiet'];
    const outcome = await start(['run', '--input', SAMPLE, ...output, ...more]).ended;
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    const { runs: _, ...tables } = await readTables(file);
    return tables;
  };

  test('runs the sample', async () => {
    const local = await run('local');
    const job = ['--runner', 'prism', '--job-endpoint', prism().endpoint];
    expectSameTables(local, await run('there', ...job, '--environment', `external:${pool.address}`));
    // Prism stops the worker when the job is done: a good end for a container.
    await pool.ended();
    expect({ codes: pool.codes, said: pool.said }).toEqual({ codes: [0], said: '' });
  });
});
