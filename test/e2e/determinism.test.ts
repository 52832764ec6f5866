/**
 * With --now fixed, no table but `runs` changes by a byte: not with the number of workers, shards, slots or ranges, not with the order of lines nor with the files that they come in.
 * And Beam's own DirectRunner computes the same.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { dirtyCsv } from '../dirty/dirty_csv';
import { dirtyNdjson } from '../dirty/dirty_ndjson';
import { months, monthsCsv } from '../dirty/months';
import { cutIntoFiles, shuffleLines } from '../dirty/rearranged';
import { wellFormedCsv } from '../dirty/well_formed_csv';
import { tableTexts } from '../io/table_texts';
import { funnelpulse } from './command_line';

const SAMPLE = join(__dirname, '../../samples/2019-Oct.sample.csv');

/** What a dead letter says of where it stood: another place where the input is cut, shuffled or compressed. */
const PLACE = ['source', 'position', 'line'];

type Texts = Record<string, string[]>;
interface File {
  readonly name: string;
  readonly bytes: Buffer;
}

let folder: string;
let runs = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-determinism-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Puts files into a folder of their own; returns the folder. */
function write(name: string, files: readonly File[]): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  for (const { name: file, bytes } of files)
    writeFileSync(join(path, file), file.endsWith('.gz') ? gzipSync(bytes) : bytes);
  return path;
}

/** Runs the product over a folder; returns the path of its DuckDB file. */
async function tables(input: string, flags: string): Promise<string> {
  const output = join(folder, `run-${runs++}.duckdb`);
  const fixed = [
    '--input',
    input,
    '--output',
    `duckdb:${output}`,
    '--now',
    '2026-01-01T00:00:00Z',
    '--quiet',
  ];
  const { code, stdout, stderr } = await funnelpulse('run', ...fixed, ...flags.split(' '));
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
  return output;
}

/** Fails with the first rows that differ, by table. */
function expectEqual(found: Texts, expected: Texts): void {
  const tablesOf = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  const differences = tablesOf.flatMap((table) => {
    const [wanted, given] = [expected, found].map((texts) => new Set(texts[table] ?? ['no such table']));
    const missing = [...wanted].filter((row) => !given.has(row)).map((row) => `${table}: missing ${row}`);
    const extra = [...given].filter((row) => !wanted.has(row)).map((row) => `${table}: unexpected ${row}`);
    return [...missing.slice(0, 3), ...extra.slice(0, 3)];
  });
  expect(differences).toEqual([]);
  for (const table of tablesOf) expect(found[table]?.length).toBe(expected[table]?.length);
  // The same rows; their order, too.
  expect(JSON.stringify(found) === JSON.stringify(expected)).toBe(true);
}

/** Read, counted, duplicates, rejected, unaccounted of all hours. */
function ledgerSums({ pipeline_ledger }: Texts): number[] {
  const rows = pipeline_ledger.map((text) => JSON.parse(text) as string[]);
  const sums = [2, 3, 4, 5, 9].map((column) => rows.reduce((sum, row) => sum + Number(row[column]), 0));
  expect(rows.filter((row) => row[9] !== '0')).toEqual([]);
  expect(sums[0]).toBe(sums[1] + sums[2] + sums[3]);
  return sums;
}

/** What runs in one bundle, in one thread, with one accumulator an hour; and all other ways. */
const PLAINEST = '--workers 1 --shards 1 --slot 60 --split-size 64MiB';
const WAYS = [
  '--workers 4 --shards 1 --slot 60 --split-size 4KiB',
  '--workers 1 --shards 7 --slot 5 --split-size 64KiB',
  '--workers 4 --shards 7 --slot 5 --split-size 64MiB',
];

interface Shop {
  readonly name: string;
  readonly files: readonly File[];
  readonly flags: string;
  /** Read, counted, duplicates and rejected, where they are known. */
  readonly sums?: readonly number[];
}

const format = (name: string) => (name.includes('.csv') ? 'csv' : 'ndjson');

const SHOPS: Shop[] = [
  {
    name: 'the sample',
    files: [{ name: '2019-Oct.csv', bytes: readFileSync(SAMPLE) }],
    flags: '',
    sums: [22_283, 21_002, 1_242, 39],
  },
  {
    name: 'dirty and well-formed files',
    files: [
      // One whose header the kernel reads, one with all columns, NDJSON in two dialects, and a shop with anomalies.
      { name: 'a.csv', bytes: dirtyCsv(9, 1000) },
      { name: 'b.csv', bytes: dirtyCsv(4, 1000) },
      { name: 'c.ndjson', bytes: dirtyNdjson(9, 1000) },
      { name: 'd.csv', bytes: wellFormedCsv(4, 6000) },
    ],
    flags: ' --min-flag-views 40 --anomaly-basis either',
  },
];

