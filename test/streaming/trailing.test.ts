/** Trailing baselines over live events: the anomalies of a batch over the same events, and what late events do to a baseline and to an anomaly. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccumulationMode_Enum, type Pipeline } from 'apache-beam/proto/beam_runner_api';
import { chooseStreamBaseline } from '../../pipelines/baseline_choice';
import { duckdbStreamOutput } from '../../pipelines/outputs/duckdb_stream_output';
import { DAY_MS, HOUR_MS } from '../../schema/events';
import type { AnomalyRow } from '../../schema/tables';
import type { HistoryHour } from '../../transforms/baseline/baseline_fn';
import { MOST_TRAILING_LATENESS_MS } from '../../transforms/baseline/trailing';
import { Dice } from '../dirty/dice';
import { FIRST_DAY, type MonthsEvent, months } from '../dirty/months';
import { diffTables } from '../e2e/table_diff';
import { anomalies } from '../reference/anomalies';
import { DEFAULT_OPTIONS } from '../reference/reference';
import { historyOf, hourlyRows } from './months_rows';
import {
  emptyStream,
  funnelOf,
  OPTIONS,
  type Row,
  runStream,
  type Stream,
  type Streamed,
} from './stream_funnel';

// See test/e2e/ledger.test.ts.
jest.mock(
  'fast-deep-equal',
  () => jest.requireActual<typeof import('node:util')>('node:util').isDeepStrictEqual,
);

const MINUTE = 60_000;
const LATENESS = OPTIONS.windowing.allowedLatenessMs;
const SCORE = { minFlagViews: 18, zThreshold: 2, basis: 'either' as const };
/** So low that about every other hour is flagged, and all of its scores compared. */
const LOW = 0.5;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-trailing-stream-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let graphs = 0;
const graphOf = (zThreshold: number, history: readonly HistoryHour[]): Pipeline =>
  funnelOf(
    join(folder, `history-${graphs++}.json`),
    { name: 'trailing', history },
    { score: { ...SCORE, zThreshold } },
  );
const end = (graph: Pipeline, stream: Stream): Promise<Streamed> =>
  runStream(graph, stream.advanceWatermarkToInfinity());
const open = (result: Streamed): Row[] =>
  result.tables.gold_anomalies_hourly_brand.filter(({ status }) => status === 'open');

describe('the same events as a stream and as a batch', () => {
  const events = months(13, 0, 8);
  const before = hourlyRows(months(2, -12, 2));
  const rows = hourlyRows(events);
  let graph: Pipeline;
  let expected: AnomalyRow[];
  beforeAll(() => {
    graph = graphOf(LOW, historyOf(before));
    expected = anomalies(rows, {
      ...DEFAULT_OPTIONS,
      ...{ minFlagViews: 18, anomalyBasis: 'either', zThreshold: LOW },
      ...{ baseline: 'trailing', history: before },
    });
    expect(expected.length).toBeGreaterThan(30);
    expect(new Set(expected.map((row) => row.window_start < FIRST_DAY + 2 * DAY_MS))).toEqual(
      new Set([true, false]),
    );
  });

  /** Fails unless the open anomalies are those of the batch. */
  function expectParity(result: Streamed): void {
    expect(result.droppedRecords).toBe(0);
    const tables = { gold_anomalies_hourly_brand: open(result) };
    const differences = diffTables({ gold_anomalies_hourly_brand: expected }, tables, {
      ignore: ['pane', 'computed_at'],
    });
    expect(differences).toEqual([]);
  }
  const elements = (of: readonly MonthsEvent[]) => of.map(({ time, line }) => ({ value: line, at: time }));

  test.each([1, 2, 3])('out of order and late, seed %i', async (seed) => {
    const dice = new Dice(seed);
    // When an event comes, by event time: up to half an hour after its own, and one in fifty up to the last moment of its hour's lateness.
    const coming = events
      .map((event) => {
        const expiry = Math.floor(event.time / HOUR_MS) * HOUR_MS + HOUR_MS + LATENESS;
        const isLate = dice.percent(2);
        const at = isLate
          ? event.time + dice.under(expiry - event.time)
          : event.time + dice.under(30 * MINUTE);
        return { event, at };
      })
      .sort((a, b) => a.at - b.at);
    let stream = emptyStream();
    let watermark = Number.NEGATIVE_INFINITY;
    for (let from = 0; from < coming.length; ) {
      const to = from + 1 + dice.under(200);
      const bundle = coming.slice(from, to);
      // Not behind the first that is still to come, by half an hour.
      const next = coming[from].at - 30 * MINUTE;
      if (next > watermark) {
        stream = stream.advanceWatermarkTo(next);
        watermark = next;
      }
      stream = stream.elements(elements(bundle.map(({ event }) => event)));
      if (dice.percent(30)) stream = stream.advanceProcessingTimeBy(dice.under(20) * 1000);
      from = to;
    }
    expectParity(await end(graph, stream));
  });

  test('all at once, the last day first, behind a watermark that leaps', async () => {
    let stream = emptyStream();
    for (let day = 7; day >= 0; day--) {
      const start = FIRST_DAY + day * DAY_MS;
      stream = stream.elements(elements(events.filter(({ time }) => time >= start && time < start + DAY_MS)));
      stream = stream.advanceProcessingTimeBy(11_000);
    }
    expectParity(await end(graph, stream));
  });

  test('day by day, the watermark from midnight to midnight', async () => {
    let stream = emptyStream();
    for (let day = 0; day < 8; day++) {
      const start = FIRST_DAY + day * DAY_MS;
      stream = stream.elements(elements(events.filter(({ time }) => time >= start && time < start + DAY_MS)));
      stream = stream.advanceWatermarkTo(start + DAY_MS);
    }
    expectParity(await end(graph, stream));
  });
});

