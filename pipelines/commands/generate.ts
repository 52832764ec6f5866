/** `funnelpulse generate`: events of a shop that does not exist, with incidents whose truth is known; as a file, or to a topic as they happen. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { InputError, systemReason } from '../../io/input_error';
import { DEFAULT_START, type WrittenShop, writeShop } from '../../producers/shop';
import { interruptible } from '../interrupt';
import { parseDayOrTime, requireWhole, strictOptions } from '../option_values';
import type { DeclaredOption } from '../options';
import { COMMANDS } from '../replay/live_incidents';
import { LiveMessages } from '../replay/live_messages';
import type { OrderingKey } from '../replay/record_messages';
import { above0, TOPIC_OPTIONS } from '../replay/replay_options';
import { runSendCommand } from '../replay/send_command';
import { statusLine } from '../status_line';
import { formatBytes, formatCount, formatSeconds } from '../text';
import { UsageError } from '../usage_error';

/** Messages per second of a live shop. */
const DEFAULT_RATE = 100;

const GENERATE_OPTIONS = {
  events: {
    type: 'number',
    describe: 'Events in all',
    unit: 'events',
    defaultDescription: 'required for a file; to a topic without an end',
    change: 'Always given for a file',
  },
  days: {
    type: 'number',
    describe: 'Days they spread over in a file, 1 to 3660',
    unit: 'UTC days',
    defaultDescription: 'required for a file',
    change: 'Always given for a file',
  },
  seed: {
    type: 'number',
    default: 1,
    describe: 'Which shop: equal seeds give equal files, on every machine',
    unit: 'whole number',
    change: 'Change it for another shop',
  },
  out: {
    type: 'string',
    describe:
      'CSV file to write, gzipped where it ends in .gz; with --topic an NDJSON file of the same messages',
    unit: 'file',
    defaultDescription: 'required without --topic',
    change: 'Always given without --topic',
  },
  incidents: {
    type: 'number',
    describe: 'Conversion drops, spikes and outages to hide in a file; what they are goes to FILE.truth.json',
    unit: 'count, at most one a day',
    defaultDescription: '0',
    change: 'Set it to see anomalies. With --topic, type them instead',
  },
  start: {
    type: 'string',
    describe: 'First day; with --topic the event time at which it begins',
    unit: 'YYYY-MM-DD, or with --topic a time as well',
    defaultDescription: `${DEFAULT_START}; with --topic now`,
    change: 'Change it to put the shop into another season',
  },
  topic: {
    type: 'string',
    describe: 'Topic to publish to, without an end, as it happens, instead of writing a file',
    unit: 'PROJECT/TOPIC or projects/PROJECT/topics/TOPIC',
    change: 'Set it to have live traffic',
  },
  rate: {
    type: 'number',
    describe: 'Messages per second, with --topic',
    unit: 'messages per second, above 0',
    defaultDescription: String(DEFAULT_RATE),
    change: 'Raise it for a larger shop',
  },
  speed: {
    type: 'number',
    describe: 'Seconds of event time per second, with --topic',
    unit: 'factor, above 0',
    defaultDescription: '1',
    change: 'Raise it, and set --start, to see hours end within minutes',
  },
  ...TOPIC_OPTIONS,
} as const satisfies Record<string, DeclaredOption>;

function build(argv: Argv) {
  return argv
    .options(strictOptions(GENERATE_OPTIONS))
    .example(
      '$0 generate --events 1000000 --days 61 --incidents 6 --out out/shop.csv',
      'Two months of a shop with six incidents',
    )
    .example('$0 generate --topic local-test/events --rate 200', 'Live traffic, until Ctrl-C')
    .example(
      '$0 generate --topic local-test/events --rate 500 --speed 60 --start 2026-01-01T00:00:00Z',
      'An hour a minute',
    )
    .epilogue(
      `With --topic, lines on standard input begin and end incidents: ${COMMANDS}. A drop stops the purchases of a brand (the strongest if none is named), a spike makes them two and a half times as many, an outage stops all; durations are event time. The summary lists them. Ctrl-C stops: what was handed over is waited for, and the exit code is 130 (143 after SIGTERM).`,
    );
}

type GenerateArguments = Awaited<ReturnType<typeof build>['argv']>;

export const generateCommand: CommandModule<object, GenerateArguments> = {
  command: 'generate',
  describe: 'Write the events of a made-up shop to a file, or publish them as they happen',
  builder: build as never,
  handler: generate,
};

function generate(args: GenerateArguments): Promise<void> {
  return args.topic === undefined ? generateFile(args) : generateTopic(args, args.topic);
}

