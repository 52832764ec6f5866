/** The kernel against the plain path: whatever stands in a file and however it is cut into chunks, both give the same records, tallies and rejects. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { kernelCanRead, ParseKernel } from '../../../transforms/kernel/parse_kernel';
import { ChunkParser } from '../../../transforms/parse/chunk_parser';
import { dirtyCsv } from '../../dirty/dirty_csv';
import { wellFormedCsv } from '../../dirty/well_formed_csv';
import { splitCsvLine } from '../../reference/csv_line';
import { FIELDS, often } from '../field_texts';
import { type Cut, ONE_SHARD, type ParseSettings, parseFile } from '../parse_file';

const SAMPLE = join(__dirname, '../../../samples/2019-Oct.sample.csv');

const COLUMNS = [
  'event_time',
  'event_type',
  'product_id',
  'category_id',
  'category_code',
  'brand',
  'price',
  'user_id',
  'user_session',
];

const cut: fc.Arbitrary<Cut> = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 4 }),
  offset: fc.nat({ max: 70 }),
});
const sharding = fc.record({ shards: fc.constantFrom(1, 2, 7), slotMinutes: fc.constantFrom(60, 30, 5, 1) });

/** Parsers by their settings: a parser goes from file to file, as in a worker, and an instance of the kernel is dear. */
const parsers = new Map<string, ChunkParser>();

function parserFor(settings: ParseSettings): ChunkParser {
  const key = JSON.stringify(settings);
  const known = parsers.get(key) ?? new ChunkParser(settings, settings.currency, settings);
  parsers.set(key, known);
  return known;
}

/** Parses by both paths, cut in two ways, and expects the same. Returns the number of records kept. */
function expectSame(
  columns: readonly string[],
  body: Buffer,
  kernelCut: Cut,
  plainCut: Cut = kernelCut,
  spread: Pick<ParseSettings, 'shards' | 'slotMinutes'> = ONE_SHARD,
): number {
  const [byKernel, byPlain] = [true, false].map((kernel) => ({ ...spread, currency: null, kernel }));
  const plain = parseFile(columns, body, byPlain, plainCut, parserFor(byPlain));
  expect(parseFile(columns, body, byKernel, kernelCut, parserFor(byKernel))).toEqual(plain);
  return Object.values(plain.batches).reduce((sum, texts) => sum + texts.length, 0);
}

interface Csv {
  readonly columns: string[];
  readonly body: Buffer;
}

function csvOf(file: Buffer): Csv {
  const start = file[0] === 0xef ? 3 : 0;
  const newline = file.indexOf(10, start);
  const header = splitCsvLine(file.toString('utf8', start, newline).replace(/\r$/, ''));
  return { columns: 'fields' in header ? [...header.fields] : [], body: file.subarray(newline + 1) };
}

const WHOLE: Cut = { sizes: [1 << 30], offset: 0 };
const CUTS: Cut[] = [WHOLE, { sizes: [1], offset: 3 }, { sizes: [64, 1000, 77], offset: 64 }];

/** Records that the kernel packs while something is done, and lines that it leaves to the plain path. */
function byKernel(work: () => void): [packed: number, left: number] {
  const { parseLines } = ParseKernel.prototype;
  let [packed, left] = [0, 0];
  const spy = jest.spyOn(ParseKernel.prototype, 'parseLines').mockImplementation(function (
    this: ParseKernel,
    from,
    end,
  ) {
    const next = parseLines.call(this, from, end);
    packed += this.recordCount;
    left += this.otherCount;
    return next;
  });
  work();
  spy.mockRestore();
  return [packed, left];
}

test('the sample, nearly all of it by the kernel', () => {
  const { columns, body } = csvOf(readFileSync(SAMPLE));
  const [packed, left] = byKernel(() => {
    expect(expectSame(columns, body, WHOLE)).toBe(22_283 - 39);
  });
  expect(packed + left).toBe(22_283);
  expect(left).toBeLessThan(100);
  expectSame(columns, body, { sizes: [100_000, 3, 5000], offset: 17 }, WHOLE, { shards: 7, slotMinutes: 5 });
});

test.each([1, 2, 3])('well-formed files (seed %i)', (seed) => {
  const { columns, body } = csvOf(wellFormedCsv(seed, 2000));
  for (const each of CUTS) expectSame(columns, body, each, WHOLE, { shards: 3, slotMinutes: 15 });
});

test('dirty files: permuted, unnamed and unknown columns, quotes, broken lines, CRLF, a torn last line', () => {
  const seeds = Array.from({ length: 600 }, (_, seed) => seed).filter((seed) =>
    kernelCanRead(csvOf(dirtyCsv(seed, 0)).columns),
  );
  expect(seeds.length).toBeGreaterThan(3);
  for (const seed of seeds.slice(0, 8)) {
    const { columns, body } = csvOf(dirtyCsv(seed, 600));
    for (const each of CUTS) expectSame(columns, body, each, WHOLE);
  }
});

test('dirty files with columns that the kernel leaves to the plain path', () => {
  for (const seed of [1, 2, 3]) {
    const { columns, body } = csvOf(dirtyCsv(seed, 300));
    expectSame(columns, body, CUTS[2], WHOLE);
  }
});

const lineEnd = often(
  ['\n', '\r\n'],
  ['\r\r\n', ' \n', '\r \n', '\n\n', '\r\n\r\n', ',\n', ',,\r\n', '\0\n'],
);
/** Fillers that put what follows at any place of a window of 64 bytes. */
const filler = often(
  ['', ''],
  [
    ...Array.from({ length: 64 }, (_, length) => `${'f'.repeat(length)}`),
    'f'.repeat(5000),
    '\r',
    'a\rb',
    '\t',
  ],
);

