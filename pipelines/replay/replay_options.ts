/** The options of `replay`, and what was given for them. */
import { InputError } from '../../io/input_error';
import type { Disturbance } from '../../producers/replay/departures';
import type { Pace } from '../../producers/replay/pace';
import { parseDuration, requireWhole } from '../option_values';
import { type DeclaredOption, OUTPUT_OPTIONS } from '../options';

const DEFAULT_SPEED = 60;

/** Options of every command that sends to a topic. */
export const TOPIC_OPTIONS = {
  'ordering-key': {
    type: 'string',
    default: 'user_session',
    choices: ['user_session', 'none'],
    describe:
      'What keeps messages in their order: those of one session, or nothing. Pub/Sub takes messages of different keys one request each',
    unit: 'user_session or none',
    change: 'Choose none to send faster where no subscription asks for order',
  },
  quiet: OUTPUT_OPTIONS.quiet,
  json: OUTPUT_OPTIONS.json,
} as const satisfies Record<string, DeclaredOption>;

export const REPLAY_OPTIONS = {
  input: OUTPUT_OPTIONS.input,
  topic: {
    type: 'string',
    describe: 'Topic to publish to',
    unit: 'PROJECT/TOPIC or projects/PROJECT/topics/TOPIC',
    change: 'Given, or --out, or both',
  },
  out: {
    type: 'string',
    describe:
      'File to write the same messages to, a line each, in the order in which they leave; without --topic at once, without a pace',
    unit: 'NDJSON file, replaced at the end',
    change: 'Set it to see what is sent, or to compare a stream with a batch run over its messages',
  },
  speed: {
    type: 'number',
    describe: 'How much faster than it was: seconds of event time per second',
    unit: 'factor, above 0',
    defaultDescription: String(DEFAULT_SPEED),
    change: 'Set it to 1 for real time, to 3600 for an hour a second',
  },
  rate: {
    type: 'number',
    describe: 'Messages per second instead, evenly, wherever they are in event time',
    unit: 'messages per second, above 0',
    defaultDescription: 'by --speed',
    change: 'Set it to put a certain load on a stream',
  },
  'max-pause': {
    type: 'string',
    default: '60s',
    describe: 'Longest real time to wait where the events pause; the rest of the pause is left out',
    unit: 'duration: ms, s, m, h or d',
    change: 'Raise it to keep quiet nights as long as they were',
  },
  shuffle: {
    type: 'string',
    default: '0s',
    describe: 'Each message leaves up to this much event time after its turn',
    unit: 'duration: ms, s, m, h or d',
    change: 'Set it to see out-of-order events, as phones send them',
  },
  'late-share': {
    type: 'number',
    default: 0,
    describe: 'Share of messages that leave late, by up to --late-by more',
    unit: 'share, 0 to 1',
    change: 'Set it to see late rows; events later than the allowed lateness are dropped',
  },
  'late-by': {
    type: 'string',
    default: '60m',
    describe: 'How late the late ones are at most, event time',
    unit: 'duration: ms, s, m, h or d',
    change: 'Change it together with --late-share',
  },
  'duplicate-share': {
    type: 'number',
    default: 0,
    describe: 'Share of messages that are sent twice, the second up to 10 minutes of event time later',
    unit: 'share, 0 to 1',
    change: 'Set it to see duplicates counted once',
  },
  loop: {
    type: 'boolean',
    default: false,
    describe:
      'Begin again at the end, without an end: every round moves all event times on by as many whole days as the input has',
    unit: 'on or off',
    change: 'Set it for a demonstration that goes on. Needs --topic',
  },
  seed: {
    type: 'number',
    default: 1,
    describe:
      'Which messages are shuffled, late and sent twice: equal seeds give equal messages in equal order',
    unit: 'whole number',
    change: 'Change it for another order',
  },
  ...TOPIC_OPTIONS,
} as const satisfies Record<string, DeclaredOption>;

/** What of the command line says how messages leave. */
export interface PaceArguments {
  readonly speed?: number | undefined;
  readonly rate?: number | undefined;
  readonly 'max-pause': string;
}

/** The pace that was asked for. @throws {InputError} for a wrong one, or two. */
export function paceOf(args: PaceArguments, defaultSpeed = DEFAULT_SPEED): Pace {
  const { speed, rate } = args;
  if (speed !== undefined && rate !== undefined)
    throw new InputError('--speed and --rate are two ways to say how fast: give one of them');
  const maxPauseMs = parseDuration('max-pause', args['max-pause']);
  if (rate !== undefined) return { rate: above0('rate', rate) };
  return { speed: above0('speed', speed ?? defaultSpeed), maxPauseMs };
}

/** What of the command line says how messages are disturbed. */
export interface DisturbanceArguments {
  readonly shuffle: string;
  readonly 'late-share': number;
  readonly 'late-by': string;
  readonly 'duplicate-share': number;
  readonly seed: number;
}

/** The disturbance that was asked for. @throws {InputError} for a wrong one. */
export function disturbanceOf(args: DisturbanceArguments): Disturbance {
  return {
    shuffleMs: parseDuration('shuffle', args.shuffle),
    lateShare: share('late-share', args['late-share']),
    lateByMs: parseDuration('late-by', args['late-by']),
    duplicateShare: share('duplicate-share', args['duplicate-share']),
    seed: requireWhole('seed', args.seed, 0),
  };
}

function share(option: string, value: number): number {
  if (!(value >= 0 && value <= 1))
    throw new InputError(`--${option} ${value}: a share from 0 to 1 was expected, like 0.05`);
  return value;
}

export function above0(option: string, value: number): number {
  if (!(value > 0)) throw new InputError(`--${option} ${value}: a number above 0 was expected`);
  return value;
}
