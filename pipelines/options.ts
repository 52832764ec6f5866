/**
 * Every option of the commands, declared once: type, default, unit, and a help text that says when to change it.
 */
import * as os from 'node:os';
import { InputError } from '../io/input_error';

const MINUTE = 60_000;

/** Options that decide what is computed. */
export const COMPUTE_OPTIONS = {
  'price-bands': {
    type: 'string',
    default: '10,30,60',
    describe: 'Bounds of the price bands, ascending, comma-separated, in the currency of the prices',
  },
  currency: {
    type: 'string',
    describe:
      'Count only records in this currency (three letters); the others become dead letters. Records without one are kept',
  },
  'allowed-lateness': {
    type: 'string',
    default: '2h',
    describe: 'How long after its end an hour still takes late events (like 90s, 30m, 2h, 1d)',
  },
  'early-firing': {
    type: 'string',
    default: '10s',
    describe: 'Streaming: processing time between two early rows of an unfinished hour',
  },
  baseline: {
    type: 'string',
    default: 'run',
    describe:
      'What hours are compared with: run (this run’s own hours), or a file of hourly rows (.parquet, .csv or a .duckdb file of an earlier run)',
  },
  'min-baseline-views': {
    type: 'number',
    default: 10,
    describe: 'Views that an hour of a brand needs to be part of the baseline',
  },
  'min-flag-views': {
    type: 'number',
    default: 50,
    describe: 'Views that an hour of a brand needs to be flagged; raise it where small brands make noise',
  },
  'z-threshold': {
    type: 'number',
    default: 2,
    describe: 'Standard deviations from the mean conversion from which an hour is an anomaly',
  },
  'anomaly-basis': {
    type: 'string',
    default: 'brand',
    choices: ['brand', 'brand-hour', 'either'],
    describe:
      'Compare with all hours of the brand, with the same hour of day, or with whichever deviates more',
  },
  now: {
    type: 'string',
    describe:
      'Time that rows carry as computed_at, ISO 8601; fix it to get the same bytes again (default: the start of the run)',
  },
} as const;

/** Options that decide how it is computed; they never change a result. */
export const EXECUTION_OPTIONS = {
  workers: {
    type: 'number',
    default: os.availableParallelism(),
    defaultDescription: 'the cores',
    describe: 'Worker threads; 0 runs everything in the main thread',
  },
  shards: {
    type: 'number',
    default: 1,
    describe: 'Accumulators per hour and slot; more spread one busy hour over workers',
  },
  slot: { type: 'number', default: 60, describe: 'Minutes of an hour per accumulator, a divisor of 60' },
  'split-size': {
    type: 'string',
    default: '8MiB',
    describe: 'Bytes of a file that one worker reads at a time (like 4KiB, 8MiB)',
  },
  runner: {
    type: 'string',
    default: 'local',
    choices: ['local', 'direct'],
    describe:
      'local: the event-time runner; direct: the Beam SDK’s own DirectRunner, for small inputs and second opinions',
  },
} as const;

const DURATION_UNITS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: MINUTE,
  h: 60 * MINUTE,
  d: 1440 * MINUTE,
};
const SIZE_UNITS: Record<string, number> = { B: 1, KiB: 1 << 10, MiB: 1 << 20, GiB: 1 << 30 };

/** A duration like `90s` in milliseconds. */
export function parseDuration(option: string, text: string): number {
  return quantity(option, text, DURATION_UNITS, 'a duration like 90s, 30m, 2h or 1d');
}

/** A size like `8MiB` in bytes, at least one. */
export function parseSize(option: string, text: string): number {
  const bytes = quantity(option, text, SIZE_UNITS, 'a size like 4KiB or 8MiB');
  if (bytes < 1) throw new InputError(`--${option} ${text}: at least one byte was expected`);
  return bytes;
}

function quantity(option: string, text: string, units: Record<string, number>, expected: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text);
  const unit = match === null ? undefined : units[match[2]];
  if (match === null || unit === undefined)
    throw new InputError(`--${option} ${text}: ${expected} was expected`);
  return Math.round(Number(match[1]) * unit);
}

/** A whole number within bounds. */
export function requireWhole(
  option: string,
  value: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new InputError(
      `--${option} ${value}: a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`} was expected`,
    );
  }
  return value;
}

/** Price band bounds: positive, ascending decimals with at most four fractional digits. */
export function parsePriceBands(text: string): number[] {
  const bounds = text
    .split(',')
    .map((bound) => (/^\s*\d+(\.\d{1,4})?\s*$/.test(bound) ? Number(bound) : Number.NaN));
  const ascending = bounds.every((bound, i) => bound > (i === 0 ? 0 : bounds[i - 1]));
  if (!ascending)
    throw new InputError(`--price-bands ${text}: ascending positive prices like 10,30,60 were expected`);
  return bounds;
}
