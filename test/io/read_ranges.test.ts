/** Reading a file in ranges: each record once, in whichever ranges it is cut; positions and lines as in the whole file; compressed as plain. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { FileRange } from '../../io/files/file_range';
import { findLocalFiles, ListFiles } from '../../io/files/list_files';
import { ReadRanges, ReadRangesSync } from '../../io/files/read_ranges';
import { CHUNK_SLACK, type FileChunk } from '../../schema/chunk';

interface Line {
  readonly position: number;
  /** From 1, in the file. */
  readonly number: number;
  /** With its end, one character a byte. */
  readonly text: string;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-ranges-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const HEADER = 'event_time,event_type,product_id,price,user_id';

/** The lines of a file by the obvious loop, without a byte order mark and, in CSV, without the header. */
function plainLines(file: Buffer, format: 'csv' | 'ndjson'): Line[] {
  const lines: Line[] = [];
  let position = file.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
  for (let number = 1; position < file.length; number++) {
    const newline = file.indexOf(10, position);
    const end = newline < 0 ? file.length : newline + 1;
    if (format === 'ndjson' || number > 1)
      lines.push({ position, number, text: file.toString('latin1', position, end) });
    position = end;
  }
  return lines;
}

/** Takes chunks apart as the parser does: lines are counted within a range, and summed up over the ranges before. */
async function linesOf(
  ranges: readonly FileRange[],
  read: (range: FileRange) => Iterable<FileChunk> | AsyncIterable<FileChunk>,
): Promise<Line[]> {
  const found: Line[] = [];
  let linesBefore = 0;
  for (const range of ranges) {
    let lines = 0;
    let ended = false;
    for await (const chunk of read(range)) {
      expect(ended).toBe(false);
      if ('rangeEnd' in chunk) {
        ended = true;
        expect(chunk.rangeEnd).toEqual({ source: range.path, rangeStart: range.start });
        continue;
      }
      expect(chunk).toMatchObject({ source: range.path, rangeStart: range.start, columns: range.columns });
      expect(chunk.bytes.length - chunk.end).toBeGreaterThanOrEqual(CHUNK_SLACK);
      lines += chunk.linesBefore;
      const bytes = Buffer.from(chunk.bytes.subarray(chunk.start, chunk.end));
      // The parser ends the file's last line in the slack behind its chunk.
      if (bytes.length > 0 && bytes.at(-1) !== 10) chunk.bytes[chunk.end] = 10;
      for (const { position, number, text } of plainLines(bytes, 'ndjson'))
        found.push({ position: chunk.position + position, number: linesBefore + lines + number, text });
      lines += plainLines(bytes, 'ndjson').length;
    }
    expect(ended).toBe(true);
    linesBefore += lines;
  }
  return found;
}

function rangesOf(path: string, splitBytes: number): FileRange[] {
  return [...(new ListFiles([path], splitBytes).process() as Iterable<FileRange>)];
}

const readAll = (ranges: readonly FileRange[]) => linesOf(ranges, (range) => new ReadRanges().process(range));

const line = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('', 'a', 'bc', 'x,y', '\r', 'é', ' ') },
  { weight: 1, arbitrary: fc.nat({ max: 60 }).map((length) => 'l'.repeat(length)) },
);
const body = fc
  .tuple(fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { maxLength: 14 }), fc.boolean())
  .map(([lines, ended]) => {
    const text = lines.flat().join('');
    return ended ? text : text.replace(/\r?\n$/, '');
  });
const bom = fc.constantFrom('', '\ufeff');

test('any file in ranges of any size, from one byte up', async () => {
  const csv = join(folder, 'small.csv');
  const json = join(folder, 'small.ndjson');
  await fc.assert(
    fc.asyncProperty(bom, body, fc.constantFrom('\n', '\r\n', ''), async (mark, text, headerEnd) => {
      for (const [path, content] of [
        [csv, `${mark}${HEADER}${headerEnd}${headerEnd === '' ? '' : text}`],
        [json, `${mark}${text}`],
      ]) {
        const file = Buffer.from(content);
        if (file.length === 0) continue;
        writeFileSync(path, file);
        const expected = plainLines(file, path === csv ? 'csv' : 'ndjson');
        for (const split of [1, 2, 3, 5, 7, 16, 33, 64, file.length - 1, file.length, file.length + 1]) {
          if (split > 0)
            expect({ split, lines: await readAll(rangesOf(path, split)) }).toEqual({
              split,
              lines: expected,
            });
        }
      }
    }),
    { numRuns: 40 },
  );
});