describe.each(SHOPS.map((shop) => [shop.name, shop] as const))('%s', (name, { files, flags, sums }) => {
  let input: string;
  let plainest: string;
  beforeAll(async () => {
    input = write(name, files);
    plainest = await tables(input, PLAINEST + flags);
  });

  test('is counted whole', async () => {
    const texts = await tableTexts(plainest);
    expect(ledgerSums(texts).slice(0, 4)).toEqual(
      sums ?? [expect.any(Number), expect.any(Number), expect.any(Number), expect.any(Number)],
    );
    if (sums === undefined) {
      expect(texts.gold_anomalies_hourly_brand.length).toBeGreaterThan(1);
      expect(texts.dead_letters.length).toBeGreaterThan(200);
    } else {
      expect(texts.gold_funnel_hourly_brand).toHaveLength(869);
    }
    expect(texts.silver_events).toBeUndefined();
  });

  test.each(WAYS)('%s', async (way) => {
    const texts = await tableTexts(await tables(input, way + flags));
    ledgerSums(texts);
    expectEqual(texts, await tableTexts(plainest));
  });

  test('shuffled', async () => {
    const shuffled = files.map((file) => ({
      ...file,
      bytes: shuffleLines(1, file.bytes, format(file.name)),
    }));
    const output = await tables(
      write(`${name}, shuffled`, shuffled),
      `--workers 4 --split-size 64KiB${flags}`,
    );
    expectEqual(await tableTexts(output, PLACE), await tableTexts(plainest, PLACE));
  });

  test('cut into several files, some of them compressed', async () => {
    const pieces = files.flatMap((file, number) =>
      cutIntoFiles(number + 1, file.bytes, format(file.name), 3).map((bytes, piece) => ({
        name: `${2 - piece}-${file.name}${piece === 1 ? '.gz' : ''}`,
        bytes,
      })),
    );
    const output = await tables(
      write(`${name}, cut`, pieces),
      `--workers 4 --split-size 4KiB --shards 2${flags}`,
    );
    expectEqual(await tableTexts(output, PLACE), await tableTexts(plainest, PLACE));
  });

  test('compressed: also where each record stands, in the decompressed text', async () => {
    const compressed = files.map((file) => ({ ...file, name: `${file.name}.gz` }));
    const output = await tables(write(`${name}, compressed`, compressed), `--workers 2${flags}`);
    expectEqual(await tableTexts(output, ['source']), await tableTexts(plainest, ['source']));
  });

  test('Beam’s own DirectRunner', async () => {
    const texts = await tableTexts(
      await tables(input, `--runner direct --shards 3 --slot 20 --split-size 64KiB${flags}`),
    );
    ledgerSums(texts);
    expectEqual(texts, await tableTexts(plainest));
  });
});

test('silver, one and four workers, shuffled and cut', async () => {
  const files: File[] = [
    { name: 'a.csv', bytes: dirtyCsv(11, 800) },
    { name: 'b.ndjson', bytes: dirtyNdjson(12, 800) },
  ];
  const plainest = await tables(write('silver', files), `${PLAINEST} --silver`);
  const expected = await tableTexts(plainest, PLACE);
  expect(expected.silver_events.length).toBe(ledgerSums(expected)[1]);
  const shuffled = files.flatMap((file) =>
    cutIntoFiles(5, shuffleLines(3, file.bytes, format(file.name)), format(file.name), 3).map(
      (bytes, piece) => ({
        name: `${piece}-${file.name}`,
        bytes,
      }),
    ),
  );
  const output = await tables(
    write('silver, shuffled', shuffled),
    '--silver --workers 4 --shards 7 --slot 5 --split-size 4KiB',
  );
  expectEqual(await tableTexts(output, PLACE), expected);
});

test('a trailing baseline with history, in all ways, shuffled and cut', async () => {
  const csv = monthsCsv(months(13, 0, 14));
  const history = await tables(
    write('history', [{ name: 'a.csv', bytes: monthsCsv(months(2, -9, 3)) }]),
    PLAINEST,
  );
  const flags = ` --min-flag-views 18 --baseline trailing --history duckdb:${history}`;
  const input = write('trailing', [{ name: 'a.csv', bytes: csv }]);
  const expected = await tableTexts(await tables(input, PLAINEST + flags), PLACE);
  expect(expected.gold_anomalies_hourly_brand.length).toBeGreaterThan(5);
  for (const way of WAYS) expectEqual(await tableTexts(await tables(input, way + flags), PLACE), expected);
  const shuffled = cutIntoFiles(5, shuffleLines(3, csv, 'csv'), 'csv', 3).map((bytes, piece) => ({
    name: `${piece}.csv`,
    bytes,
  }));
  const output = await tables(write('trailing, shuffled', shuffled), `--workers 4 --shards 2${flags}`);
  expectEqual(await tableTexts(output, PLACE), expected);
});
