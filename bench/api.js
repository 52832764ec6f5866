#!/usr/bin/env node
/**
 * The HTTP API under load, while the stream that it belongs to writes: `run --serve` on the Pub/Sub emulator.
 *
 *   node bench/api.js [DEMO_EVENTS] [SECONDS]
 *
 * 1. Two months of a made-up shop go through the stream into its tables, and an event of now closes their hours.
 * 2. The stream goes on with early rows every 250 ms and a commit every 50 ms. Idle: one request at a time, mixed over the API's routes, no parameters twice.
 * 3. The stream alone: 2,000 events a second, and how long it takes from publishing an event until the API has its row.
 * 4. Both: the same with 200 requests a second, which are sent when they are due, whether the ones before were answered or not. Their time counts from when they were due; what is refused as too much (503) is counted by itself.
 *
 * Needs `npm run build` and the emulator (gcloud components install pubsub-emulator). Writes bench/results/api.json. The load comes from a process of its own (api_load.js).
 */
const { fork, spawn } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { once } = require('node:events');
const { events, startEmulator } = require('./emulator.js');
const { machine } = require('./report.js');

const CLI = path.join(__dirname, '..', 'dist', 'bundle', 'cli.js');
const demoEvents = Number(process.argv[2] ?? 500_000);
const seconds = Number(process.argv[3] ?? 60);
const PROJECT = 'bench';
const EMULATOR_PORT = 8797;
const API_PORT = 8381;
const METRICS_PORT = 9303;
const EVENTS_A_SECOND = 2000;
const REQUESTS_A_SECOND = 200;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'funnelpulse-bench-api-'));
process.env.PUBSUB_EMULATOR_HOST = `127.0.0.1:${EMULATOR_PORT}`;
process.env.METADATA_SERVER_DETECTION = 'none';
delete process.env.FUNNELPULSE_TOKEN;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const agent = new http.Agent({ keepAlive: true });

function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN) * 10) / 10;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), most: at(1) };
}

