/** Alerts of tables in BigQuery: what is told of a dataset is what is told of a DuckDB file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeSampleInBigquery, own, run } from './bigquery_scene';
import { SAMPLE, start } from './product';

// A statement takes the stand-in a tenth of a second and more, on a machine that has other work several times that.
jest.setTimeout(300_000);

/** Hours of the sample that would not be anomalies by the usual threshold. */
const MANY = ['--z-threshold', '1', '--min-flag-views', '5'];

describeSampleInBigquery('funnelpulse alert', () => {
  test('tells of a dataset what it tells of a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'funnelpulse-alert-'));
    const dataset = own('alert');
    const file = `duckdb:${join(folder, 'sample.duckdb')}`;
    try {
      const ran = await Promise.all([
        run(dataset, '--quiet', ...MANY).ended,
        start(['run', '--input', SAMPLE, '--output', file, '--quiet', ...MANY]).ended,
      ]);
      expect(ran.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
        { code: 0, stderr: '' },
        { code: 0, stderr: '' },
      ]);
      const output = `bigquery:${dataset.project}.${dataset.dataset}`;
      const [ofDataset, ofFile] = await Promise.all(
        [output, file].map(async (from) => {
          const args = ['alert', '--from', from, '--since', 'all', '--dry-run', '--limit', '1000'];
          const { code, stdout, stderr } = await start(args).ended;
          expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
          // Ids are made anew each time.
          return stdout.replaceAll(from, 'OUTPUT').replace(/[0-9a-z]{6,}-\d+/g, 'ID');
        }),
      );
      expect(ofFile).toContain('OUTPUT');
      expect(ofFile.split('\n').length).toBeGreaterThan(20);
      expect(ofDataset).toBe(ofFile);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
