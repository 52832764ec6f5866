/** What a running stream says of itself: to Prometheus, to who asks whether it is alive, and on a terminal. */
import { type MetricsServer, serveMetrics } from '../../pipelines/stream_metrics';
import { type SourceStatus, StreamStatus, statusText } from '../../pipelines/stream_status';

const NOON = Date.UTC(2019, 9, 1, 12);
let outage: SourceStatus['outage'] = null;
let status: StreamStatus;
let server: MetricsServer;

function rest(watermark: number, windows: number, isFull = false) {
  return { watermark, size: { windows, bytes: 3 << 20 }, isFull };
}

function result(read: number, bytes: number) {
  const counters = new Map([
    ['rows_read', read],
    ['bytes_read', bytes],
  ]);
  return { counters, stepCounters: new Map(), distributions: new Map(), stepDistributions: new Map() };
}

beforeEach(async () => {
  outage = null;
  status = new StreamStatus(() => ({ unacked: 12, outage }));
  server = await serveMetrics(0, status);
});
afterEach(() => server.close());

const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);

async function metric(name: string): Promise<number> {
  const text = await (await get('/metrics')).text();
  return Number(new RegExp(`^funnelpulse_${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

test('metrics are the numbers of the stream', async () => {
  expect(await metric('watermark_seconds')).toBeNaN();
  status.rested(rest(NOON, 7), result(1000, 250_000));
  status.dropped(3);
  status.flushed(40, 120);
  status.flushed(2, 80);
  expect(await metric('read_records_total')).toBe(1000);
  expect(await metric('late_dropped_records_total')).toBe(3);
  expect(await metric('watermark_seconds')).toBe(NOON / 1000);
  expect(await metric('open_windows')).toBe(7);
  expect(await metric('state_bytes')).toBe(3 << 20);
  expect(await metric('unacked_messages')).toBe(12);
  expect(await metric('rows_written_total')).toBe(42);
  expect(await metric('last_flush_seconds')).toBe(0.08);
  expect(await metric('source_outage_seconds')).toBe(0);
  status.rested(rest(NOON, 7), result(1500, 300_000));
  expect(await metric('read_records_total')).toBe(1500);
  outage = { since: Date.now() - 5000, message: 'no answer' };
  expect(await metric('source_outage_seconds')).toBeGreaterThanOrEqual(5);
  const text = await (await get('/metrics')).text();
  expect(text).toContain('# TYPE funnelpulse_read_records_total counter');
  expect(text).toContain('# TYPE funnelpulse_open_windows gauge');
});

test('it is alive until it has not come to rest for a minute', async () => {
  expect((await get('/healthz')).status).toBe(200);
  status.restedAt = Date.now() - 61_000;
  expect((await get('/healthz')).status).toBe(503);
  status.rested(rest(NOON, 0), result(0, 0));
  expect((await get('/healthz')).status).toBe(200);
  expect((await get('/')).status).toBe(404);
});

test('a port that is taken is one message', async () => {
  await expect(serveMetrics(server.port, status)).rejects.toMatchObject({
    exitCode: 2,
    message: `--metrics-port ${server.port}: another program has it. Choose another port`,
  });
});

test('the line on a terminal', () => {
  for (let second = 0; second <= 10; second++)
    status.rested(rest(NOON, 48), result(12_345 + 2000 * second, 0), NOON + second * 1000);
  status.dropped(3);
  expect(statusText(status.numbers(NOON + 10_000), NOON + 10_000)).toBe(
    '32,345 events, 2,000/s, watermark 2019-10-01T12:00:00 (10.0 s behind), 48 windows, state 3.0 MiB, 12 unacked, 3 too late',
  );
  status.rested(rest(NOON, 48, true), result(32_345, 0), Date.UTC(2026, 10, 21));
  expect(statusText(status.numbers(), NOON)).toContain(
    'state 3.0 MiB (full: nothing is read until hours expire',
  );
  expect(statusText(status.numbers(), Date.UTC(2026, 10, 21))).toContain('(2,608 days behind)');
  outage = { since: NOON, message: 'Pub/Sub does not answer.' };
  expect(statusText(status.numbers(), NOON + 65_000)).toBe(
    'no connection for 1 min 5 s: Pub/Sub does not answer.',
  );
});

test('a watermark at either end of time is none', () => {
  status.rested(rest(Number('-9223372036854775'), 0), result(0, 0));
  expect(status.numbers().watermark).toBeNull();
  status.rested(rest(Number('9223372036854775'), 0), result(0, 0));
  expect(status.numbers().watermark).toBeNull();
});
