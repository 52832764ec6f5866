/** A baseline that comes late holds scores up: no hour is passed by unscored, and none is scored twice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StrUtf8Coder } from 'apache-beam/coders/standard_coders';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { PCollection, Root } from '../../beam/sdk';
import { step } from '../../beam/step';
import { taggedTestStream } from '../../beam/test_stream';
import { ScoreHour } from '../../transforms/anomalies/score_fn';
import type { HistoryHour } from '../../transforms/baseline/baseline_fn';
import { givenHours } from '../../transforms/baselines';
import { line } from './scripted_run';
import { funnelWith, type Row, runStream, type Streamed } from './stream_funnel';

// See test/e2e/ledger.test.ts.
jest.mock(
  'fast-deep-equal',
  () => jest.requireActual<typeof import('node:util')>('node:util').isDeepStrictEqual,
);

const { ParseHistory } = require('./ends') as { ParseHistory: new () => never };

const HOUR = 3_600_000;
const TEN = Date.UTC(2019, 9, 8, 10);
const [ELEVEN, TWELVE] = [TEN + HOUR, TEN + 2 * HOUR];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-slow-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => jest.restoreAllMocks());

const stream = () => taggedTestStream(new StrUtf8Coder() as never, ['events', 'history'] as const);
type Both = ReturnType<typeof stream>;

/** The funnel's graph with a history that comes by and by, but that has an end, as the real one: so the baseline is there when all of history is. */
function graph(file?: string): runnerApi.Pipeline {
  let outputs: { events: PCollection<string>; history: PCollection<string> };
  return funnelWith({
    lines: (root: Root) => {
      outputs = root.apply(stream().build() as never) as never;
      return outputs.events;
    },
    baseline: givenHours((root: Root) => {
      const { history } = outputs;
      const { pcollections } = (
        root as unknown as { pipeline: { getProto(): runnerApi.Pipeline } }
      ).pipeline.getProto().components!;
      pcollections[history.getId()].isBounded = runnerApi.IsBounded_Enum.BOUNDED;
      return history.apply(step('Parse history', new ParseHistory()) as never);
    }),
    ...(file !== undefined && { file }),
  });
}

/** An hour of 60 views of a brand and no purchase. */
const quiet = (hour: number, brand: string) =>
  Array.from({ length: 60 }, (_, minute) => ({
    value: line(hour + minute * 60_000, { brand }),
    at: hour + minute * 60_000,
  }));

/** Hours a week before in which every second view led to a purchase, more or less: mean 0.5, deviation 0.1. */
const HISTORY = [40, 50, 60].map((purchases, at) => {
  const hour = TEN - 168 * HOUR + at * HOUR;
  const brands = ['runail', 'irisk'].map((brand) => ({ brand, views: 100, purchases, revenue: '1000000' }));
  return { value: JSON.stringify({ hour, brands } satisfies HistoryHour), at: hour };
});

const isAnomaly = ({ table }: Streamed['written'][number]) => table === 'gold_anomalies_hourly_brand';

/** Rows as the table has them, without their time. */
const rowsOf = ({ tables }: Streamed) =>
  tables.gold_anomalies_hourly_brand.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
const keyOf = ({ window_start, brand }: Row) => `${window_start} ${brand}`;

/** Hours close, expire for all that comes, and one has a late event, while history is awaited; when it is there, an hour closes as usual. */
function eventsUntil(here: Both, ...awaited: ((so: Both) => Both)[]): Both {
  const [first, second, third] = awaited;
  let so = here.elements(quiet(TEN, 'runail'), 'events').advanceProcessingTimeBy(10_001);
  so = so.elements(quiet(ELEVEN, 'irisk'), 'events').advanceWatermarkTo(TWELVE, 'events');
  so = first(so);
  so = so.elements([{ value: line(TEN, { type: 'cart' }), at: TEN }], 'events');
  so = so.elements(quiet(TWELVE, 'runail'), 'events').advanceWatermarkTo(TEN + 20 * HOUR, 'events');
  so = second(so);
  so = so.advanceProcessingTimeBy(100_000).advanceWatermarkTo(TEN + 40 * HOUR, 'events');
  so = third(so);
  so = so.elements(quiet(TEN + 40 * HOUR, 'irisk'), 'events');
  return so.advanceWatermarkToInfinity('events');
}

