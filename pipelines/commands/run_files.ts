/** `funnelpulse run` on files: events in, tables out. */
import { randomUUID } from 'node:crypto';
import * as os from 'node:os';
import { exportTables, prepareExport } from '../../io/duckdb/export_tables';
import { startWorkers } from '../../runners/local/worker_thread';
import { chooseBaseline } from '../baseline_choice';
import { InterruptedError, interruptible } from '../interrupt';
import { parseSize, requireWhole } from '../option_values';
import { chooseOutput } from '../outputs/choose_output';
import { progressLine } from '../progress';
import { funnelOptions, type RunArguments } from '../run_arguments';
import { chooseRunner } from '../runner_choice';
import { printSummary } from '../summary_text';
import { WORKER_PATH } from '../worker_path';

/** Reads the files to their end and replaces the tables of the output. */
export function runFiles(args: RunArguments): Promise<void> {
  return interruptible((signal) => runUntil(args, signal));
}

async function runUntil(args: RunArguments, signal: AbortSignal): Promise<void> {
  const startedAt = Date.now();
  const output = chooseOutput(args);
  const funnel = funnelOptions(args, startedAt);
  const splitBytes = parseSize('split-size', args['split-size']);
  const workers = requireWhole('workers', args.workers ?? os.availableParallelism(), 0, 256);
  const runId = randomUUID();
  const runner = chooseRunner(args);
  const baseline = await chooseBaseline({
    baseline: args.baseline ?? 'run',
    history: args.history,
    minViews: funnel.minBaselineViews,
  });
  if (args.export !== undefined) prepareExport(args.export);
  const progress = progressLine(args.input, !args.quiet && !args.json);
  // Threads load while this one loads the graph's libraries, which takes as long.
  let threads: ReturnType<typeof startWorkers> = [];
  let watch: NodeJS.Timeout | undefined;
  try {
    const staging = await output.prepare(runId, args.replace);
    threads = startWorkers(runner.name === 'local' ? workers : 0, [], WORKER_PATH);
    watch = setInterval(() => progress.say(() => output.progress(staging)), WATCH_MS);
    const { executeBatch } = require('../execute_batch') as typeof import('../execute_batch');
    const counters = await executeBatch({
      inputs: args.input,
      splitBytes,
      staging,
      funnel,
      baseline,
      runner,
      workers: threads,
      publishing: output.publishing(staging, {
        run_id: runId,
        state_id: null,
        mode: 'batch',
        input: args.input.join(' '),
        options: JSON.stringify({
          ...{ ...funnel, baseline: args.baseline ?? 'run', history: args.history ?? null },
          ...{ splitBytes, runner: args.runner },
        }),
        watermark: null,
        allowed_lateness_ms: funnel.windowing.allowedLatenessMs,
        started_at: startedAt,
      }),
      signal,
      onProgress: (done) => {
        progress.update(done);
        // While the last stage runs there is nothing else to do.
        if (done.stagesLeft === 1) output.warmUp();
      },
    });
    progress.end();
    if (args.export !== undefined) await exportTables(output.name, args.export, signal);
    if (args.quiet && !args.json) return;
    const summary = await output.summary(runId, {
      seconds: (Date.now() - startedAt) / 1000,
      bytes: counters.get('bytes_read') ?? 0,
      currencies: currenciesOf(counters),
    });
    if (args.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    else printSummary(summary, output.name, output.example);
  } catch (error) {
    if (signal.aborted && (await output.isPublished(runId))) throw new InterruptedError(output.name);
    throw error;
  } finally {
    clearInterval(watch);
    progress.end();
    await Promise.all(threads.map((thread) => thread.stop()));
    await output.close();
  }
}

/** How often publishing is asked how far it is. */
const WATCH_MS = 200;

const CURRENCY_COUNTER = 'currency:';

function currenciesOf(counters: ReadonlyMap<string, number>): string[] {
  return [...counters.keys()]
    .filter((name) => name.startsWith(CURRENCY_COUNTER))
    .map((name) => name.slice(CURRENCY_COUNTER.length))
    .sort();
}
