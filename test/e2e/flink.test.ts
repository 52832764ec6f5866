/** The command line on Flink: the tables are those of the local runner, row by row, and the ledger balances. FUNNELPULSE_FLINK_EVENTS sets how large the shop is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithFlink } from '../emulators/flink';
import { SAMPLE, start } from './product';
import { readTables } from './read_tables';
import { expectSameTables } from './table_diff';

const EVENTS = process.env.FUNNELPULSE_FLINK_EVENTS ?? '200000';
jest.setTimeout(300_000);

describeWithFlink('--runner flink', (flink) => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'funnelpulse-flink-e2e-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = async (name: string, input: string, ...more: string[]) => {
    const file = join(folder, `${name}.duckdb`);
    const output = ['--output', `duckdb:${file}`, '--now', '2026-01-01T00:00:00Z', '--json'];
    const { code, stdout, stderr } = await start(['run', '--input', input, ...output, ...more]).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { runs: _, ...tables } = await readTables(file);
    const { seconds: __, output: ___, run_id: ____, ...summary } = JSON.parse(stdout);
    return { tables, summary };
  };

  const AS = { batch: [], 'a stream': ['--job-option', 'streaming=true', '--job-option', 'parallelism=1'] };
  test.each(['batch', 'a stream'] as const)(
    'the sample, and a generated shop with incidents, as %s',
    async (as) => {
      const shop = join(folder, 'shop.csv');
      const made = ['generate', '--events', EVENTS, '--days', '5', '--incidents', '1', '--seed', '7'];
      expect(await start([...made, '--out', shop]).ended).toMatchObject({ code: 0 });
      for (const [name, input] of [
        ['sample', SAMPLE],
        ['shop', shop],
      ]) {
        const local = await run(`${name}-local-${as.at(-1)}`, input, '--min-flag-views', '20');
        const there = await run(
          ...([`${name}-flink-${as.at(-1)}`, input, '--min-flag-views', '20'] as const),
          ...['--runner', 'flink', '--job-endpoint', flink().endpoint, ...AS[as]],
        );
        expectSameTables(local.tables, there.tables);
        expect(there.summary).toMatchObject(local.summary);
        for (const { unaccounted } of there.tables.pipeline_ledger) expect(unaccounted).toBe(0);
      }
    },
  );
});
