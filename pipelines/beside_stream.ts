/** What goes on beside a stream and tells of it: a status line, numbers for a monitoring system, a page, alerts. None of it holds the stream up, and all of it ends with it. */
import type { AlertWatch } from '../serving/alerts/watch';
import { streamAlerts } from './alerts/stream_alerts';
import type { StreamRun } from './execute_stream';
import { requireWhole } from './option_values';
import type { StreamOutput } from './outputs/stream_output';
import type { RunArguments } from './run_arguments';
import { StreamServed } from './serving/stream_served';
import { statusLine } from './status_line';
import { serveMetrics } from './stream_metrics';
import { type StreamStatus, statusText } from './stream_status';

export interface BesideOptions {
  readonly output: StreamOutput;
  readonly status: StreamStatus;
  /** Folder of the state. */
  readonly state: string;
  readonly allowedLatenessMs: number;
  /** Start of the run, milliseconds since 1970. */
  readonly startedAt: number;
}

export interface Beside {
  /** What the stream tells it. */
  readonly told: Required<Pick<StreamRun, 'onPrepared' | 'onFlush' | 'onLate' | 'onRest' | 'beforeClose'>>;
  /** Ends the status line, so that what follows has lines of its own. */
  endLine(): void;
  end(): Promise<void>;
}

const SHOW_EVERY_MS = 500;
/** How long a run that ends waits for what is still to be told; the rest is told by the next. */
const ALERT_PATIENCE_MS = 5000;

/**
 * Begins what the arguments ask for.
 *
 * @throws {InputError} where an option of alerts can't be taken, or a port can't be listened at. Then nothing goes on
 */
export async function besideStream(args: RunArguments, options: BesideOptions): Promise<Beside> {
  const { output, status } = options;
  const line = args.quiet || args.json ? null : statusLine();
  const say = (text: string): void => {
    line?.end();
    process.stderr.write(`${text}\n`);
  };
  const startAlerts = streamAlerts(args, { ...options, say: (text) => say(`alerts: ${text}`) });
  const served = new StreamServed(args.output, output, () => status.numbers());
  let watch: AlertWatch | null = null;
  const servers = await listening(args, options, served, say);
  const showing = setInterval(() => line?.show(() => statusText(status.numbers())), SHOW_EVERY_MS);
  return {
    told: {
      onPrepared: () => {
        watch = startAlerts?.(served) ?? null;
      },
      onLate: (records) => status.dropped(records),
      onRest: (rest, result) => status.rested(rest, result),
      onFlush: (rows, milliseconds) => {
        status.flushed(rows, milliseconds);
        served.changed();
      },
      beforeClose: async () => {
        await watch?.stop(ALERT_PATIENCE_MS);
        watch = null;
      },
    },
    endLine: () => line?.end(),
    end: async () => {
      clearInterval(showing);
      line?.end();
      for (const server of servers) await server.close();
      // Of a run that has failed: what it wrote is told by the next one.
      await watch?.stop(0);
    },
  };
}

interface Server {
  close(): Promise<void>;
}

/** Opens the ports that are asked for, all or none. */
async function listening(
  args: RunArguments,
  { output, status }: BesideOptions,
  served: StreamServed,
  say: (text: string) => void,
): Promise<Server[]> {
  const { 'metrics-port': metricsPort, serve, quiet } = args;
  const servers: Server[] = [];
  try {
    if (metricsPort !== undefined) {
      const metrics = await serveMetrics(requireWhole('metrics-port', metricsPort, 0, 65_535), status);
      servers.push(metrics);
      if (metricsPort === 0 && !quiet) say(`metrics: http://127.0.0.1:${metrics.port}/metrics`);
    }
    if (serve !== undefined) {
      // Its packages take a while to load, and most streams need none of them.
      const { serveStream } = require('./serving/serve_stream') as typeof import('./serving/serve_stream');
      const page = await serveStream(serve, {
        ...{ name: served.name, output, status: () => served.status() },
        onFailure: (message) => say(`dashboard: it has failed, the stream goes on: ${message}`),
      });
      served.onChange(page.written);
      servers.push(page);
      if (!quiet) say(`dashboard: ${page.url}`);
    }
  } catch (error) {
    await Promise.all(servers.map((server) => server.close()));
    throw error;
  }
  return servers;
}
