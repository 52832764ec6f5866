/**
 * Random streams through the funnel's graph: events of a few hours in any order, cut into bundles, with the watermark and the clock moving in between. In the end the tables hold what a
 * batch run computes of the same events, without those that came after their hour had expired; and exactly those were dropped.
 *
 * FUNNELPULSE_STREAMS sets how many, FUNNELPULSE_SEED the first one's seed; a failure prints both.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pipeline } from 'apache-beam/proto/beam_runner_api';
import fc from 'fast-check';
import { diffTables } from '../e2e/table_diff';
import { computeReference } from '../reference/reference';
import { COLUMNS, emptyStream, funnelOf, OPTIONS, runStream, type Stream } from './stream_funnel';

// See test/e2e/ledger.test.ts.
jest.mock(
  'fast-deep-equal',
  () => jest.requireActual<typeof import('node:util')>('node:util').isDeepStrictEqual,
);

const HOUR = 3_600_000;
const EXPIRES_AFTER = HOUR - 1 + OPTIONS.windowing.allowedLatenessMs;
/** Two hours before midnight. */
const START = Date.UTC(2019, 9, 1, 22);
const STREAMS = Number(process.env.FUNNELPULSE_STREAMS ?? 200);

interface Event {
  readonly minute: number;
  readonly type: string;
  readonly product: number;
  readonly brand: string;
  readonly price: string;
}

const event: fc.Arbitrary<Event> = fc.record({
  minute: fc.nat({ max: 6 * 60 - 1 }),
  type: fc.constantFrom('view', 'view', 'cart', 'purchase'),
  product: fc.nat({ max: 3 }),
  brand: fc.constantFrom('', 'a', 'b'),
  price: fc.constantFrom('1.00', '12.50', '30', '0'),
});

/** What happens, in order: events in one bundle, the watermark to a minute (or as far as it is), the clock by some seconds. */
type Happening =
  | { readonly events: readonly Event[] }
  | { readonly watermark: number }
  | { readonly seconds: number };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ events: fc.array(event, { minLength: 1, maxLength: 5 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      watermark: fc.oneof(
        fc.nat({ max: 11 * 60 }),
        fc.nat({ max: 11 }).map((hour) => hour * 60),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ seconds: fc.nat({ max: 20 }) }) },
);

function line({ minute, type, product, brand, price }: Event): string {
  const time = `${new Date(START + minute * 60_000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return [time, type, `p${product}`, brand === 'a' ? 'x.y' : '', brand, price, 'u', 's'].join(',');
}

let folder: string;
let graph: Pipeline;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-streams-'));
  graph = funnelOf(join(folder, 'history.json'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('random streams end as a batch of the same events does', async () => {
  const property = fc.asyncProperty(
    fc.array(happening, { minLength: 1, maxLength: 14 }),
    async (happenings) => {
      let stream: Stream = emptyStream();
      let watermark = Number.NEGATIVE_INFINITY;
      const kept: string[] = [];
      let late = 0;
      for (const each of happenings) {
        if ('events' in each) {
          stream = stream.elements(
            each.events.map((one) => ({ value: line(one), at: START + one.minute * 60_000 })),
          );
          for (const one of each.events) {
            const expiry = START + Math.floor(one.minute / 60) * HOUR + EXPIRES_AFTER;
            // What is rejected never reaches a window.
            if (watermark > expiry && one.price !== '0') late++;
            else kept.push(line(one));
          }
        } else if ('watermark' in each) {
          const to = START + each.watermark * 60_000;
          if (to <= watermark) continue;
          stream = stream.advanceWatermarkTo(to);
          watermark = to;
        } else {
          stream = stream.advanceProcessingTimeBy(each.seconds * 1000);
        }
      }
      const result = await runStream(graph, stream.advanceWatermarkToInfinity());
      const file = {
        source: 'stream',
        format: 'csv' as const,
        bytes: Buffer.from([COLUMNS.join(), ...kept].join('\n')),
      };
      const { gold_anomalies_hourly_brand, dead_letters, pipeline_ledger, silver_events, ...gold } =
        computeReference([file], {
          baseline: [],
        });
      expect(diffTables(gold, result.tables, { ignore: ['pane', 'computed_at'] })).toEqual([]);
      expect(result.tables.dead_letters.length > 0).toBe(dead_letters.length > 0);
      expect(result.droppedRecords).toBe(late);
      const books = result.tables.pipeline_ledger as unknown as {
        late_dropped: number;
        unaccounted: number;
      }[];
      expect(books.reduce((sum, row) => sum + row.late_dropped, 0)).toBe(late);
      expect(books.filter(({ unaccounted }) => unaccounted !== 0)).toEqual([]);
    },
  );
  const seed = Number(process.env.FUNNELPULSE_SEED ?? 1);
  await fc.assert(property, { numRuns: STREAMS, seed });
}, 3_600_000);
