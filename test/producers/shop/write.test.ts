import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { generateShop, type ShopProgress, writeShop } from '../../../producers/shop';
import { shopText } from './rows';

const options = { events: 60_000, days: 1, seed: 4 };
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'funnelpulse-shop-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('writes the file whole, with progress and without truth where there are no incidents', async () => {
  const out = join(dir, 'shop.csv');
  writeFileSync(`${out}.truth.json`, 'of an earlier shop');
  const seen: ShopProgress[] = [];
  const written = await writeShop({ ...options, out, onProgress: (progress) => seen.push(progress) });
  const text = readFileSync(out, 'latin1');
  expect(text).toBe(shopText(options));
  expect(written).toEqual({ out, rows: 60_000, bytes: text.length, incidents: [] });
  expect(readdirSync(dir)).toEqual(['shop.csv']);
  expect(seen.length).toBeGreaterThan(3);
  expect(seen.at(-1)).toEqual({ rows: 60_000, events: 60_000, bytes: text.length });
});

test('gzips by the name', async () => {
  const out = join(dir, 'shop.csv.gz');
  const { bytes } = await writeShop({ ...options, out });
  const text = gunzipSync(readFileSync(out)).toString('latin1');
  expect(text).toBe(shopText(options));
  expect(bytes).toBe(text.length);
});

test('puts the truth beside the file', async () => {
  const out = join(dir, 'shop.csv');
  const big = { events: 150_000, days: 2, seed: 4, incidents: 2, out };
  const { truth, incidents } = await writeShop(big);
  expect(truth).toBe(`${out}.truth.json`);
  expect(JSON.parse(readFileSync(truth!, 'utf8'))).toEqual(incidents);
  expect(incidents).toEqual(generateShop(big).incidents);
});

test('leaves the old file and no part when it is stopped', async () => {
  const out = join(dir, 'shop.csv');
  writeFileSync(out, 'old');
  const stop = new AbortController();
  const work = writeShop({ ...options, out, signal: stop.signal, onProgress: () => stop.abort() });
  await expect(work).rejects.toThrow('aborted');
  expect(readFileSync(out, 'utf8')).toBe('old');
  expect(readdirSync(dir)).toEqual(['shop.csv']);
});

test('says what it could not write', async () => {
  const out = join(dir, 'no-such-folder', 'shop.csv');
  await expect(writeShop({ ...options, out })).rejects.toThrow(`cannot write ${out}: ENOENT`);
  expect(existsSync(join(dir, 'no-such-folder'))).toBe(false);
});

test('puts no file in the place of a folder or a pipe', async () => {
  await expect(writeShop({ ...options, out: dir })).rejects.toThrow(`cannot write ${dir}: it is a folder`);
  // A pipe of its own stands for every device: a test that fails must not harm the machine.
  const pipe = join(dir, 'pipe');
  execFileSync('mkfifo', [pipe]);
  await expect(writeShop({ ...options, out: pipe })).rejects.toThrow(
    `cannot write ${pipe}: it is a device or pipe, not a file`,
  );
  expect(statSync(pipe).isFIFO()).toBe(true);
  expect(readdirSync(dir)).toEqual(['pipe']);
});
