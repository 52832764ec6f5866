/** `--metrics-port`: a stream's numbers in Prometheus' text form, and whether it is alive. */
import { createServer, type Server } from 'node:http';
import { Counter, Gauge, Registry } from 'prom-client';
import { InputError } from '../io/input_error';
import type { StreamNumbers, StreamStatus } from './stream_status';

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly value: (numbers: StreamNumbers, now: number) => number;
}

const METRICS: readonly Metric[] = [
  { name: 'read_records_total', help: 'Records read since the start', value: ({ read }) => read },
  { name: 'read_bytes_total', help: 'Bytes of records read since the start', value: ({ bytes }) => bytes },
  {
    name: 'late_dropped_records_total',
    help: 'Records dropped since the start because their hour had expired',
    value: ({ lateDropped }) => lateDropped,
  },
  {
    name: 'watermark_seconds',
    help: 'Event time that all of the graph has passed; seconds since 1970, NaN before anything has come',
    value: ({ watermark }) => (watermark ?? Number.NaN) / 1000,
  },
  {
    name: 'watermark_lag_seconds',
    help: 'How far the watermark is behind the clock',
    value: ({ watermark }, now) => (now - (watermark ?? Number.NaN)) / 1000,
  },
  {
    name: 'open_windows',
    help: 'Windows of keys that there is state of',
    value: ({ openWindows }) => openWindows,
  },
  {
    name: 'state_bytes',
    help: 'About how many bytes of state there are',
    value: ({ stateBytes }) => stateBytes,
  },
  {
    name: 'unacked_messages',
    help: 'Messages received and not acknowledged yet',
    value: ({ unacked }) => unacked,
  },
  {
    name: 'flushes_total',
    help: 'Times that rows were written to the output',
    value: ({ flushes }) => flushes,
  },
  {
    name: 'rows_written_total',
    help: 'Rows written, changed or removed',
    value: ({ rowsWritten }) => rowsWritten,
  },
  {
    name: 'last_flush_seconds',
    help: 'How long the last write took',
    value: ({ lastFlushMs }) => lastFlushMs / 1000,
  },
  {
    name: 'source_outage_seconds',
    help: 'For how long the source could not be reached; 0 while it can',
    value: ({ outage }, now) => (outage === null ? 0 : (now - outage.since) / 1000),
  },
];

/** A graph that has not come to rest for as long as this is taken for stuck. */
const STUCK_AFTER_MS = 60_000;

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves `/metrics` and `/healthz` on 127.0.0.1. Port 0: any free one.
 *
 * @throws InputError where the port is taken
 */
export async function serveMetrics(port: number, status: StreamStatus): Promise<MetricsServer> {
  const registry = new Registry();
  const metrics = METRICS.map((metric) => ({ set: registered(metric, registry), value: metric.value }));
  const server = createServer((request, response) => {
    const url = (request.url ?? '').split('?')[0];
    if (url === '/metrics') {
      const now = Date.now();
      const numbers = status.numbers(now);
      for (const { set, value } of metrics) set(value(numbers, now));
      void registry
        .metrics()
        .then((text) => response.setHeader('content-type', registry.contentType).end(text));
    } else if (url === '/healthz') {
      const isStuck = Date.now() - status.restedAt > STUCK_AFTER_MS;
      response.statusCode = isStuck ? 503 : 200;
      response.end(isStuck ? 'stuck\n' : 'ok\n');
    } else {
      response.statusCode = 404;
      response.end('/metrics and /healthz are here\n');
    }
  });
  await listening(server, port);
  return {
    port: (server.address() as { port: number }).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Registers a metric; returns what sets it. A name that ends in `_total` is a counter's. */
function registered({ name, help }: Metric, registry: Registry): (value: number) => void {
  const about = { name: `funnelpulse_${name}`, help, registers: [registry] };
  if (name.endsWith('_total')) {
    const counter = new Counter(about);
    let before = 0;
    return (value) => {
      counter.inc(value - before);
      before = value;
    };
  }
  const gauge = new Gauge(about);
  return (value) => gauge.set(value);
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new InputError(`--metrics-port ${port}: another program has it. Choose another port`)
          : error.code === 'EACCES'
            ? new InputError(`--metrics-port ${port}: this user may not listen there. Choose one above 1023`)
            : error,
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
}
