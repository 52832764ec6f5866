/** A stream whose state has become too large reads no more, and a run with more room goes on without a loss. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readTables } from '../e2e/read_tables';
import { line, runScript } from './scripted_run';

// See test/e2e/ledger.test.ts.
jest.mock(
  'fast-deep-equal',
  () => jest.requireActual<typeof import('node:util')>('node:util').isDeepStrictEqual,
);

const TEN = Date.UTC(2019, 9, 1, 10);
const PULLS = 30;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-full-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('nothing is pulled until there is room', async () => {
  const script = Array.from({ length: PULLS }, (_, pull) => ({
    lines: Array.from({ length: 20 }, (_, i) => line(TEN + pull * 60_000 + i * 1000)),
    watermark: TEN - 60_000,
  }));
  const drain = new AbortController();
  let [wasFull, pulled] = [false, 0];
  await runScript(folder, script, {
    before: async (pull) => {
      pulled = pull + 1;
      await delay(100);
    },
    drain: drain.signal,
    mostStateBytes: 5000,
    onRest: ({ isFull, size }) => {
      if (!isFull) return;
      expect(size.bytes).toBeGreaterThanOrEqual(5000);
      if (!wasFull) setTimeout(() => drain.abort(), 1500);
      wasFull = true;
    },
  });
  expect(wasFull).toBe(true);
  expect(pulled).toBeLessThan(PULLS - 5);
  const before = await readTables(join(folder, 'funnel.duckdb'));
  expect(before.pipeline_ledger.reduce((sum, { read }) => sum + Number(read), 0)).toBe(20 * pulled);

  await runScript(folder, script);
  const after = await readTables(join(folder, 'funnel.duckdb'));
  expect(after.pipeline_ledger).toMatchObject([{ read: 20 * PULLS, counted: 20 * PULLS, unaccounted: 0 }]);
});
