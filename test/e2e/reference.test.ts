/**
 * The product against the plain reference: the real command line on files, its tables read back and compared row by row. What the options of
 * parallelism are must not be seen in a table.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { dirtyCsv } from '../dirty/dirty_csv';
import { dirtyNdjson } from '../dirty/dirty_ndjson';
import { cutIntoFiles, shuffleLines } from '../dirty/rearranged';
import { wellFormedCsv } from '../dirty/well_formed_csv';
import { computeReference, type InputFile, type ReferenceOptions } from '../reference/reference';
import { funnelpulse } from './command_line';
import { readTables } from './read_tables';
import { expectSameTables } from './table_diff';

const SAMPLE = join(__dirname, '../../samples/2019-Oct.sample.csv');

let folder: string;
let runs = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-e2e-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Writes a file to read; `bytes` are its decompressed text. */
function input(name: string, bytes: Buffer): InputFile {
  const source = join(folder, name);
  mkdirSync(join(source, '..'), { recursive: true });
  writeFileSync(source, name.endsWith('.gz') ? gzipSync(bytes) : bytes);
  return { source, bytes, format: name.includes('.csv') ? 'csv' : 'ndjson' };
}

/** Runs the product on the files; returns the path of the DuckDB file. */
async function run(files: readonly InputFile[], flags: readonly string[]): Promise<string> {
  const output = join(folder, `run-${runs++}.duckdb`);
  const fixed = ['--output', `duckdb:${output}`, '--now', '2026-01-01T00:00:00Z', '--quiet'];
  const { code, stderr } = await funnelpulse(
    'run',
    '--input',
    ...files.map(({ source }) => source),
    ...fixed,
    ...flags,
  );
  if (code !== 0) throw new Error(`exit code ${code}\n${stderr}`);
  return output;
}

/** Runs the product on the files and compares its tables with the reference; silver only where it was asked for. */
async function compare(
  files: readonly InputFile[],
  flags: readonly string[],
  options: Partial<ReferenceOptions> = {},
): Promise<void> {
  const output = await run(files, flags);
  const { silver_events, ...tables } = computeReference(files, options);
  expectSameTables(
    flags.includes('--silver') ? { ...tables, silver_events } : tables,
    await readTables(output),
  );
  rmSync(output);
}

test('the real sample', async () => {
  await compare([{ source: SAMPLE, bytes: readFileSync(SAMPLE), format: 'csv' }], []);
});

/** Seeds whose files differ in kind: header plain and permuted, with an unnamed first column (9, 11), events of one id and two types (9, 11, 12). */
const SEEDS = [2, 9, 11, 12];

/** Ways to run; every table must be the same under each. */
const WAYS: readonly (readonly string[])[] = [
  ['--workers', '1'],
  ['--workers', '4', '--shards', '7', '--slot', '5', '--split-size', '4KiB'],
  ['--workers', '2', '--shards', '1', '--slot', '60', '--split-size', '64KiB'],
  ['--workers', '4', '--shards', '3', '--slot', '15', '--split-size', '64MiB'],
];

describe.each(WAYS.map((flags) => [flags.join(' '), flags] as const))('%s', (_, flags) => {
  test.each(SEEDS)('dirty CSV (seed %i)', async (seed) => {
    await compare([input(`${seed}.csv`, dirtyCsv(seed, 3000))], flags);
  });
  test.each(SEEDS)('dirty NDJSON (seed %i)', async (seed) => {
    await compare([input(`${seed}.ndjson`, dirtyNdjson(seed, 3000))], flags);
  });
  test('well-formed CSV with anomalies', async () => {
    await compare([input('well-formed.csv', wellFormedCsv(4, 6000))], flags);
  });
});

describe('the same records', () => {
  const flags = ['--workers', '2', '--split-size', '16KiB'];
  test.each([4, 5])('shuffled (seed %i)', async (seed) => {
    await compare([input('shuffled.csv', shuffleLines(seed, dirtyCsv(seed, 3000), 'csv'))], flags);
    await compare([input('shuffled.jsonl', shuffleLines(seed, dirtyNdjson(seed, 3000), 'ndjson'))], flags);
  });
  test.each([4, 5])('cut into several files of both formats, some compressed (seed %i)', async (seed) => {
    const csv = cutIntoFiles(seed, dirtyCsv(seed, 2000), 'csv', 3);
    const ndjson = cutIntoFiles(seed, dirtyNdjson(seed, 2000), 'ndjson', 2);
    await compare(
      [
        ...csv.map((bytes, index) => input(`cut-${seed}/${index}.csv${index === 1 ? '.gz' : ''}`, bytes)),
        ...ndjson.map((bytes, index) => input(`cut-${seed}/${index}.json${index === 1 ? '.gz' : ''}`, bytes)),
      ],
      flags,
    );
  });
});

