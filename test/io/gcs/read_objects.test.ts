/** Objects in ranges: every byte once, whatever the ranges. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Bucket } from '@google-cloud/storage';
import fc from 'fast-check';
import type { FileRange } from '../../../io/files/file_range';
import { ListFiles } from '../../../io/files/list_files';
import { ReadRanges } from '../../../io/files/read_ranges';
import { InputError } from '../../../io/input_error';
import { describeWithGcs, makeBucket, upload } from '../../emulators/gcs';

/** Ranges of inputs. */
async function rangesOf(inputs: readonly string[], splitBytes: number): Promise<FileRange[]> {
  const ranges: FileRange[] = [];
  for await (const range of new ListFiles(inputs, splitBytes).process()) ranges.push(range);
  // What travels between steps is JSON.
  return JSON.parse(JSON.stringify(ranges));
}

/** What ranges hold, as records of bytes with their positions; a chunk's end isn't a record's, so they are joined. */
async function contentOf(ranges: readonly FileRange[]): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const range of ranges) {
    let next: number | null = null;
    for await (const chunk of new ReadRanges().process(range)) {
      if ('rangeEnd' in chunk) continue;
      if (next !== null) expect(chunk.position).toBe(next);
      next = chunk.position + chunk.end - chunk.start;
      texts[range.path] =
        (texts[range.path] ?? '') +
        Buffer.from(chunk.bytes.subarray(chunk.start, chunk.end)).toString('latin1');
    }
  }
  return texts;
}

const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  return error.message;
};