test('every split size of one file', async () => {
  const path = join(folder, 'every.csv');
  const file = Buffer.from(`\ufeff${HEADER}\r\n\r\na,b\r\n\n${'x'.repeat(90)}\nlast without end`);
  writeFileSync(path, file);
  for (let split = 1; split <= file.length + 1; split++)
    expect(await readAll(rangesOf(path, split))).toEqual(plainLines(file, 'csv'));
});

test('lines around the sizes of buffers, in ranges around them', async () => {
  const path = join(folder, 'long.ndjson');
  const lengths = [65_535, 65_536, 65_537, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 0, 3_000_000, 200_000];
  const file = Buffer.from(
    lengths
      .map((length, at) => `${String.fromCharCode(97 + at).repeat(length)}\n`)
      .join('')
      .slice(0, -1),
  );
  writeFileSync(path, file);
  const expected = plainLines(file, 'ndjson').map(summary);
  for (const split of [50_000, 65_536, 65_537, 1 << 20, (1 << 20) + 1, 1 << 24])
    expect((await readAll(rangesOf(path, split))).map(summary)).toEqual(expected);
});

function summary({ position, number, text }: Line): string {
  return `${number} at ${position}: ${text.length} bytes of ${text.slice(0, 1)}`;
}

test('compressed files read as plain ones, with promises and without', async () => {
  const path = join(folder, 'packed.csv.gz');
  await fc.assert(
    fc.asyncProperty(bom, body, fc.integer({ min: 1, max: 3 }), async (mark, text, members) => {
      const file = Buffer.from(`${mark}${HEADER}\n${text}`);
      // A gzip file may consist of several, one behind the other.
      const size = Math.ceil(file.length / members);
      const parts = Array.from({ length: members }, (_, at) =>
        gzipSync(file.subarray(at * size, (at + 1) * size)),
      );
      writeFileSync(path, Buffer.concat(parts));
      const ranges = rangesOf(path, 1);
      expect(ranges).toHaveLength(1);
      const expected = plainLines(file, 'csv');
      expect(await readAll(ranges)).toEqual(expected);
      expect(await linesOf(ranges, (range) => new ReadRangesSync().process(range))).toEqual(expected);
    }),
    { numRuns: 60 },
  );
  const long = Buffer.from(`${HEADER}\n${`${'y'.repeat(1_500_000)}\n`.repeat(3)}`);
  writeFileSync(path, gzipSync(long));
  for (const read of [new ReadRanges(), new ReadRangesSync()])
    expect((await linesOf(rangesOf(path, 1), (range) => read.process(range))).map(summary)).toEqual(
      plainLines(long, 'csv').map(summary),
    );
});

test('what an earlier file left in a buffer is not taken for the next one’s', async () => {
  const marked = join(folder, 'marked.ndjson');
  const tiny = join(folder, 'tiny.ndjson');
  writeFileSync(marked, '\ufeff{}\n{}\n');
  for (const bytes of ['ef', 'efbb', '7b', '0a']) {
    const file = Buffer.from(bytes, 'hex');
    writeFileSync(tiny, file);
    await readAll(rangesOf(marked, 100));
    expect(await readAll(rangesOf(tiny, 100))).toEqual(plainLines(file, 'ndjson'));
  }
});

test('two files at a time in one thread', async () => {
  const files = ['one', 'two'].map((name) => {
    const path = join(folder, `${name}.ndjson.gz`);
    const text = Buffer.from(`${name}\n`.repeat(400_000));
    writeFileSync(path, gzipSync(text));
    return { path, text };
  });
  const read = await Promise.all(files.map(({ path }) => readAll(rangesOf(path, 1))));
  files.forEach(({ text }, at) => {
    expect(read[at]).toHaveLength(400_000);
    expect(read[at].map((each) => each.text).join('')).toBe(text.toString());
  });
});

test('each file is found once, however it is named', () => {
  const one = join(folder, 'every.csv');
  const found = findLocalFiles([one, folder, join(folder, 'e*.csv'), one]).map(({ path }) => path);
  expect(found.filter((file) => file === one)).toEqual([one]);
});
