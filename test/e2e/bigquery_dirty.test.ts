/** Files of everything that goes wrong, onto BigQuery: the tables are those of a DuckDB output, to the first and the last day that there is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LAST_TIME } from '../../schema/events';
import { dirtyCsv } from '../dirty/dirty_csv';
import { describeWithBigquery } from '../emulators/bigquery';
import { readDataset, runSql } from '../emulators/bigquery_rows';
import { own } from './bigquery_scene';
import { start } from './product';
import { readTables } from './read_tables';

// A statement takes the stand-in a tenth of a second and more, on a machine that has other work several times that.
jest.setTimeout(300_000);

const LIMITS = ['--min-flag-views', '2', '--min-baseline-views', '1', '--z-threshold', '0.3'];

describeWithBigquery('dirty files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'funnelpulse-bigquery-dirty-'));
    writeFileSync(join(folder, 'dirty.csv'), dirtyCsv(7, 3000));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function run(output: string): Promise<void> {
    const args = ['--input', join(folder, 'dirty.csv'), '--output', output, '--now', '2026-01-01T00:00:00Z'];
    const { code, stderr } = await start(['run', '--quiet', ...args, ...LIMITS]).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  }

  test('every row is there, and views answer', async () => {
    const file = join(folder, 'dirty.duckdb');
    await run(`duckdb:${file}`);
    await run('bigquery:local-test.dirty');
    const tables = await readTables(file);
    const ends = tables.gold_funnel_hourly_brand.map(({ window_end }) => Number(window_end));
    expect(Math.max(...ends)).toBeGreaterThan(LAST_TIME);
    const expected = Object.fromEntries(
      Object.entries(tables).map(([name, rows]) => [
        name,
        rows.map((row) =>
          'window_end' in row ? { ...row, window_end: Math.min(Number(row.window_end), LAST_TIME) } : row,
        ),
      ]),
    );
    expect(await readDataset(own('dirty'))).toEqual(expected);
    const [closed] = await runSql(
      own('dirty'),
      'SELECT COUNT(*) AS n FROM dirty.gold_funnel_hourly_brand_closed',
    );
    expect(closed.n).toBe(ends.length);
  });
});