const all = (so: Both) => so.elements(HISTORY, 'history').advanceWatermarkToInfinity('history');
const same = (so: Both) => so;
const SLOW = eventsUntil(
  stream(),
  (so) => so.elements(HISTORY.slice(0, 1), 'history').advanceWatermarkTo(TWELVE, 'history'),
  (so) => so.elements(HISTORY.slice(1), 'history').advanceWatermarkTo(TEN + 39 * HOUR, 'history'),
  (so) => so.advanceWatermarkToInfinity('history'),
);
/** Number of the event with which the baseline is there, counted from 0. */
const THERE = 13;

interface Scored {
  readonly hour: number;
  readonly timing: string;
  readonly index: number;
}

/** The panes that are scored from now on, where no threads do it. */
function spyOnScores(): Scored[] {
  const scored: Scored[] = [];
  const { process } = ScoreHour.prototype;
  jest.spyOn(ScoreHour.prototype, 'process').mockImplementation(function* (this: ScoreHour, hour, context) {
    const { timing, index } = context.pane.lookup();
    scored.push({ hour: hour.hour, timing: String(timing), index });
    yield* process.call(this, hour, context);
  });
  return scored;
}

describe.each([0, 2])('with %i workers', (workers) => {
  test('hours wait until the baseline is there, and are scored once with it', async () => {
    const file = workers === 0 ? undefined : join(folder, `rows-${workers}`);
    const scored = spyOnScores();
    const rowsAt: number[] = [];
    const goldAt: number[] = [];
    const scoresAt: number[] = [];
    const result = await runStream(graph(file), SLOW, {
      ...{ workers, ...(file !== undefined && { file }) },
      onEvent: (event, rows) => {
        rowsAt[event] = rows.filter(isAnomaly).length;
        goldAt[event] = rows.filter(({ table }) => table === 'gold_funnel_hourly_brand').length;
        scoresAt[event] = scored.length;
      },
    });

    // Rows of the hours themselves wait for nothing.
    expect(goldAt[THERE - 1]).toBeGreaterThan(5);
    expect(rowsAt.slice(0, THERE)).toEqual(Array(THERE).fill(0));
    expect(rowsAt[THERE]).toBeGreaterThan(0);
    if (workers === 0) expect(scoresAt.slice(0, THERE)).toEqual(Array(THERE).fill(0));

    const anomalies = result.written.filter(isAnomaly).map(({ row }) => row);
    for (const row of anomalies)
      expect(row).toMatchObject({ conv_mean_brand: 0.5, baseline: 'file', n_brand: 3, status: 'open' });
    // An hour may be written again by its merge, but it is the same verdict.
    expect(new Set(anomalies.map((row) => JSON.stringify([keyOf(row), row.pane, row.z_brand]))).size).toBe(4);
    expect(rowsOf(result)).toMatchObject([
      { window_start: TEN, brand: 'runail', pane: 'late', revision: 61, views: 60 },
      { window_start: ELEVEN, brand: 'irisk', pane: 'on_time', revision: 60 },
      { window_start: TWELVE, brand: 'runail', pane: 'on_time', revision: 60 },
      { window_start: TEN + 40 * HOUR, brand: 'irisk', pane: 'on_time', revision: 60 },
    ]);
    expect(result.dropped).toEqual([]);
    if (workers > 0) return;
    const panes = scored.map(({ hour, timing, index }) => [(hour - TEN) / HOUR, timing, index].join(' '));
    expect(new Set(panes).size).toBe(panes.length);
    const onTime = scored.filter(({ timing }) => timing === 'ON_TIME').map(({ hour }) => (hour - TEN) / HOUR);
    expect(onTime.sort((a, b) => a - b)).toEqual([0, 1, 2, 40]);
  });
});

test('a baseline that is there at once gives the same tables', async () => {
  const slow = await runStream(graph(), SLOW);
  const quick = await runStream(graph(), eventsUntil(all(stream()), same, same, same));
  expect(rowsOf(slow)).toEqual(rowsOf(quick));
  expect(slow.tables.gold_funnel_hourly_brand).toEqual(quick.tables.gold_funnel_hourly_brand);
});
