/** The arguments of `run`, and what they say of the graph. */
import type { Argv } from 'yargs';
import { InputError } from '../io/input_error';
import type { AnomalyBasis } from '../transforms/anomalies/score';
import { parseIsoTime } from '../transforms/parse/event_time';
import { ALERT_OPTIONS } from './alerts/alert_options';
import { DATAFLOW_OPTIONS } from './dataflow/options';
import type { FunnelOptions } from './funnel';
import { parseDuration, parsePriceBands, requireWhole, strictOptions } from './option_values';
import { COMPUTE_OPTIONS, EXECUTION_OPTIONS, OPTION_GROUPS, OUTPUT_OPTIONS, STREAM_OPTIONS } from './options';

/** Declares the options of `run` to yargs, with examples. */
export function buildRun(argv: Argv) {
  for (const { title, options } of OPTION_GROUPS) argv.group(Object.keys(options), `${title}:`);
  return argv
    .options(strictOptions(OUTPUT_OPTIONS))
    .options(strictOptions(COMPUTE_OPTIONS))
    .options(strictOptions(STREAM_OPTIONS))
    .options(strictOptions(ALERT_OPTIONS))
    .options(strictOptions(EXECUTION_OPTIONS))
    .options(strictOptions(DATAFLOW_OPTIONS))
    .example('$0 run --input samples/ --output duckdb:out/funnel.duckdb', 'All event files of a directory')
    .example(
      "$0 run --input '2019-*.csv.gz' --output duckdb:shop.duckdb --export parquet/",
      'Several months, and Parquet files beside',
    )
    .example(
      '$0 run --input pubsub://my-shop/events --output duckdb:live.duckdb',
      'Live traffic, until Ctrl-C; the same command goes on where it stopped',
    );
}

export type RunArguments = Awaited<ReturnType<typeof buildRun>['argv']>;

/** What options are where they are not given, as far as it depends on the runner. */
export interface RunnerDefaults {
  readonly slotMinutes: number;
  readonly shards: number;
  /** A duration, as the option is given. */
  readonly earlyFiring: string;
}

/** On one machine a large accumulator is cheap: it never moves. */
export const LOCAL_DEFAULTS: RunnerDefaults = { slotMinutes: 60, shards: 1, earlyFiring: '10s' };

/** What the graph is built with; `startedAt`: milliseconds since 1970. @throws InputError naming the first option that can't be taken */
export function funnelOptions(
  args: RunArguments,
  startedAt: number,
  defaults: RunnerDefaults = LOCAL_DEFAULTS,
): FunnelOptions {
  const slotMinutes = requireWhole('slot', args.slot ?? defaults.slotMinutes, 1, 60);
  if (60 % slotMinutes !== 0) throw new InputError(`--slot ${args.slot}: a divisor of 60 was expected`);
  const computedAt = args.now === undefined ? startedAt : parseIsoTime(args.now);
  if (Number.isNaN(computedAt))
    throw new InputError(`--now ${args.now}: a time like 2026-01-01T00:00:00Z was expected`);
  if (args.currency !== undefined && !/^[A-Za-z]{3}$/.test(args.currency))
    throw new InputError(`--currency ${args.currency}: three letters like EUR were expected`);
  if (!(args['z-threshold'] > 0))
    throw new InputError(`--z-threshold ${args['z-threshold']}: a number above 0 was expected`);
  return {
    parse: {
      shards: requireWhole('shards', args.shards ?? defaults.shards, 1, 1024),
      slotMinutes,
      currency: args.currency?.toUpperCase() ?? null,
      silver: args.silver,
      maxFutureSkewMs: null,
    },
    windowing: {
      allowedLatenessMs: parseDuration('allowed-lateness', args['allowed-lateness']),
      earlyFiringMs: parseDuration('early-firing', args['early-firing'] ?? defaults.earlyFiring),
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
}
