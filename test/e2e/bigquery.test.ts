/** The command line onto BigQuery: the tables are those of a DuckDB output, row by row. */
import { namesIn, readDataset } from '../emulators/bigquery_rows';
import { describeSampleInBigquery, own, run, staged } from './bigquery_scene';
import { SAMPLE, start } from './product';

// A statement takes the stand-in a tenth of a second and more, on a machine that has other work several times that.
jest.setTimeout(300_000);

const withoutRun = ({ run_id, seconds, output, ...rest }: Record<string, unknown>) => rest;

describeSampleInBigquery('bigquery:', (scene) => {
  test('the sample’s tables and summary are those of a DuckDB output, again when it is run again', async () => {
    const dataset = own('sample');
    for (let time = 0; time < 2; time++) {
      const { code, stdout, stderr } = await run(dataset, '--json', '--location', 'europe-west1').ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(withoutRun(JSON.parse(stdout))).toEqual(withoutRun(scene().summary));
      expect(await readDataset(dataset)).toEqual(scene().expected);
    }
    expect((await namesIn(dataset)).filter((name) => name.startsWith('staging_'))).toEqual([]);
    expect(staged(dataset)).toEqual([]);
  });

  test.each([
    ['--output', 'bigquery:nodataset', 'bigquery:PROJECT.DATASET was expected'],
    ['--location', 'Mars!', 'a location like EU or europe-west1 was expected'],
    ['--export', 'out', '--export writes what is in a duckdb: output'],
  ])('%s %s is refused before anything is asked', async (option, value, message) => {
    scene().between.calls.length = 0;
    const args =
      option === '--output' ? [option, value] : ['--output', 'bigquery:local-test.none', option, value];
    const { code, stderr } = await start(['run', '--input', SAMPLE, ...args]).ended;
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(scene().between.calls).toEqual([]);
  });
});
