/** Tells of the anomalies in an output, once each. */
import * as fs from 'node:fs';
import { alertChannels } from '../../io/alerts/destination';
import { MemoryFile } from '../../io/alerts/memory_file';
import { messageText } from '../../io/alerts/message_text';
import { textOf } from '../../io/bigquery/dataset_name';
import { InputError } from '../../io/input_error';
import { DAY_MS } from '../../schema/events';
import { AlertDesk } from '../../serving/alerts/desk';
import type { MemoryStore } from '../../serving/alerts/memory';
import { hoursCovered } from '../../serving/questions/anomalous_hours';
import { duckdbFile } from '../duckdb_file';
import { interruptible } from '../interrupt';
import { parseDay, requireWhole } from '../option_values';
import { bigqueryDataset } from '../outputs/bigquery_dataset';
import { readOutput } from '../serving/read_output';
import { parseAmount, parseSince } from './alert_options';
import { freshMemoryId, storedMemory } from './stored_memory';

/** What `funnelpulse alert` is given, as commands/alert.ts declares it. */
export interface TellArguments {
  readonly from: string;
  readonly alert: readonly string[] | undefined;
  readonly 'min-revenue-at-risk': string;
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly memory: string | undefined;
  readonly limit: number;
  readonly 'dry-run': boolean;
  readonly quiet: boolean;
}

/** How long a channel that fails is tried. */
const PATIENCE_MS = 60_000;

/** Something could not be sent; each channel has said why. */
class UnsentError extends Error {
  override readonly name = 'UnsentError';
  readonly exitCode = 1;
}

/** @throws {InputError} where an argument can't be taken or the output can't be read; {@link UnsentError} */
export async function tellOutput(args: TellArguments): Promise<void> {
  const destinations = args.alert ?? [];
  if (destinations.length === 0 && !args['dry-run'])
    throw new InputError(
      '--alert is missing: say where to tell, or --dry-run to print. See funnelpulse alert --help',
    );
  const channels = alertChannels('alert', destinations, process.env);
  const minRevenueAtRisk = parseAmount('min-revenue-at-risk', args['min-revenue-at-risk']);
  const since = args.since === undefined ? null : parseSince('since', args.since);
  const until = args.until === undefined ? null : Date.parse(parseDay('until', args.until)) + DAY_MS;
  const limit = requireWhole('limit', args.limit, 1, 1000);
  const place = placeOf(args.from);
  const memory = args.memory ?? `${place}.alerts.json`;
  const say = (line: string): void => void process.stderr.write(`funnelpulse: ${line}\n`);
  const stored = args['dry-run'] ? null : MemoryFile.open(memory);
  try {
    const desk = await examined(
      args.from,
      (lastDay) =>
        new AlertDesk({
          output: args.from,
          channels: args['dry-run'] ? [PRINTER] : channels,
          memory: stored === null ? readOnly(memory) : storedMemory(memory, stored),
          newId: freshMemoryId(),
          since: ({ closed }) => since ?? newsSince(lastDay, closed),
          until,
          minRevenueAtRisk,
          limit,
          lookBackMs: null,
          say,
        }),
    );
    const messages = desk.outbox.map(({ message }) => message);
    if (args['dry-run']) {
      process.stdout.write(
        messages.length === 0
          ? 'Nothing new to tell\n'
          : messages.map(messageText).join(`\n${'-'.repeat(40)}\n\n`),
      );
      return;
    }
    desk.start();
    const unsent = await interruptible(async (signal) => {
      const stopped = desk.stop(PATIENCE_MS);
      signal.addEventListener('abort', () => void desk.stop(0), { once: true });
      return stopped;
    });
    if (unsent > 0)
      throw new UnsentError(
        `${unsent} of ${messages.length} messages could not be sent everywhere. They are in ${memory}: run it again`,
      );
    if (!args.quiet)
      process.stdout.write(
        messages.length === 0
          ? 'Nothing new to tell\n'
          : `Sent ${messages.length === 1 ? 'one message' : `${messages.length} messages`} to ${channels.map(({ name }) => name).join(' and ')}\n`,
      );
  } finally {
    await stored?.close();
    for (const channel of channels) channel.close();
  }
}

/** Who looks again after days goes on from where the last look ended, but not further back than this. */
const LONGEST_MS = 7 * DAY_MS;

/** From which on there is news: the last day, or all that has come since the last look. */
function newsSince(lastDay: number, lastLook: number | null): number {
  return Math.min(lastDay, Math.max(lastLook ?? lastDay, lastDay - LONGEST_MS));
}

/** A desk that has looked at the output. @param open told the start of the last day covered */
function examined(from: string, open: (lastDay: number) => AlertDesk): Promise<AlertDesk> {
  return readOutput(from, async (store) => {
    const covered = await hoursCovered(store);
    const lastDay = covered === null ? 0 : Math.floor((covered.to - 1) / DAY_MS) * DAY_MS;
    const desk = open(lastDay);
    await desk.examine(store);
    return desk;
  });
}

/** What the memory's file is called after: a file beside itself, a dataset here. */
function placeOf(from: string): string {
  const dataset = bigqueryDataset('from', from);
  if (dataset !== null) return textOf(dataset);
  const file = duckdbFile('from', from);
  if (!fs.existsSync(file)) throw new InputError(`cannot read ${file}: no such file`);
  return file;
}

/** What a dry run sends to. */
const PRINTER = {
  name: 'print',
  send: async () => ({ outcome: 'sent' }) as const,
  close: () => {},
};

/** What was told is not told again by a dry run either; what is still to be sent elsewhere is left alone. */
function readOnly(file: string): MemoryStore {
  const stored = storedMemory(file, MemoryFile.ownedWith(file));
  return {
    load: () => {
      const memory = stored.load();
      return memory === null ? null : { ...memory, outbox: [], recent: [] };
    },
    save: async () => {},
  };
}
