#!/usr/bin/env node
/**
 * Streams against the Pub/Sub emulator: how fast a backlog is drained, beside a client that only acks; and how long it takes from publishing an event to its row in DuckDB.
 *
 *   node bench/stream.js [MESSAGES] [ROUNDS]
 *
 * Without rounds only the latter, and nothing is written down.
 * Needs `npm run build` and the emulator (gcloud components install pubsub-emulator). Writes bench/results/stream.json.
 */
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { DuckDBInstance } = require('@duckdb/node-api');
const { events, startEmulator } = require('./emulator.js');

const CLI = path.join(__dirname, '..', 'dist', 'bundle', 'cli.js');
const messages = Number(process.argv[2] ?? 300_000);
const rounds = Number(process.argv[3] ?? 3);
const PROJECT = 'bench';
const PORT = 8799;
process.env.PUBSUB_EMULATOR_HOST = `127.0.0.1:${PORT}`;
process.env.METADATA_SERVER_DETECTION = 'none';
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'funnelpulse-bench-'));
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const percentile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

/** User and system time of a process, its threads included, and its peak memory. */
function usage(pid) {
  const fields = fs
    .readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const peak = /VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, mib: Number(peak[1]) / 1024 };
}

async function preload(client) {
  const [topic] = await client.createTopic('backlog');
  const names = [];
  for (let round = 0; round < rounds; round++)
    for (const who of ['ours', 'acks']) names.push(`${who}-${round}`);
  for (const name of names) await topic.createSubscription(name, { ackDeadlineSeconds: 60 });
  const batching = client.topic('backlog', { batching: { maxMessages: 1000, maxMilliseconds: 10 } });
  let pending = [];
  for (const { record, time } of events(CLI, folder, messages, Math.max(1, Math.round(messages / 143_000)))) {
    pending.push(
      batching.publishMessage({
        data: Buffer.from(JSON.stringify(record)),
        attributes: { event_time: time },
      }),
    );
    if (pending.length >= 10_000) {
      await Promise.all(pending);
      pending = [];
    }
  }
  await Promise.all(pending);
}

async function metrics(port) {
  try {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const value = (name) => Number(new RegExp(`^funnelpulse_${name} (\\S+)`, 'm').exec(text)?.[1]);
    return { read: value('read_records_total'), unacked: value('unacked_messages') };
  } catch {
    return { read: 0, unacked: 1 };
  }
}