/** The body of an answer of the API as JSON; null where it says that more is asked than it can answer. */
async function get(route) {
  const request = http.get({ agent, host: '127.0.0.1', port: API_PORT, path: route });
  const [response] = await once(request, 'response');
  const text = Buffer.concat(await response.toArray()).toString();
  if (response.statusCode === 503) return null;
  if (response.statusCode !== 200) throw new Error(`${route}: ${response.statusCode} ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

async function metrics() {
  const text = await (await fetch(`http://127.0.0.1:${METRICS_PORT}/metrics`)).text();
  const value = (name) => Number(new RegExp(`^funnelpulse_${name} (\\S+)`, 'm').exec(text)?.[1]);
  return {
    read: value('read_records_total'),
    unacked: value('unacked_messages'),
    lag: value('watermark_lag_seconds'),
  };
}

/** CPU seconds of a process so far. */
function cpuOf(pid) {
  const fields = fs
    .readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Early rows as often as bench/stream.js has them, and anomalies also where few events are asked for: part of the graph, and so of both runs. */
const EARLY = ['--early-firing', '250ms', '--min-flag-views', '4', '--min-baseline-views', '2'];

function startStream(...more) {
  const ends = [
    '--input',
    `pubsub://${PROJECT}/api`,
    '--output',
    `duckdb:${path.join(folder, 'api.duckdb')}`,
  ];
  const ports = ['--serve', API_PORT, '--metrics-port', METRICS_PORT].map(String);
  const child = spawn(
    process.execPath,
    [CLI, 'run', '--quiet', ...ends, ...ports, '--max-watermark-jump', '1000d', ...EARLY, ...more],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  child.on('exit', (code) => {
    if (!ending) {
      console.error(`the stream ended with exit code ${code}`);
      process.exit(1);
    }
  });
  return child;
}
let ending = false;

/** Until a condition of the stream's numbers has held for two seconds. */
async function untilStream(holds) {
  for (let times = 0; times < 10; times++) {
    const numbers = await metrics().catch(() => null);
    if (numbers === null || !holds(numbers)) times = 0;
    await wait(200);
  }
}

async function endStream(child) {
  ending = true;
  child.kill('SIGTERM');
  await once(child, 'exit');
  ending = false;
}

function publishRecord(topic, record, time) {
  return topic.publishMessage({
    data: Buffer.from(JSON.stringify(record)),
    attributes: { event_time: time },
  });
}

async function preload(topic) {
  const pending = [];
  for (const { record, time } of events(CLI, folder, demoEvents, 61)) {
    pending.push(publishRecord(topic, record, time));
    if (pending.length >= 10_000) await Promise.all(pending.splice(0));
  }
  await Promise.all(pending);
}

/** Publishes at a rate from now until what it returns is called. */
function liveTraffic(topic) {
  let number = 0;
  const started = Date.now();
  const ticking = setInterval(() => {
    // What a busy machine has missed is made up for.
    const due = ((Date.now() - started) / 1000) * EVENTS_A_SECOND;
    for (; number < due; number++)
      void publishRecord(topic, liveEvent(`live-${number % 200}`, number), now());
  }, 10);
  return () => {
    clearInterval(ticking);
    return number / ((Date.now() - started) / 1000);
  };
}

const now = () => new Date().toISOString();
const liveEvent = (brand, number) => ({
  ...{ event_time: now(), event_type: 'view', product_id: String(number), brand },
  ...{ price: '1.00', user_id: `u${number}` },
});

/** Milliseconds from publishing a marked event until the API has its row, five times a second. */
async function readable(topic, name, forMs) {
  const sent = new Map();
  const took = [];
  const end = Date.now() + forMs;
  const marking = setInterval(() => {
    const brand = `${name}-${sent.size + took.length}`;
    sent.set(brand, Date.now());
    void publishRecord(topic, liveEvent(brand, sent.size), now());
  }, 200);
  while (Date.now() < end || (sent.size > 0 && Date.now() < end + 10_000)) {
    if (Date.now() >= end) clearInterval(marking);
    const asked = [...sent.keys()].slice(0, 50);
    if (asked.length > 0) {
      const day = now().slice(0, 10);
      const keys = asked.map((brand) => `key=${brand}`).join('&');
      const answer = await get(`/v1/funnel?by=brand&grain=hour&from=${day}&to=${day}&limit=1000&${keys}`);
      for (const { key } of answer?.rows ?? []) {
        if (!sent.has(key)) continue;
        took.push(Date.now() - sent.get(key));
        sent.delete(key);
      }
    }
    await wait(50);
  }
  return { ...spread(took), missing: sent.size };
}

/** Requests by the other process. @param rate a second; 0: the next when the last is answered */
async function load(choices, rate, forMs, seed) {
  const child = fork(path.join(__dirname, 'api_load.js'));
  child.send({ port: API_PORT, choices, rate, forMs, seed });
  const [{ times, failures, rate: sent, routes }] = await once(child, 'message');
  child.kill('SIGKILL');
  return {
    ...spread(times),
    rate: sent,
    failures,
    routes: Object.fromEntries(Object.entries(routes).map(([route, each]) => [route, spread(each)])),
  };
}

/** What requests may be about: brands, anomalies and days that there are. */
async function findChoices() {
  const { since, until } = await get('/v1/coverage');
  const to = '2025-12-01';
  const { rows: brands } = await get(`/v1/brands?from=${since}&to=${to}&limit=200`);
  const { rows: anomalies } = await get(`/v1/anomalies?status=all&from=${since}&to=${to}&limit=200`);
  return {
    ...{ since, until, days: 61 },
    brands: brands.map(({ key, brand }) => key ?? brand),
    anomalies: anomalies.map(({ id }) => id),
  };
}

async function main() {
  const { emulator, client } = await startEmulator(PROJECT, EMULATOR_PORT);
  let stream;
  process.once('exit', () => {
    stream?.kill('SIGKILL');
    emulator.kill('SIGKILL');
  });
  try {
    const batching = { maxMessages: 1000, maxMilliseconds: 10 };
    const [topic] = await client.createTopic('api', { batching });
    await topic.createSubscription('api', { ackDeadlineSeconds: 60 });
    stream = startStream();
    const started = Date.now();
    const backlog = client.topic('api', { batching });
    await preload(backlog);
    await untilStream(({ read, unacked }) => read >= demoEvents && unacked === 0);
    await publishRecord(backlog, liveEvent('live-0', 0), now());
    await untilStream(({ lag, unacked }) => lag < 3600 && unacked === 0);
    await endStream(stream);
    console.log(`${demoEvents} events of two months in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    stream = startStream('--commit-every', '50ms');
    await untilStream(({ unacked }) => unacked === 0);
    const live = client.topic('api', { batching: { maxMessages: 100, maxMilliseconds: 5 } });
    const choices = await findChoices();
    await load(choices, 0, Math.min(5000, seconds * 1000), 1); // warms up
    const idle = await load(choices, 0, seconds * 500, 2);
    console.log('idle', idle.p50, idle.p95);
    const stop = liveTraffic(live);
    await wait(5000);
    const alone = await readable(live, 'alone', seconds * 1000);
    console.log('stream alone', alone);
    const cpuBefore = cpuOf(stream.pid);
    const [loaded, both] = await Promise.all([
      load(choices, REQUESTS_A_SECOND, seconds * 1000, 3),
      readable(live, 'both', seconds * 1000),
    ]);
    const cpu = cpuOf(stream.pid) - cpuBefore;
    const published = stop();
    const result = {
      date: new Date().toISOString(),
      machine: machine(),
      load_average: os.loadavg()[0],
      ...{
        demo_events: demoEvents,
        seconds,
        brands: choices.brands.length,
        anomalies: choices.anomalies.length,
      },
      events_a_second: Math.round(published),
      request_ms: { idle, loaded, p95_ratio: loaded.p95 / idle.p95 },
      publish_to_readable_ms: { alone, both, p95_ratio: both.p95 / alone.p95 },
      stream_cpu_s_under_load: Math.round(cpu * 10) / 10,
    };
    console.log(JSON.stringify(result, null, 2));
    fs.mkdirSync(path.join(__dirname, 'results'), { recursive: true });
    fs.writeFileSync(path.join(__dirname, 'results', 'api.json'), `${JSON.stringify(result, null, 2)}\n`);
  } finally {
    ending = true;
    await client.close().catch(() => {});
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