async function generateFile(args: GenerateArguments): Promise<void> {
  const { quiet, seed } = args;
  const { events, days, out } = requiredForFile(args);
  const { incidents = 0, start = DEFAULT_START } = args;
  checkTarget(out);
  const startedAt = Date.now();
  const line = quiet || args.json ? null : statusLine();
  const written = await interruptible(async (signal) => {
    try {
      return await writeShop({
        ...{ events, days, seed, out, incidents, start, signal },
        onProgress: ({ rows, bytes }) =>
          line?.show(
            () =>
              `${formatCount(rows)} of ${formatCount(events)} rows (${Math.floor((100 * rows) / events)} %), ${formatBytes(bytes)}`,
          ),
      });
    } catch (error) {
      throw signal.aborted ? error : asInputError(error, out);
    } finally {
      line?.end();
    }
  });
  const seconds = (Date.now() - startedAt) / 1000;
  if (args.json) process.stdout.write(`${JSON.stringify({ ...written, seconds })}\n`);
  else if (!quiet) process.stdout.write(`${resultLine(written, seconds)}\n`);
}

function requiredForFile(args: GenerateArguments): { events: number; days: number; out: string } {
  const { events, days, out } = args;
  if (events !== undefined && days !== undefined && out !== undefined) {
    refuse(args, ['rate', 'speed'], 'is for --topic: a file has --events and --days');
    return { events, days, out };
  }
  const missing = Object.entries({ events, days, out }).filter(([, value]) => value === undefined);
  const names = missing.map(([name]) => `--${name}`).join(' and ');
  throw new UsageError(
    `${names} ${missing.length > 1 ? 'are' : 'is'} missing, or --topic. See funnelpulse generate --help`,
  );
}

async function generateTopic(args: GenerateArguments, topic: string): Promise<void> {
  const { seed, out, quiet, json, rate = DEFAULT_RATE, speed = 1 } = args;
  refuse(args, ['days'], 'is for files: a topic has --rate');
  refuse(args, ['incidents'], 'is for files: with --topic, type them on standard input, see --help');
  const pace = { speed: above0('speed', speed), maxPauseMs: Number.POSITIVE_INFINITY };
  const live = new LiveMessages({
    seed: requireWhole('seed', seed, 0),
    startMs: startTime(args.start),
    perSecond: above0('rate', rate) / speed,
    events:
      args.events === undefined ? Number.POSITIVE_INFINITY : requireWhole('events', args.events, 1, 1e12),
    orderingKey: args['ordering-key'] as OrderingKey,
  });
  const { all: incidents } = live.incidents;
  await runSendCommand({
    ...{ topic, out, pace, quiet, json },
    departures: (_, line) => live.obeying(line, quiet),
    more: () => ({ incidents }),
    moreLines: () =>
      incidents.map(
        ({ kind, brand, start, end }) =>
          `  ${kind}${brand === null ? '' : ` of ${brand}`}, ${start} to ${end ?? 'the end'}`,
      ),
  });
}

/** Says of options that were given that they have no meaning here. */
function refuse(args: GenerateArguments, names: (keyof GenerateArguments)[], reason: string): void {
  for (const name of names) if (args[name] !== undefined) throw new InputError(`--${name} ${reason}`);
}

function startTime(text: string | undefined): number {
  return text === undefined ? Date.now() : parseDayOrTime('start', text);
}

/** Says before the work what would make it fail after it. */
function checkTarget(out: string): void {
  const folder = path.dirname(path.resolve(out));
  if (out === '') throw new InputError('--out is empty: name the file to write, like out/shop.csv');
  if (fs.statSync(out, { throwIfNoEntry: false })?.isDirectory())
    throw new InputError(
      `cannot write ${out}: it is a directory. Name a file, like ${path.join(out, 'shop.csv')}`,
    );
  if (!fs.existsSync(folder))
    throw new InputError(`cannot write ${out}: the directory ${folder} does not exist. Make it first`);
}

/** The generator's errors are plain ones: a wrong option, named first, or a file that can't be written. */
function asInputError(error: unknown, out: string): unknown {
  if (!(error instanceof Error) || error.name !== 'Error') return error;
  const { cause, message } = error;
  if (cause instanceof Error && 'code' in cause)
    return new InputError(`cannot write ${out}: ${systemReason(cause)}. Nothing was written`);
  return new InputError(/^[a-z]+ is /.test(message) ? `--${message}` : message);
}

function resultLine({ out, rows, bytes, truth, incidents }: WrittenShop, seconds: number): string {
  const hidden = truth === undefined ? '' : `; ${incidents.length} incidents, told in ${truth}`;
  return `Wrote ${formatCount(rows)} events (${formatBytes(bytes)}) to ${out} in ${formatSeconds(seconds)}${hidden}`;
}
