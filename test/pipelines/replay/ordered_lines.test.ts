/** Files that are not in order are sorted on disk; the result is that of a sort in memory. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { OrderedLines } from '../../../pipelines/replay/ordered_lines';
import { surveyInput } from '../../../pipelines/replay/survey';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-lines-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const { signal } = new AbortController();

function line(file: number, index: number, second: number | null, padding: number): string {
  const time = second === null ? 'never' : new Date(second * 1000).toISOString();
  return JSON.stringify({ event_time: time, id: `${file}/${index}`, padding: 'x'.repeat(padding) });
}

async function ordered(files: readonly string[][], sortBytes: number): Promise<string[]> {
  const paths = files.map((lines, i) => {
    const path = join(folder, `${i}.ndjson`);
    writeFileSync(path, lines.join('\n'));
    return path;
  });
  const survey = await surveyInput(paths, signal);
  const lines = await OrderedLines.prepare(survey.files, signal, { sortBytes, place: folder });
  const read = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { bytes } of lines.read()) found.push(JSON.parse(Buffer.from(bytes).toString()).id);
    return found;
  };
  const found = await read();
  expect(await read()).toEqual(found);
  lines.close();
  return found;
}

test('all lines come in order of their time, then of file and place', async () => {
  const record = fc.record({
    second: fc.option(fc.nat(30), { freq: 8 }),
    padding: fc.nat(60),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(record, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 4000 }),
      async (files, sortBytes) => {
        const seconds = files.flat().flatMap(({ second }) => second ?? []);
        const placed = files.flatMap((records, file) => {
          let place =
            records.find(({ second }) => second !== null)?.second ??
            Math.min(...seconds, Number.POSITIVE_INFINITY);
          return records.map(({ second }, index) => {
            place = second ?? place;
            return { place, id: `${file}/${index}` };
          });
        });
        const expected = placed
          .toSorted((a, b) => (a.place === b.place ? 0 : a.place - b.place))
          .map(({ id }) => id);
        const texts = files.map((records, file) =>
          records.map(({ second, padding }, index) => line(file, index, second, padding)),
        );
        expect(await ordered(texts, sortBytes)).toEqual(expected);
      },
    ),
    { numRuns: 150 },
  );
});

test('what was sorted on disk is removed', async () => {
  const lines = Array.from({ length: 2000 }, (_, i) => line(0, i, (i * 7919) % 2000, 50));
  expect(await ordered([lines], 20_000)).toHaveLength(2000);
  expect(readdirSync(folder)).toEqual(['0.ndjson']);
});

test('a line longer than the buffers comes whole', async () => {
  const lines = [line(0, 0, 5, 700_000), line(0, 1, 3, 300_000), line(0, 2, 4, 10)];
  expect(await ordered([lines], 1000)).toEqual(['0/1', '0/2', '0/0']);
});

test('where there is no room to sort, the message says where', async () => {
  const path = join(folder, 'a.ndjson');
  writeFileSync(path, [line(0, 0, 2, 1), line(0, 1, 1, 1)].join('\n'));
  const { files } = await surveyInput([path], signal);
  const place = join(folder, 'nowhere');
  await expect(OrderedLines.prepare(files, signal, { place })).rejects.toThrow(
    /cannot sort the input in .*nowhere.*TMPDIR/,
  );
  expect(existsSync(place)).toBe(false);
});
