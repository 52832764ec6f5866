/** What goes wrong between a run and Cloud Storage: one message and exit code 2, the earlier output as it was; and what doesn't: a service that now and then can't answer changes nothing. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bucket } from '@google-cloud/storage';
import { FaultProxy } from '../emulators/fault_proxy';
import { describeWithGcs, makeBucket, upload } from '../emulators/gcs';
import { tableTexts } from '../io/table_texts';
import { type Outcome, SAMPLE, start } from './product';

const sample = readFileSync(SAMPLE);
const REFUSAL = JSON.stringify({
  error: { code: 403, message: 'reader@shop.example does not have storage.objects.get access.' },
});

let folder: string;
let output: string;
let before: Buffer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-gcs-bad-'));
  mkdirSync(join(folder, 'out'));
  output = join(folder, 'out', 'funnel.duckdb');
  expect(await run(['--input', SAMPLE])).toMatchObject({ code: 0, stderr: '' });
  before = readFileSync(output);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(flags: readonly string[], into = output): Promise<Outcome> {
  return start(['run', '--quiet', '--output', `duckdb:${into}`, '--now', '2026-01-01T00:00:00Z', ...flags])
    .ended;
}

function expectRefusal({ code, stdout, stderr }: Outcome, said: RegExp): void {
  expect({ code, stdout, stderr }).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^funnelpulse: [^\n]+\n$/),
  });
  expect(stderr).not.toMatch(/\.js:\d+/);
  expect(stderr).toMatch(said);
  expect(readFileSync(output).equals(before)).toBe(true);
  expect(readdirSync(join(folder, 'out'))).toEqual(['funnel.duckdb']);
}

describeWithGcs('bad input in Cloud Storage', (server) => {
  let bucket: Bucket;
  let proxy: FaultProxy;
  beforeAll(async () => {
    bucket = await makeBucket('shop');
    await upload(bucket, {
      'good.csv': sample,
      'empty.csv': '',
      'short.csv': 'event_time,price\n',
      'text/notes.txt': 'no events',
      'not.csv.gz': 'not compressed',
      'bin.ndjson': Buffer.from([0, 255, 0]),
    });
    proxy = await FaultProxy.before(server().endpoint);
  });
  afterAll(() => proxy.stop());
  afterEach(() => {
    proxy.decide = () => 'pass';
    process.env.STORAGE_EMULATOR_HOST = server().endpoint;
  });

  const cases: [string, RegExp][] = [
    [
      'gs://nobody/a.csv',
      /cannot read gs:\/\/nobody\/a\.csv: there is no bucket gs:\/\/nobody on the server at http.* Correct its name/,
    ],
    ['gs://nobody/*.csv', /there is no bucket gs:\/\/nobody/],
    ['gs://shop/none.csv', /cannot read gs:\/\/shop\/none\.csv: no such object or folder in the bucket/],
    ['gs://shop/none/', /no event files in gs:\/\/shop\/none\/: looked for \.csv/],
    ['gs://shop/text', /no event files in gs:\/\/shop\/text: looked for \.csv/],
    ['gs://shop/*.json', /cannot read gs:\/\/shop\/\*\.json: no object matches/],
    ['gs://', /a bucket and what to read in it were expected/],
    ['gs:shop/good.csv', /a bucket and what to read in it were expected/],
    ['gs://sh*p/good.csv', /a bucket has to be named in full/],
    ['gs://shop/empty.csv', /no events in gs:\/\/shop\/empty\.csv/],
    ['gs://shop/short.csv', /gs:\/\/shop\/short\.csv has no column event_type, product_id, user_id/],
    ['gs://shop/not.csv.gz', /gs:\/\/shop\/not\.csv\.gz: it is not a whole gzip file/],
    ['gs://shop/bin.ndjson', /gs:\/\/shop\/bin\.ndjson is not an NDJSON file/],
  ];
  test.each(cases)('%s', async (input, said) => {
    expectRefusal(await run(['--input', input]), said);
  });

  test('--runner direct', async () => {
    expectRefusal(
      await run(['--input', 'gs://shop/good.csv', '--runner', 'direct']),
      /--runner direct can’t read gs:\/\/shop\/good\.csv/,
    );
  });

  test.each([
    ['the object', '/o/good.csv'],
    ['its bytes', 'alt=media'],
    ['the list', 'prefix='],
  ])('no permission for %s', async (_, part) => {
    process.env.STORAGE_EMULATOR_HOST = proxy.url;
    proxy.decide = ({ path }) => (path.includes(part) ? { status: 403, body: REFUSAL } : 'pass');
    const input = part === 'prefix=' ? 'gs://shop/' : 'gs://shop/good.csv';
    expectRefusal(
      await run(['--input', input]),
      /cannot read gs:\/\/shop\/.*: no permission \(reader@shop\.example does not have .*\)\. The account needs the role roles\/storage\.objectViewer on gs:\/\/shop\n/,
    );
  });

  test('an object that is replaced during the run', async () => {
    process.env.STORAGE_EMULATOR_HOST = proxy.url;
    await upload(bucket, { 'moving.csv': sample });
    let replaced: Promise<void> | undefined;
    proxy.decide = async ({ path, headers }) => {
      // Its header has been read, and one of its ranges is to be.
      if (path.includes('alt=media') && !headers.range?.startsWith('bytes=0-')) {
        replaced ??= upload(bucket, { 'moving.csv': Buffer.concat([sample, sample.subarray(1000)]) });
        await replaced;
      }
      return 'pass' as const;
    };
    const ended = await run(['--input', 'gs://shop/moving.csv', '--split-size', '200KiB', '--workers', '2']);
    expect(replaced).toBeDefined();
    expectRefusal(ended, /gs:\/\/shop\/moving\.csv was replaced or deleted while it was being read/);
  });

  test('a server that is not there', async () => {
    process.env.STORAGE_EMULATOR_HOST = '127.0.0.1:9';
    expectRefusal(
      await run(['--input', 'gs://shop/good.csv']),
      /the server at http:\/\/127\.0\.0\.1:9 does not answer .*unset STORAGE_EMULATOR_HOST/,
    );
  });

  test.each([
    ['none', undefined],
    ['a key file that is not there', 'none.json'],
  ])('credentials: %s', async (_, file) => {
    const saved = { ...process.env };
    delete process.env.STORAGE_EMULATOR_HOST;
    delete process.env.GOOGLE_APPLICATION_CREDENTIALS;
    if (file !== undefined) process.env.GOOGLE_APPLICATION_CREDENTIALS = join(folder, file);
    Object.assign(process.env, { HOME: folder, CLOUDSDK_CONFIG: folder, METADATA_SERVER_DETECTION: 'none' });
    try {
      expectRefusal(
        await run(['--input', 'gs://shop/good.csv']),
        /No credentials for Google Cloud \(.*Run "gcloud auth application-default login"/,
      );
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name];
      Object.assign(process.env, saved);
    }
  });

  test('a service that now and then can’t answer, or breaks off', async () => {
    process.env.STORAGE_EMULATOR_HOST = proxy.url;
    const faults = { unavailable: 0, cut: 0 };
    let requests = 0;
    proxy.decide = ({ path }) => {
      requests++;
      if (requests % 4 === 1) {
        faults.unavailable++;
        return { status: 503 };
      }
      if (path.includes('alt=media') && requests % 4 === 3) {
        faults.cut++;
        return { cutAfter: 30_000 };
      }
      return 'pass';
    };
    const shaken = join(folder, 'shaken.duckdb');
    const flags = ['--input', 'gs://shop/good.csv', '--split-size', '500KiB', '--workers', '3'];
    expect(await run(flags, shaken)).toMatchObject({ code: 0, stderr: '' });
    expect(faults.unavailable).toBeGreaterThan(1);
    expect(faults.cut).toBeGreaterThan(1);
    const [expected, found] = await Promise.all(
      [output, shaken].map((file) => tableTexts(file, ['source', 'line'])),
    );
    expect({ ...found, runs: [] }).toEqual({ ...expected, runs: [] });
  });
});