describe('options', () => {
  test.each([6, 7])('of what counts and what is flagged (seed %i)', async (seed) => {
    const file = input(`options-${seed}.csv`, dirtyCsv(seed, 3000));
    await compare([file], ['--currency', 'EUR'], { currency: 'EUR' });
    await compare(
      [file],
      [
        '--min-baseline-views',
        '1',
        '--min-flag-views',
        '5',
        '--z-threshold',
        '1',
        '--anomaly-basis',
        'either',
      ],
      {
        minBaselineViews: 1,
        minFlagViews: 5,
        zThreshold: 1,
        anomalyBasis: 'either',
      },
    );
    await compare(
      [file],
      [
        '--min-baseline-views',
        '3',
        '--min-flag-views',
        '5',
        '--z-threshold',
        '1',
        '--anomaly-basis',
        'brand-hour',
      ],
      {
        minBaselineViews: 3,
        minFlagViews: 5,
        zThreshold: 1,
        anomalyBasis: 'brand-hour',
      },
    );
  });
});

test('price bands of one’s own', async () => {
  const file = input('bands.csv', dirtyCsv(8, 2000));
  await compare([file], ['--price-bands', '0.5,9.99,100'], { priceBands: [0.5, 9.99, 100] });
});

test('a baseline from an earlier run’s file', async () => {
  const earlier = input('earlier.csv', wellFormedCsv(21, 3000));
  const later = input('later.csv', wellFormedCsv(22, 3000));
  const file = await run([earlier], []);
  const baseline = computeReference([earlier]).gold_funnel_hourly_brand;
  expect(
    computeReference([later], { baseline, zThreshold: 1 }).gold_anomalies_hourly_brand.length,
  ).toBeGreaterThan(0);
  await compare([later], ['--baseline', file, '--z-threshold', '1'], { baseline, zThreshold: 1 });
});

test('revenue at risk rounds a tie away from zero', async () => {
  // Baseline rates 0, 0.5 and 1: of 33 views 16.5 purchases are expected. 3 were made, for 0.0013 in all: 13.5 × 13 / 3 = 58.5 ten-thousandths.
  const hours = [
    '2019-09-01 00:00:00,b,10,0,0',
    '2019-09-01 01:00:00,b,10,5,1',
    '2019-09-01 02:00:00,b,10,10,1',
  ];
  const file = input(
    'baseline.csv',
    Buffer.from(['window_start,brand,views,purchases,revenue', ...hours].join('\n')),
  ).source;
  const events = [
    ...Array.from({ length: 33 }, (_, row) => `2019-10-01 10:00:00 UTC,view,p${row},1,u,b`),
    ...['0.0005', '0.0004', '0.0004'].map(
      (price, row) => `2019-10-01 10:00:00 UTC,purchase,p${row},${price},u,b`,
    ),
  ];
  const header = 'event_time,event_type,product_id,price,user_id,brand';
  const sold = input('tie.csv', Buffer.from([header, ...events].join('\n')));
  const start = Date.UTC(2019, 8, 1);
  const options = {
    baseline: [0, 5, 10].map((purchases, at) => ({
      window_start: start + at * 3_600_000,
      brand: 'b',
      views: 10,
      purchases,
      revenue: 1n,
    })),
    zThreshold: 0.5,
    minFlagViews: 10,
  };
  expect(computeReference([sold], options).gold_anomalies_hourly_brand).toMatchObject([
    { revenue_at_risk: 59n },
  ]);
  await compare([sold], ['--baseline', file, '--z-threshold', '0.5', '--min-flag-views', '10'], options);
});

describe('silver', () => {
  test.each(SEEDS)('dirty CSV and NDJSON together (seed %i)', async (seed) => {
    const files = [
      input(`silver-${seed}.csv`, dirtyCsv(seed, 1500)),
      input(`silver-${seed}.jsonl`, dirtyNdjson(seed, 1500)),
    ];
    await compare(files, ['--silver', '--workers', '2', '--split-size', '64KiB']);
  });
});

test('sums of money beyond 2^53 ten-thousandths stay exact', async () => {
  const lines = Array.from(
    { length: 1000 },
    (_, row) => `2019-10-01 10:00:00 UTC,purchase,p${row},${row === 7 ? '0.0001' : '999999999.9999'},u`,
  );
  const file = input(
    'rich.csv',
    Buffer.from(['event_time,event_type,product_id,price,user_id', ...lines].join('\n')),
  );
  const [row] = computeReference([file]).gold_funnel_daily_brand;
  expect(row.revenue).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
  await compare([file], ['--workers', '2', '--split-size', '4KiB']);
});
