/** `funnelpulse run`: events in, tables out. */
import { randomUUID } from 'node:crypto';
import type { Argv, CommandModule } from 'yargs';
import { exportTables, prepareExport } from '../../io/duckdb/export_tables';
import { isPublished } from '../../io/duckdb/is_published';
import { loadDriver } from '../../io/duckdb/open';
import { prepareOutput } from '../../io/duckdb/prepare_output';
import { InputError } from '../../io/input_error';
import { removeStaging } from '../../io/staging/staging_directory';
import { startWorkers } from '../../runners/local/worker_thread';
import type { AnomalyBasis } from '../../transforms/anomalies/score';
import { parseIsoTime } from '../../transforms/parse/event_time';
import { chooseBaseline } from '../baseline_choice';
import { duckdbFile } from '../duckdb_file';
import type { FunnelOptions } from '../funnel';
import { InterruptedError, interruptible } from '../interrupt';
import { parseDuration, parsePriceBands, parseSize, requireWhole, strictOptions } from '../option_values';
import { COMPUTE_OPTIONS, EXECUTION_OPTIONS, OPTION_GROUPS, OUTPUT_OPTIONS } from '../options';
import { progressLine } from '../progress';
import { readSummary } from '../summary';
import { printSummary } from '../summary_text';
import { WORKER_PATH } from '../worker_path';

function build(argv: Argv) {
  for (const { title, options } of OPTION_GROUPS) argv.group(Object.keys(options), `${title}:`);
  return argv
    .options(strictOptions(OUTPUT_OPTIONS))
    .options(strictOptions(COMPUTE_OPTIONS))
    .options(strictOptions(EXECUTION_OPTIONS))
    .example('$0 run --input samples/ --output duckdb:out/funnel.duckdb', 'All event files of a directory')
    .example(
      "$0 run --input '2019-*.csv.gz' --output duckdb:shop.duckdb --export parquet/",
      'Several months, and Parquet files beside',
    );
}

type RunArguments = Awaited<ReturnType<typeof build>['argv']>;

export const runCommand: CommandModule<object, RunArguments> = {
  command: 'run',
  describe: 'Compute the funnel and its anomalies from event files',
  builder: build as never,
  handler: run,
};

function run(args: RunArguments): Promise<void> {
  return interruptible((signal) => runUntil(args, signal));
}

async function runUntil(args: RunArguments, signal: AbortSignal): Promise<void> {
  const startedAt = Date.now();
  const file = duckdbFile('output', args.output);
  const { funnel, splitBytes, workers } = settings(args, startedAt);
  const runId = randomUUID();
  requireRunner(args);
  const baseline = await chooseBaseline({
    baseline: args.baseline,
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
            ...{ ...funnel, baseline: args.baseline, history: args.history ?? null },
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

function settings(
  args: RunArguments,
  startedAt: number,
): { funnel: FunnelOptions; splitBytes: number; workers: number } {
  const slotMinutes = requireWhole('slot', args.slot, 1, 60);
  if (60 % slotMinutes !== 0) throw new InputError(`--slot ${args.slot}: a divisor of 60 was expected`);
  const computedAt = args.now === undefined ? startedAt : parseIsoTime(args.now);
  if (Number.isNaN(computedAt))
    throw new InputError(`--now ${args.now}: a time like 2026-01-01T00:00:00Z was expected`);
  if (args.currency !== undefined && !/^[A-Za-z]{3}$/.test(args.currency))
    throw new InputError(`--currency ${args.currency}: three letters like EUR were expected`);
  if (!(args['z-threshold'] > 0))
    throw new InputError(`--z-threshold ${args['z-threshold']}: a number above 0 was expected`);
  const funnel: FunnelOptions = {
    parse: {
      shards: requireWhole('shards', args.shards, 1, 1024),
      slotMinutes,
      currency: args.currency?.toUpperCase() ?? null,
      silver: args.silver,
      maxFutureSkewMs: null,
    },
    windowing: {
      allowedLatenessMs: parseDuration('allowed-lateness', args['allowed-lateness']),
      earlyFiringMs: parseDuration('early-firing', args['early-firing']),
    },
    priceBandBounds: parsePriceBands(args['price-bands']),
    minBaselineViews: requireWhole('min-baseline-views', args['min-baseline-views'], 0),
    score: {
      minFlagViews: requireWhole('min-flag-views', args['min-flag-views'], 0),
      zThreshold: args['z-threshold'],
      basis: args['anomaly-basis'] as AnomalyBasis,
    },
    computedAt,
  };
  return {
    funnel,
    splitBytes: parseSize('split-size', args['split-size']),
    workers: requireWhole('workers', args.workers, 0, 256),
  };
}

const CURRENCY_COUNTER = 'currency:';

function currenciesOf(counters: ReadonlyMap<string, number>): string[] {
  return [...counters.keys()]
    .filter((name) => name.startsWith(CURRENCY_COUNTER))
    .map((name) => name.slice(CURRENCY_COUNTER.length))
    .sort();
}