describeWithGcs('objects of Cloud Storage', () => {
  let bucket: Bucket;
  let folder: string;
  beforeAll(async () => {
    bucket = await makeBucket('ranges');
    folder = mkdtempSync(join(tmpdir(), 'funnelpulse-objects-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('any object in any ranges reads as a file does', async () => {
    const lines = fc.array(
      fc.nat({ max: 12 }).map((length) => 'x'.repeat(length)),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(lines, fc.boolean(), async (texts, ended) => {
        const bytes = `${texts.join('\n')}${ended ? '\n' : ''}`;
        fc.pre(bytes !== '');
        writeFileSync(join(folder, 'small.ndjson'), bytes);
        await upload(bucket, { 'small.ndjson': bytes });
        for (const split of [1, 7, 1000]) {
          const local = await contentOf(await rangesOf([join(folder, 'small.ndjson')], split));
          const remote = await contentOf(await rangesOf(['gs://ranges/small.ndjson'], split));
          expect(Object.values(remote)).toEqual(Object.values(local));
          expect(Object.values(remote)).toEqual([bytes]);
        }
      }),
      { numRuns: 8 },
    );
  });

  test('lines around the sizes of requests, in ranges around them', async () => {
    const MIB = 1 << 20;
    const lengths = [2 * MIB - 1, 1, 2 * MIB, 64 << 10, 3 * MIB, (64 << 10) + 1, 0, 5 * MIB, 300_000, 9];
    const bytes = lengths
      .map((length, at) => `${String.fromCharCode(97 + at).repeat(length)}\n`)
      .join('')
      .slice(0, -1);
    await upload(bucket, { 'long.ndjson': bytes });
    for (const split of [700_000, 2 * MIB - 1, 2 * MIB, 2 * MIB + 1, 4 * MIB, 8 * MIB, 64 * MIB]) {
      const content = await contentOf(await rangesOf(['gs://ranges/long.ndjson'], split));
      expect(content['gs://ranges/long.ndjson'] === bytes).toBe(true);
    }
  });

  test('a listing of several pages', async () => {
    const names = Array.from({ length: 1203 }, (_, at) => `pages/${String(at).padStart(5, '0')}.ndjson`);
    await upload(bucket, Object.fromEntries(names.map((name) => [name, '{}\n'])));
    await upload(bucket, { 'pages/empty.ndjson': '', 'pages/': '' });
    const ranges = await rangesOf(['gs://ranges/pages/'], 100);
    expect(ranges.map(({ path }) => path)).toEqual(names.map((name) => `gs://ranges/${name}`));
    expect(await rangesOf(['gs://ranges/pages/0000?.ndjson'], 100)).toHaveLength(10);
  });

  test('names of any characters, and those that look like patterns', async () => {
    const names = [
      'odd/a b#1?.ndjson',
      'odd/%2F+&=.ndjson',
      'odd/日本😀.ndjson',
      'odd/[x]*.ndjson',
      'odd//two.ndjson',
      '/odd.ndjson',
    ];
    await upload(bucket, Object.fromEntries(names.map((name) => [name, `${JSON.stringify(name)}\n`])));
    for (const name of names) {
      const path = `gs://ranges/${name}`;
      const content = await contentOf(await rangesOf([path], 5));
      expect(content).toEqual({ [path]: Buffer.from(`${JSON.stringify(name)}\n`).toString('latin1') });
    }
    const text = join(folder, 'local.ndjson');
    writeFileSync(text, '{"here":1}\n');
    const mixed = await contentOf(await rangesOf([text, 'gs://ranges/odd/**', 'gs://ranges/odd/'], 5));
    expect(Object.keys(mixed).sort()).toEqual(
      [text, ...names.slice(0, 5).map((name) => `gs://ranges/${name}`)].sort(),
    );
  });

  test('a header longer than what is asked for first', async () => {
    const header = `event_time,event_type,product_id,price,user_id,${'h'.repeat(200_000)}\n`;
    await upload(bucket, {
      'wide.csv': `${header}1,2,3,4,5,6\n`,
      'wide.csv.gz': gzipSync(`${header}1,2,3,4,5,6\n`),
    });
    const ranges = await rangesOf(['gs://ranges/wide.csv', 'gs://ranges/wide.csv.gz'], 1 << 20);
    expect(ranges.map(({ columns }) => columns?.length)).toEqual([6, 6]);
    expect(Object.values(await contentOf(ranges))).toEqual(['1,2,3,4,5,6\n', '1,2,3,4,5,6\n']);
  });

  test('compressed objects: by name, by Content-Encoding, by both; cut off', async () => {
    const text = Array.from({ length: 60_000 }, (_, at) => `{"record":${at * 7919}}\n`).join('');
    const packed = gzipSync(text);
    await upload(bucket, { 'z/name.ndjson.gz': packed });
    await upload(bucket, { 'z/encoded.ndjson': packed, 'z/both.ndjson.gz': packed }, 'gzip');
    const ranges = await rangesOf(['gs://ranges/z/'], 1000);
    expect(ranges.map(({ start, end }) => [start, end])).toEqual(Array(3).fill([0, packed.length]));
    const content = Object.values(await contentOf(ranges));
    expect(content).toHaveLength(3);
    for (const each of content) expect(each === text).toBe(true);
    await upload(bucket, { 'cut.ndjson.gz': packed.subarray(0, -9) });
    expect(await refusal(contentOf(await rangesOf(['gs://ranges/cut.ndjson.gz'], 1000)))).toMatch(
      /cut\.ndjson\.gz: it is not a whole gzip file/,
    );
  });

  test.each([
    ['replaced', () => upload(bucket, { 'moving.ndjson': '{"another":1}\n'.repeat(9000) })],
    ['deleted', () => bucket.file('moving.ndjson').delete()],
  ])('an object that is %s between its listing and its reading', async (_, change) => {
    for (const [name, encoding] of [
      ['moving.ndjson', undefined],
      ['moving.ndjson', 'gzip'],
    ] as const) {
      const bytes = Buffer.from('{"record":1}\n'.repeat(9000));
      await upload(bucket, { [name]: encoding ? gzipSync(bytes) : bytes }, encoding);
      const ranges = await rangesOf([`gs://ranges/${name}`], 20_000);
      await contentOf(ranges.slice(0, 1));
      await change();
      expect(await refusal(contentOf(ranges.slice(-1)))).toMatch(
        /gs:\/\/ranges\/moving\.ndjson was replaced or deleted while it was being read/,
      );
    }
  });
});
