/**
 * A stream that loses nothing is never stopped by its ledger, wherever it crashes and however its source gives out again what no commit holds: in other pulls, other order, too late. In the end every record is
 * accounted for once.
 *
 * FUNNELPULSE_CRASHED_STREAMS sets how many, FUNNELPULSE_SEED the seed; a failure prints both.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { readTables } from '../e2e/read_tables';
import { line, type Pull, runScript } from './scripted_run';

// See test/e2e/ledger.test.ts.
jest.mock(
  'fast-deep-equal',
  () => jest.requireActual<typeof import('node:util')>('node:util').isDeepStrictEqual,
);

const MINUTE = 60_000;
const TEN = Date.UTC(2019, 9, 1, 10);
const STREAMS = Number(process.env.FUNNELPULSE_CRASHED_STREAMS ?? 20);

const record = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({ minute: fc.nat(4 * 60), product: fc.constantFrom('p', 'q', 'r') })
      .map(({ minute, product }) => line(TEN + minute * MINUTE, { product })),
  },
  { weight: 1, arbitrary: fc.constant('no time,view,p,,b,1,u,s') },
  {
    weight: 1,
    arbitrary: fc.nat(4 * 60).map((minute) => line(TEN + minute * MINUTE, { price: 'none' })),
  },
);

/** Pulls take so many of the lines that no commit holds, from the front or the back; the watermark goes up to a minute if it is not beyond it. */
const pull = fc.record({
  take: fc.constantFrom(0, 0, 1, 3),
  fromBack: fc.boolean(),
  minute: fc.constantFrom(0, 61, 179, 180, 301, 660),
});
const crash = fc.record({
  pulls: fc.array(pull, { maxLength: 5 }),
  // What matters most: a flush that no commit follows.
  point: fc.constantFrom('before the flush', 'before the commit', 'before the commit', 'after the commit'),
  commit: fc.integer({ min: 1, max: 4 }),
});

/** Gives out all `lines`: what the pulls leave comes in one more. */
function scriptOf(
  pulls: readonly { take: number; fromBack: boolean; minute: number }[],
  lines: string[],
): Pull[] {
  const left = [...lines];
  let watermark = Number.NEGATIVE_INFINITY;
  const script = pulls.map(({ take, fromBack, minute }) => {
    watermark = Math.max(watermark, TEN + minute * MINUTE);
    return { lines: fromBack ? left.splice(-take, take) : left.splice(0, take), watermark };
  });
  return [...script, { lines: left }];
}

/** Runs until it is over, which it says, or crashes at a point of its nth commit. Returns how many pulls a commit holds. */
async function run(folder: string, script: readonly Pull[], point: string, nth: number) {
  let given = 0;
  let held = 0;
  let left = nth;
  const ended = runScript(folder, script, {
    before: async (pull) => {
      given = pull + 1;
    },
    reached: (name) => {
      if (name === 'after the commit') held = given;
      if (name === point && --left === 0) throw new Error('crashed');
    },
  });
  const isOver = await ended.then(
    () => true,
    (error: Error) => {
      if (error.message !== 'crashed') throw error;
      return false;
    },
  );
  return { isOver, held };
}

test('no false alarm', async () => {
  const property = fc.asyncProperty(
    fc.array(record, { minLength: 1, maxLength: 12 }),
    fc.array(crash, { maxLength: 3 }),
    fc.array(pull, { maxLength: 6 }),
    async (records, crashes, last) => {
      const folder = mkdtempSync(join(tmpdir(), 'funnelpulse-crashes-'));
      try {
        let durable: readonly Pull[] = [];
        for (const { pulls, point, commit } of [...crashes, { pulls: last, point: 'never', commit: 0 }]) {
          const left = [...records];
          for (const text of durable.flatMap(({ lines = [] }) => lines)) left.splice(left.indexOf(text), 1);
          const script = [...durable, ...scriptOf(pulls, left)];
          const { isOver, held } = await run(folder, script, point, commit);
          if (isOver) break;
          durable = script.slice(0, Math.max(held, durable.length));
        }
        const books = (await readTables(join(folder, 'funnel.duckdb'))).pipeline_ledger;
        expect(books.filter(({ unaccounted }) => unaccounted !== 0)).toEqual([]);
        expect(books.reduce((sum, { read }) => sum + Number(read), 0)).toBe(records.length);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
  const seed = Number(process.env.FUNNELPULSE_SEED ?? 1);
  await fc.assert(property, { numRuns: STREAMS, seed });
}, 3_600_000);
