/** What the funnel's graph says when, over live events: the situations of Beam's own leader-board test, and those that the tables depend on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pipeline } from 'apache-beam/proto/beam_runner_api';
import { emptyStream, funnelOf, type Row, runStream, type Stream, type Streamed } from './stream_funnel';

// See test/e2e/ledger.test.ts.
jest.mock(
  'fast-deep-equal',
  () => jest.requireActual<typeof import('node:util')>('node:util').isDeepStrictEqual,
);

const HOUR = 3_600_000;
const LATENESS = 2 * HOUR;
const TEN = Date.UTC(2019, 9, 1, 10);

let folder: string;
let graph: Pipeline;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-stream-'));
  graph = funnelOf(join(folder, 'history.json'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let number = 0;
/** A view of a product of its own, as a line, at a time. */
function view(
  at: number,
  change: { brand?: string; price?: string; product?: string } = {},
): { value: string; at: number } {
  const time = `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const { brand = 'runail', price = '5.00', product = `p${number++}` } = change;
  return { value: [time, 'view', product, '', brand, price, 'u1', 's1'].join(','), at };
}

const add = (stream: Stream, ...lines: { value: string; at: number }[]): Stream => stream.elements(lines);
const end = (stream: Stream): Promise<Streamed> => runStream(graph, stream.advanceWatermarkToInfinity());
const hourly = (result: Streamed): Row[] => result.tables.gold_funnel_hourly_brand;
/** Hourly rows as they came. The hour's merge speaks as soon as one of its slots and shards has, early, and once more on time when the last has. */
const panes = (result: Streamed): unknown[] =>
  result.written
    .filter(({ table }) => table === 'gold_funnel_hourly_brand')
    .map(({ row }) => [row.pane, row.views, row.revision]);

test('on time: all events before the watermark are in the one pane', async () => {
  const result = await end(add(emptyStream(), view(TEN), view(TEN + 60_000)).advanceWatermarkTo(TEN + HOUR));
  expect(panes(result)).toEqual([
    ['early', 2, 2],
    ['on_time', 2, 2],
  ]);
  expect(result.droppedRecords).toBe(0);
});

test('speculative: early panes as processing time goes by, each with the hour so far', async () => {
  const stream = add(emptyStream(), view(TEN)).advanceProcessingTimeBy(10_001);
  const more = add(stream, view(TEN + 1000), view(TEN + 2000)).advanceProcessingTimeBy(10_001);
  const result = await end(more.advanceWatermarkTo(TEN + HOUR));
  expect(panes(result)).toEqual([
    ['early', 1, 1],
    ['early', 3, 3],
    ['early', 3, 3],
    ['on_time', 3, 3],
  ]);
});

test('unobservably late: behind the watermark, but before the end of its hour', async () => {
  const stream = emptyStream().advanceWatermarkTo(TEN + HOUR / 2);
  const result = await end(add(stream, view(TEN + 1000)).advanceWatermarkTo(TEN + HOUR));
  expect(panes(result)).toEqual([
    ['early', 1, 1],
    ['on_time', 1, 1],
  ]);
});

test('observably late: a pane of its own, with the whole hour', async () => {
  const stream = add(emptyStream(), view(TEN)).advanceWatermarkTo(TEN + HOUR);
  const result = await end(add(stream, view(TEN + 1000)));
  expect(panes(result)).toEqual([
    ['early', 1, 1],
    ['on_time', 1, 1],
    ['late', 2, 2],
  ]);
  expect(hourly(result)).toMatchObject([{ views: 2, revision: 2, pane: 'late' }]);
});

test('droppably late: counted and dropped, and nothing stops', async () => {
  const stream = add(emptyStream(), view(TEN)).advanceWatermarkTo(TEN + HOUR + LATENESS);
  const result = await end(add(stream, view(TEN + 1000), view(TEN + 2000)));
  expect(panes(result)).toEqual([
    ['early', 1, 1],
    ['on_time', 1, 1],
  ]);
  expect(result.droppedRecords).toBe(2);
  expect(result.tables.pipeline_ledger).toMatchObject([
    { read: 3, counted: 1, late_dropped: 2, unaccounted: 0 },
  ]);
});

test('at the last allowed moment a late event of hour 23 reaches its day', async () => {
  const late = Date.UTC(2019, 9, 1, 23);
  const stream = add(emptyStream(), view(TEN)).advanceWatermarkTo(late + HOUR + LATENESS - 1);
  const result = await end(add(stream, view(late + 1000)));
  expect(result.droppedRecords).toBe(0);
  expect(result.tables.gold_funnel_daily_brand).toMatchObject([
    { date: '2019-10-01', views: 2, pane: 'late', revision: 2 },
  ]);
});

test('a cheaper twin moves an event to another brand: the old row is emptied and goes', async () => {
  const stream = add(
    emptyStream(),
    view(TEN, { product: 'x', brand: 'dear', price: '9.00' }),
  ).advanceWatermarkTo(TEN + HOUR);
  const result = await end(add(stream, view(TEN, { product: 'x', brand: 'cheap', price: '1.00' })));
  expect(hourly(result)).toMatchObject([{ brand: 'cheap', views: 1, revision: 2 }]);
  const dear = result.written.filter(
    ({ table, row }) => table === 'gold_funnel_hourly_brand' && row.brand === 'dear',
  );
  expect(dear.map(({ row }) => [row.views, row.revision])).toEqual([
    [1, 1],
    [1, 1],
    [0, 2],
  ]);
  expect(result.tables.gold_funnel_daily_brand).toMatchObject([{ brand: 'cheap', views: 1 }]);
});

test('nothing reopens an hour that has expired', async () => {
  const stream = add(emptyStream(), view(TEN)).advanceWatermarkTo(TEN + 2 * HOUR + LATENESS);
  const again = add(stream, view(TEN + 1), view(TEN + 3 * HOUR)).advanceWatermarkTo(TEN + 9 * HOUR);
  const result = await end(add(again, view(TEN + 2)));
  expect(hourly(result).map(({ window_start, views }) => [window_start, views])).toEqual([
    [TEN, 1],
    [TEN + 3 * HOUR, 1],
  ]);
  expect(result.droppedRecords).toBe(2);
});

test('rejected lines are dead letters at once, and the books balance', async () => {
  const stream = emptyStream().elements([view(TEN), { value: 'no time,view,p,,b,1,u,s', at: TEN }]);
  const result = await end(stream);
  expect(result.tables.dead_letters).toMatchObject([{ reason: 'bad_event_time' }]);
  expect(result.tables.pipeline_ledger).toMatchObject([
    { bucket: '2019-10-01T10:00:00Z', read: 1, counted: 1, unaccounted: 0 },
    { bucket: 'unknown', read: 1, rejected: 1, unaccounted: 0 },
  ]);
});

test.each([1, 10])(
  'a change says the books of its own day anew, not those of the %i days before',
  async (days) => {
    let stream = emptyStream();
    for (let hour = 0; hour < 24 * days; hour++) stream = add(stream, view(TEN - (hour + 48) * HOUR));
    const before = new Map<number, number>();
    const events = 24 * days;
    const day = add(add(stream, view(TEN)), view(TEN + 1000), view(TEN + 2 * HOUR));
    const result = await runStream(graph, day.advanceWatermarkToInfinity(), {
      onEvent: (event, rows) =>
        before.set(event, rows.filter(({ table }) => table === 'pipeline_ledger').length),
    });
    expect([events, events + 1].map((event) => before.get(event)! - before.get(event - 1)!)).toEqual([1, 2]);
    expect(result.tables.pipeline_ledger).toHaveLength(24 * days + 2);
  },
);