function stream(subscription, output, port, ...args) {
  const flags = ['--input', `pubsub://${PROJECT}/${subscription}`, '--output', `duckdb:${output}`, '--quiet'];
  return spawn(process.execPath, [CLI, 'run', ...flags, '--metrics-port', String(port), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Seconds from the start of the process until all is read, written, committed and acked. */
async function ours(round) {
  const started = performance.now();
  const child = stream(
    `ours-${round}`,
    path.join(folder, `ours-${round}.duckdb`),
    9300,
    '--max-watermark-jump',
    '1000d',
  );
  for (;;) {
    const { read, unacked } = await metrics(9300);
    if (read >= messages && unacked === 0) break;
    await wait(50);
  }
  const seconds = (performance.now() - started) / 1000;
  const used = usage(child.pid);
  child.kill('SIGTERM');
  await new Promise((resolve) => child.on('exit', resolve));
  return { seconds, ...used };
}

const ACKS = `
  const { PubSub } = require('@google-cloud/pubsub');
  const [subscription, wanted] = process.argv.slice(1);
  let acked = 0;
  const pulled = new PubSub({ projectId: '${PROJECT}' }).subscription(subscription, {
    flowControl: { maxMessages: 20000, maxBytes: 67108864, allowExcessMessages: false },
    streamingOptions: { maxStreams: 10 },
    batching: { maxMessages: 3000, maxMilliseconds: 10 },
  });
  pulled.on('message', async (message) => {
    message.ack();
    if (++acked === Number(wanted)) {
      await pulled.close();
      process.send('done');
    }
  });
  setInterval(() => {}, 1000);
`;

/** The same for a client that does nothing but ack. */
async function acks(round) {
  const started = performance.now();
  const child = spawn(process.execPath, ['-e', ACKS, `acks-${round}`, String(messages)], {
    cwd: path.join(__dirname, '..'),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  await new Promise((resolve) => child.on('message', resolve));
  const seconds = (performance.now() - started) / 1000;
  const used = usage(child.pid);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.on('exit', resolve));
  return { seconds, ...used };
}

/** Milliseconds from publishing an event to its row, 2,000 events a second around it. */
async function latency(client, seconds = 30) {
  const [topic] = await client.createTopic('live');
  await topic.createSubscription('live', { ackDeadlineSeconds: 60 });
  const output = path.join(folder, 'live.duckdb');
  const child = stream('live', output, 9301, '--early-firing', '250ms', '--commit-every', '50ms');
  const publisher = client.topic('live', { batching: { maxMessages: 100, maxMilliseconds: 5 } });
  const sent = new Map();
  const seen = new Map();
  let number = 0;
  const publish = (brand) => {
    const now = new Date();
    const record = {
      event_time: now.toISOString(),
      event_type: 'view',
      product_id: String(number++),
      brand,
      price: '1.00',
      user_id: `u${number}`,
    };
    void publisher.publishMessage({
      data: Buffer.from(JSON.stringify(record)),
      attributes: { event_time: now.toISOString() },
    });
    return Date.now();
  };
  const ticking = setInterval(() => {
    for (let i = 0; i < 20; i++) publish(`brand-${number % 200}`);
  }, 10);
  await wait(5000); // the program has started
  const marking = setInterval(() => {
    const brand = `marker-${sent.size}`;
    sent.set(brand, publish(brand));
  }, 200);
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end || (seen.size < sent.size && Date.now() < end + 5000)) {
    if (Date.now() >= end) clearInterval(marking);
    try {
      const database = await DuckDBInstance.create(output, { access_mode: 'READ_ONLY' });
      const connection = await database.connect();
      const rows = await connection.runAndReadAll(
        "SELECT brand FROM gold_funnel_hourly_brand WHERE starts_with(brand, 'marker-')",
      );
      const now = Date.now();
      for (const [brand] of rows.getRows()) if (!seen.has(brand)) seen.set(brand, now);
      connection.closeSync();
      database.closeSync();
      // Who has the output open keeps the stream from writing.
      await wait(100);
    } catch {
      // The stream writes: it is asked again.
      await wait(10);
    }
  }
  clearInterval(ticking);
  clearInterval(marking);
  const used = usage(child.pid);
  child.kill('SIGTERM');
  await new Promise((resolve) => child.on('exit', resolve));
  const took = [...seen].map(([brand, at]) => at - sent.get(brand));
  return {
    markers: sent.size,
    seen: seen.size,
    p50: percentile(took, 0.5),
    p95: percentile(took, 0.95),
    p99: percentile(took, 0.99),
    ...used,
  };
}

async function main() {
  const { emulator, client } = await startEmulator(PROJECT, PORT);
  try {
    if (rounds === 0) {
      console.log(await latency(client));
      return;
    }
    await preload(client);
    const drained = { ours: [], acks: [] };
    for (let round = 0; round < rounds; round++) {
      drained.acks.push(await acks(round));
      drained.ours.push(await ours(round));
      console.log(
        `round ${round + 1}: only acks ${drained.acks[round].seconds.toFixed(2)} s, ours ${drained.ours[round].seconds.toFixed(2)} s`,
      );
    }
    const seconds = (who) => median(drained[who].map((each) => each.seconds));
    const cpu = (who) => median(drained[who].map((each) => each.cpu));
    const mib = (who) => median(drained[who].map((each) => each.mib));
    const live = await latency(client);
    const result = {
      messages,
      ratio: seconds('acks') / seconds('ours'),
      ours: {
        seconds: seconds('ours'),
        cpuMicrosecondsPerEvent: (cpu('ours') / messages) * 1e6,
        mib: mib('ours'),
      },
      acks: {
        seconds: seconds('acks'),
        cpuMicrosecondsPerEvent: (cpu('acks') / messages) * 1e6,
        mib: mib('acks'),
      },
      latencyMs: live,
    };
    console.log(JSON.stringify(result, null, 2));
    fs.mkdirSync(path.join(__dirname, 'results'), { recursive: true });
    fs.writeFileSync(path.join(__dirname, 'results', 'stream.json'), `${JSON.stringify(result, null, 2)}\n`);
  } finally {
    emulator.kill('SIGKILL');
    await client.close().catch(() => {});
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

void main().then(() => process.exit(0));
