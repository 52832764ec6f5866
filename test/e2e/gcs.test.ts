/** Events in Cloud Storage: the tables of a run over gs:// are those of a run over the same bytes on disk. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describeWithGcs, makeBucket, upload } from '../emulators/gcs';
import { tableTexts } from '../io/table_texts';
import { SAMPLE, start } from './product';

const bytes = readFileSync(SAMPLE);
/** Two files with the header each; the second one as NDJSON would be another dialect's business. */
const [header] = bytes.toString('latin1').split('\n', 1);
const middle = bytes.indexOf(10, bytes.length >> 1) + 1;
const first = bytes.subarray(0, middle);
const second = Buffer.concat([Buffer.from(`${header}\n`), bytes.subarray(middle)]);

describeWithGcs('run over gs://', () => {
  let folder: string;
  let runs = 0;
  let expected: Record<string, string[]>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'funnelpulse-gcs-'));
    const shop = await makeBucket('shop');
    await upload(shop, {
      'raw/2019-Oct.csv': bytes,
      'raw/notes.txt': 'no events',
      'raw/.hidden/more.csv': second,
      'packed/2019-Oct.csv.gz': gzipSync(bytes),
      'two/a/first.csv': first,
      'parts/first part #1?.csv': first,
      'parts/zweiter Teil ü%2F.csv': second,
      'parts/other.csv': second,
    });
    // Its name doesn't say that it is compressed.
    await upload(shop, { 'encoded/2019-Oct.csv': gzipSync(bytes) }, 'gzip');
    await upload(await makeBucket('more'), { 'second.csv': second });
    expected = await tables([SAMPLE]);
    expect(expected.gold_funnel_hourly_brand.length).toBeGreaterThan(800);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the product over these inputs; all its tables but where a record stood, and what the run was called. */
  async function tables(
    inputs: readonly string[],
    flags: readonly string[] = [],
  ): Promise<Record<string, string[]>> {
    const output = join(folder, `${runs++}.duckdb`);
    const args = ['run', '--input', ...inputs, '--output', `duckdb:${output}`, '--quiet'];
    const ended = await start([...args, '--now', '2026-01-01T00:00:00Z', ...flags]).ended;
    expect(ended).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const { runs: _, ...rest } = await tableTexts(output, ['source', 'position', 'line']);
    return rest;
  }

  const inputs: [string, readonly string[], readonly string[]][] = [
    ['an object', ['gs://shop/raw/2019-Oct.csv'], []],
    ['an object in many ranges', ['gs://shop/raw/2019-Oct.csv'], ['--split-size', '50KiB', '--workers', '3']],
    ['a folder', ['gs://shop/raw/'], []],
    ['a folder without its slash', ['gs://shop/raw'], []],
    ['a gzipped object', ['gs://shop/packed/2019-Oct.csv.gz'], []],
    ['an object with Content-Encoding: gzip', ['gs://shop/encoded/'], ['--split-size', '10KiB']],
    [
      'a pattern, and names of any characters',
      ['gs://shop/parts/{first,zwei*} *[1ü]*.csv'],
      ['--split-size', '100KiB'],
    ],
    ['two buckets', ['gs://shop/two/**', 'gs://more'], []],
  ];
  test.each(inputs)('%s', async (_, input, flags) => {
    expect(await tables(input, flags)).toEqual(expected);
  });
});