describe('late', () => {
  const brand = 'runail';
  let number = 0;
  /** So many views and purchases in one hour of a day. */
  function hour(
    day: number,
    hourOfDay: number,
    views: number,
    purchases: number,
  ): { value: string; at: number }[] {
    const at = FIRST_DAY + day * DAY_MS + hourOfDay * HOUR_MS + MINUTE;
    const time = `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
    const line = (type: string) => [time, type, `p${number++}`, '', brand, '5.00', 'u1', 's1'].join(',');
    return [
      ...Array.from({ length: views }, () => ({ value: line('view'), at })),
      ...Array.from({ length: purchases }, () => ({ value: line('purchase'), at })),
    ];
  }
  const midnight = (day: number) => FIRST_DAY + day * DAY_MS;
  /** Anomalies as they were written; the last combine says a verdict as soon as it comes, and once more on time. */
  const verdicts = <T>(result: Streamed, columns: (row: Row) => T): T[] => {
    const rows = result.written.filter(({ table }) => table === 'gold_anomalies_hourly_brand');
    const texts = new Set(rows.map(({ row }) => JSON.stringify(columns(row))));
    return [...texts].map((text) => JSON.parse(text) as T);
  };
  /** What hours were scored against: the mean, of how many, and up to when. */
  const scored = (result: Streamed) =>
    verdicts(result, ({ conv_mean_brand, n_brand, baseline, baseline_through }) => [
      (conv_mean_brand as number).toFixed(9),
      ...[n_brand, baseline, baseline_through],
    ]);

  let graph: Pipeline;
  /** Of few hours none is two deviations from the mean. */
  let lower: Pipeline;
  beforeAll(() => {
    graph = graphOf(2, []);
    lower = graphOf(LOW, []);
  });
  /** A day whose hours convert by 0.1, 0.2 and 0.3; the last is the day's last. Then the watermark gets somewhere, ten more purchases of that hour come, and two days later an hour in which all buy. */
  const story = (watermark: number): Stream =>
    emptyStream()
      .elements([...hour(0, 10, 20, 2), ...hour(0, 11, 20, 4), ...hour(0, 23, 20, 6)])
      .advanceWatermarkTo(watermark)
      .elements(hour(0, 23, 0, 10))
      .elements(hour(2, 0, 20, 20));
  const against = (...rates: number[]) => [
    [(rates.reduce((sum, rate) => sum + rate) / rates.length).toFixed(9), 3, 'trailing', midnight(1)],
  ];
  const [changed, unchanged] = [against(0.1, 0.2, 0.8), against(0.1, 0.2, 0.3)];

  test.each<[string, number]>([
    ['before the end of their day', midnight(1) - MINUTE],
    ['observably late, when the day’s digest has been made', midnight(1) + MINUTE],
    ['at the last allowed moment', midnight(1) + LATENESS - 1],
  ])('purchases %s are in the baseline of two days later', async (_, watermark) => {
    const result = await end(lower, story(watermark));
    expect(result.droppedRecords).toBe(0);
    expect(scored(result)).toEqual(changed);
  });

  test('purchases that come too late are not, and are counted', async () => {
    const result = await end(lower, story(midnight(1) + LATENESS));
    expect(result.droppedRecords).toBe(10);
    expect(scored(result)).toEqual(unchanged);
  });

  test('with the largest lateness there may be, they are up to its last moment', async () => {
    const most = funnelOf(
      join(folder, 'most.json'),
      { name: 'trailing', history: [] },
      {
        score: { ...SCORE, zThreshold: LOW },
        windowing: { ...OPTIONS.windowing, allowedLatenessMs: MOST_TRAILING_LATENESS_MS },
      },
    );
    const last = await end(most, story(midnight(1) + MOST_TRAILING_LATENESS_MS - 1));
    expect([last.droppedRecords, scored(last)]).toEqual([0, changed]);
    const over = await end(most, story(midnight(1) + MOST_TRAILING_LATENESS_MS));
    expect([over.droppedRecords, scored(over)]).toEqual([10, unchanged]);
  });

  test('a watermark that leaps over two days behind them changes nothing', async () => {
    const leap = emptyStream()
      .elements([...hour(0, 10, 20, 2), ...hour(0, 11, 20, 4), ...hour(0, 23, 20, 6), ...hour(2, 0, 20, 20)])
      .advanceWatermarkTo(midnight(1) + MINUTE)
      .elements(hour(0, 23, 0, 10))
      .advanceWatermarkTo(midnight(3));
    expect(scored(await end(lower, leap))).toEqual(changed);
  });

  test('an anomaly opens on time and heals by late purchases', async () => {
    const stream = emptyStream()
      .elements([...hour(0, 10, 20, 4), ...hour(0, 11, 20, 5), ...hour(0, 12, 20, 4)])
      .advanceWatermarkTo(midnight(2))
      .elements(hour(2, 10, 20, 0))
      .advanceProcessingTimeBy(11_000)
      .advanceWatermarkTo(midnight(2) + 11 * HOUR_MS)
      .elements(hour(2, 10, 0, 4));
    const result = await end(graph, stream);
    expect(verdicts(result, (row) => [row.status, row.anomaly_type, row.pane, row.revision])).toEqual([
      ['open', 'drop', 'on_time', 20],
      ['retracted', null, 'late', 24],
    ]);
    expect(result.tables.gold_anomalies_hourly_brand).toMatchObject([{ status: 'retracted', purchases: 4 }]);
  });
});

test('a baseline speaks at its end and for late days, and its panes replace one another', () => {
  const { transforms, pcollections, windowingStrategies } = graphOf(2, []).components!;
  const score = Object.values(transforms).find(({ inputs }) => 'side.baseline' in inputs)!;
  const side = pcollections[score.inputs['side.baseline']];
  const { accumulationMode, trigger } = windowingStrategies[side.windowingStrategyId];
  // Accumulating, each late pane would be kept beside all before it.
  expect(accumulationMode).toBe(AccumulationMode_Enum.DISCARDING);
  const { afterEndOfWindow } = trigger!.trigger as { afterEndOfWindow: object };
  expect(Object.keys(afterEndOfWindow)).toEqual(['lateFirings']);
  // The combine before it keeps what it has.
  const before = Object.values(pcollections).filter(
    ({ windowingStrategyId }) => windowingStrategyId === side.windowingStrategyId,
  );
  expect(before).toHaveLength(1);
});

describe('what a stream is compared with', () => {
  const given = { history: undefined, minViews: 10, allowedLatenessMs: 2 * HOUR_MS };
  const choose = (more: { baseline: string; allowedLatenessMs?: number; history?: string }) =>
    chooseStreamBaseline({ ...given, output: duckdbStreamOutput(join(folder, 'new.duckdb')), ...more });

  test('trailing: its own output, which is not there yet, or another', async () => {
    expect(await choose({ baseline: 'trailing' })).toEqual({ name: 'trailing', history: [] });
    const other = choose({ baseline: 'trailing', history: `duckdb:${join(folder, 'none.duckdb')}` });
    await expect(other).rejects.toThrow(/--history duckdb:.* no such file/);
  });

  test('not a lateness with which baselines could still change when they are used', async () => {
    expect(MOST_TRAILING_LATENESS_MS).toBe(22 * HOUR_MS);
    const graph = (allowedLatenessMs: number) => () =>
      funnelOf(
        join(folder, 'none.json'),
        { name: 'trailing', history: [] },
        { windowing: { ...OPTIONS.windowing, allowedLatenessMs } },
      );
    expect(graph(22 * HOUR_MS)).not.toThrow();
    expect(graph(22 * HOUR_MS + 1)).toThrow(/lateness/);
    const choice = (hours: number, baseline = 'trailing') =>
      choose({ baseline, allowedLatenessMs: hours * HOUR_MS });
    await expect(choice(22)).resolves.toMatchObject({ name: 'trailing' });
    await expect(choice(23)).rejects.toThrow(/--allowed-lateness of 23h is too long for --baseline trailing/);
    const file = join(folder, 'hours.csv');
    writeFileSync(file, 'window_start,brand,views,purchases,revenue\n2019-10-01 10:00:00,a,20,3,1\n');
    await expect(choice(23, file)).resolves.toMatchObject({ name: 'file' });
  });

  test('not its own hours', async () => {
    await expect(choose({ baseline: 'run' })).rejects.toThrow(/--baseline run .* Choose --baseline trailing/);
  });
});
