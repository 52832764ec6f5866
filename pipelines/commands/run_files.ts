/** `funnelpulse run` on files: events in, tables out. */
import { randomUUID } from 'node:crypto';
import * as os from 'node:os';
import { exportTables, prepareExport } from '../../io/duckdb/export_tables';
import { isPublished } from '../../io/duckdb/is_published';
import { loadDriver } from '../../io/duckdb/open';
import { prepareOutput } from '../../io/duckdb/prepare_output';
import { InputError } from '../../io/input_error';
import { removeStaging } from '../../io/staging/staging_directory';
import { startWorkers } from '../../runners/local/worker_thread';
import { chooseBaseline } from '../baseline_choice';
import { duckdbFile } from '../duckdb_file';
import { InterruptedError, interruptible } from '../interrupt';
import { parseSize, requireWhole } from '../option_values';
import { progressLine } from '../progress';
import { funnelOptions, type RunArguments } from '../run_arguments';
import { readSummary } from '../summary';
import { printSummary } from '../summary_text';
import { WORKER_PATH } from '../worker_path';

/** Reads the files to their end and replaces the tables of the output. */
export function runFiles(args: RunArguments): Promise<void> {
  return interruptible((signal) => runUntil(args, signal));
}

async function runUntil(args: RunArguments, signal: AbortSignal): Promise<void> {
  const startedAt = Date.now();
  const file = duckdbFile('output', args.output);
  const funnel = funnelOptions(args, startedAt);
  const splitBytes = parseSize('split-size', args['split-size']);
  const workers = requireWhole('workers', args.workers ?? os.availableParallelism(), 0, 256);
  const runId = randomUUID();
  requireRunner(args);
  const baseline = await chooseBaseline({
    baseline: args.baseline ?? 'run',
    history: args.history,
    minViews: funnel.minBaselineViews,
  });
  if (args.export !== undefined) prepareExport(args.export);
  const staging = await prepareOutput(file, runId, args.replace);
  const progress = progressLine(args.input, !args.quiet && !args.json);
  // Threads load while this one loads the graph's libraries, which takes as long.
  const threads = startWorkers(args.runner === 'local' ? workers : 0, [], WORKER_PATH);
  try {
    const { executeBatch } = require('../execute_batch') as typeof import('../execute_batch');
    const counters = await executeBatch({
      inputs: args.input,
      splitBytes,
      staging,
      funnel,
      baseline,
      runner: args.runner as 'local' | 'direct',
      workers: threads,
      output: {
        file,
        staging,
        omit: args.silver ? [] : ['silver_events'],
        run: {
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
        },
      },
      signal,
      onProgress: (done) => {
        progress.update(done);
        // The summary needs it, and while the last stage runs there is nothing else to do.
        if (done.stagesLeft === 1) loadDriver();
      },
    });
    progress.end();
    if (args.export !== undefined) await exportTables(file, args.export, signal);
    if (args.quiet && !args.json) return;
    const summary = await readSummary(file, runId, {
      seconds: (Date.now() - startedAt) / 1000,
      bytes: counters.get('bytes_read') ?? 0,
      currencies: currenciesOf(counters),
    });
    if (args.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    else printSummary(summary, file);
  } catch (error) {
    if (signal.aborted && (await isPublished(file, runId))) throw new InterruptedError(file);
    throw error;
  } finally {
    progress.end();
    await Promise.all(threads.map((thread) => thread.stop()));
    removeStaging(staging);
  }
}

/** The SDK's own runner looks side inputs up in the main input's window, or in the global one. */
function requireRunner({ runner, baseline }: RunArguments): void {
  if (runner === 'direct' && baseline === 'trailing')
    throw new InputError(
      '--runner direct can’t look up a trailing baseline: the SDK’s runner knows no earlier windows of a side input. Choose --runner local, or --baseline run or a file',
    );
}

const CURRENCY_COUNTER = 'currency:';

function currenciesOf(counters: ReadonlyMap<string, number>): string[] {
  return [...counters.keys()]
    .filter((name) => name.startsWith(CURRENCY_COUNTER))
    .map((name) => name.slice(CURRENCY_COUNTER.length))
    .sort();
}
