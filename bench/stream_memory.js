#!/usr/bin/env node
/**
 * A stream from memory: events of our own generator as messages, through the whole graph into a DuckDB file, as fast as they go.
 *
 *   node bench/stream_memory.js [EVENTS] [WORKERS] [DAYS]
 *
 * Needs `npm run build`. Prints events per second of wall and of CPU time, and by how much the process has grown at each hour of event time. (The messages come from a file that the system has in memory, not the process.)
 */
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const DIST = path.join(__dirname, '..', 'dist');
require(path.join(DIST, 'beam', 'node24.js'));
const { executeStream } = require(path.join(DIST, 'pipelines', 'execute_stream.js'));
const { duckdbStreamOutput } = require(path.join(DIST, 'pipelines', 'outputs', 'duckdb_stream_output.js'));
const { readMessages } = require(path.join(DIST, 'io', 'pubsub', 'read_messages.js'));
const { PUBSUB_READ_URN } = require(path.join(DIST, 'beam', 'pubsub_read.js'));
const { startWorkers } = require(path.join(DIST, 'runners', 'local', 'index.js'));
const { MessageFile } = require('./message_file.js');

const events = Number(process.argv[2] ?? 1_000_000);
const workers = Number(process.argv[3] ?? 0);
const days = Number(process.argv[4] ?? Math.max(1, Math.round(events / 143_000)));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'funnelpulse-bench-'));
execFileSync(process.execPath, [
  path.join(__dirname, 'message_file.js'),
  String(events),
  String(days),
  folder,
]);
const file = new MessageFile(folder);
const { count } = file;

/** Beam’s last instant, as near as a double comes. */
const END_OF_TIME = Number('9223372036854775');

class Memory {
  async open() {}
  async pull(most) {
    const elements = file.read(most);
    const isOver = file.next === count;
    return { elements, watermark: isOver ? END_OF_TIME : elements[0].timestamp - 60_000, isOver };
  }
  mark() {
    return Buffer.from(String(file.next));
  }
  async finalise() {}
  async close() {}
}

const HOUR_MS = 3_600_000;
const MIB = 1024 * 1024;
const before = process.memoryUsage().rss;
/** MiB that the process has grown by, at the first rest in each hour of event time. */
const grown = [];
let lastHour = Number.NEGATIVE_INFINITY;
const started = performance.now();
const cpu = process.cpuUsage();
let flushes = 0;
let rowsWritten = 0;
let flushMs = 0;
executeStream({
  source: readMessages({ subscription: 'projects/p/subscriptions/s', timestampAttribute: 'event_time' }),
  sources: { [PUBSUB_READ_URN]: () => new Memory() },
  input: 'memory',
  funnel: {
    parse: { shards: 1, slotMinutes: 60, currency: null, silver: false, maxFutureSkewMs: null },
    windowing: { allowedLatenessMs: 7_200_000, earlyFiringMs: 10_000 },
    priceBandBounds: [10, 30, 60],
    minBaselineViews: 10,
    score: { minFlagViews: 50, zThreshold: 2, basis: 'brand' },
    computedAt: 0,
  },
  baseline: { name: 'file', hours: [] },
  output: duckdbStreamOutput(path.join(folder, 'funnel.duckdb')),
  replace: false,
  state: path.join(folder, 'state'),
  commitEveryMs: 1000,
  workers: startWorkers(workers, [path.join(DIST, 'pipelines', 'registration.js')]),
  onRest: ({ watermark }) => {
    const hour = Math.floor(watermark / HOUR_MS);
    if (hour <= lastHour || watermark > file.lastTime) return;
    lastHour = hour;
    grown.push(Math.round((process.memoryUsage().rss - before) / MIB));
  },
  onFlush: (rows, milliseconds) => {
    flushes++;
    rowsWritten += rows;
    flushMs += milliseconds;
  },
}).then(() => {
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const used = (user + system) / 1e6;
  const perSecond = (time) => Math.round(count / time).toLocaleString('en-US');
  console.log(
    `${count} events in ${seconds.toFixed(2)} s: ${perSecond(seconds)}/s; ${used.toFixed(2)} s of CPU: ${perSecond(used)}/s a core; ${flushes} flushes of ${rowsWritten} rows in ${(flushMs / 1000).toFixed(1)} s`,
  );
  console.log(`grown by the end of each hour of event time, MiB: ${grown.join(' ')}`);
  fs.rmSync(folder, { recursive: true });
});