const anyFile: fc.Arbitrary<Csv> = fc
  .tuple(
    fc.shuffledSubarray(COLUMNS, { minLength: COLUMNS.length }),
    fc.subarray(['category_id', 'category_code', 'brand', 'user_session']),
    fc.array(fc.constantFrom('', 'unknown', 'brand', 'EVENT_TIME'), { maxLength: 3 }),
  )
  .chain(([order, left, more]) => {
    const columns = [...order.filter((name) => !left.includes(name)), ...more];
    const fields = columns.map((name) => FIELDS[name] ?? often(['', 'x'], ['"', '"q"', 'ü']));
    const line = fc.tuple(
      fc.tuple(...fields),
      filler,
      fc.nat({ max: columns.length - 1 }),
      lineEnd,
      fc.nat({ max: 40 }),
    );
    return fc.tuple(fc.constant(columns), fc.array(line, { minLength: 1, maxLength: 40 }), fc.boolean());
  })
  .map(([columns, lines, ended]) => {
    const text = lines.map(([values, fill, at, end, damage]) => {
      const row = values.map((value, column) =>
        column === at && columns[column] === 'product_id' ? value + fill : value,
      );
      if (damage === 0) row.pop();
      if (damage === 1) row.push('x');
      if (damage === 2) row[at] = `"${row[at].replaceAll('"', '""')}"`;
      if (damage === 3) row[at] = `"${row[at]}`;
      return row.join(',') + (damage === 4 ? fill : '') + end;
    });
    const body = Buffer.from(text.join(''));
    return { columns, body: ended ? body : body.subarray(0, body.length - 1) };
  });

test('any lines, cut and spread in any way', () => {
  let kept = 0;
  const run = () =>
    fc.assert(
      fc.property(anyFile, cut, cut, sharding, ({ columns, body }, kernelCut, plainCut, spread) => {
        kept += expectSame(columns, body, kernelCut, plainCut, spread);
      }),
      { numRuns: 2500 },
    );
  const [packed, left] = byKernel(run);
  expect(kept).toBeGreaterThan(10_000);
  // Both paths have much to do, or this would show little.
  expect(packed).toBeGreaterThan(5000);
  expect(left).toBeGreaterThan(5000);
});

test('returns, commas, quotes and newlines at every place of a window', () => {
  const columns = COLUMNS.slice(0, 3).concat('price', 'user_id');
  for (const end of ['\n', '\r\n', '\r\r\n', '\r', ' \r\n', '"\n', ',\n']) {
    const lines = Array.from(
      { length: 140 },
      (_, length) => `2019-10-01 00:00:00 UTC,view,${'p'.repeat(length)},1.5,u${end}`,
    );
    expectSame(columns, Buffer.from(lines.join('')), WHOLE);
    for (const offset of [1, 31, 63])
      expectSame(columns, Buffer.from(lines.join('')), { sizes: [64, 65], offset }, WHOLE);
  }
});

test('bytes that are no UTF-8, anywhere', () => {
  const columns = COLUMNS;
  const good = Buffer.from('2019-10-01 00:00:00 UTC,view,1,2,a.b,brand,1.5,u,s\n');
  const bad = fc.tuple(fc.nat({ max: good.length - 2 }), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(bad, { maxLength: 200 }), cut, (damages, kernelCut) => {
      const lines = damages.map(([at, byte]) => {
        const line = Buffer.from(good);
        line[at] = byte;
        return line;
      });
      expectSame(columns, Buffer.concat(lines), kernelCut, WHOLE);
    }),
    { numRuns: 60 },
  );
});

test('very long fields and lines', () => {
  const line = (product: number, brand: number, session: number) =>
    `2019-10-01 00:00:00 UTC,view,${'p'.repeat(product)},,,${'b'.repeat(brand)},1.5,u,${'s'.repeat(session)}\n`;
  const sizes = [0, 1, 4096, 65_536, 1_048_575, 1_048_577];
  const lines = sizes.flatMap((size) => [line(size, 0, 0), line(0, size, 0), line(0, 0, size)]);
  expectSame(COLUMNS, Buffer.from(lines.join('')), WHOLE);
  expectSame(COLUMNS, Buffer.from(lines.join('')), { sizes: [100], offset: 5 }, WHOLE);
});

test('the same parser after other files and other columns', () => {
  const settings: ParseSettings = { ...ONE_SHARD, currency: null, kernel: true };
  const parser = new ChunkParser(settings, null);
  const files = [csvOf(wellFormedCsv(1, 500)), csvOf(dirtyCsv(2, 200)), csvOf(wellFormedCsv(2, 500))];
  files.push({
    columns: files[0].columns.toReversed(),
    body: Buffer.from('s,u,1.5,b,a.b,2,1,view,2019-10-01 00:00:00 UTC\n'),
  });
  for (const { columns, body } of [...files, ...files]) {
    const alone = parseFile(columns, body, { ...settings, kernel: false });
    expect(parseFile(columns, body, settings, WHOLE, parser)).toEqual(alone);
  }
});

test('more brands than a batch can name: batches are closed in time, nothing is lost', () => {
  const columns = COLUMNS.slice(0, 3).concat('brand', 'price', 'user_id');
  const brands = (count: number, spelling: (at: number) => string) =>
    Buffer.from(
      Array.from(
        { length: count },
        (_, at) => `2019-10-01 00:00:00 UTC,view,${at},${spelling(at)},1.5,u\n`,
      ).join(''),
    );
  // Every other line is one that the kernel leaves alone: both kinds fill the same dictionary.
  const body = brands(62_000, (at) => (at % 2 === 0 ? `b${at}` : ` b${at}`));
  expect(expectSame(columns, body, WHOLE)).toBe(62_000);
});
