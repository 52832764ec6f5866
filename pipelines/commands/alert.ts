/** `funnelpulse alert`: tells of the anomalies in an output, once each. */
import * as fs from 'node:fs';
import type { Argv, CommandModule } from 'yargs';
import { alertChannels } from '../../io/alerts/destination';
import { MemoryFile } from '../../io/alerts/memory_file';
import { messageText } from '../../io/alerts/message_text';
import { ask } from '../../io/duckdb/ask';
import { lastRun } from '../../io/duckdb/inspect_output';
import { withDuckdb } from '../../io/duckdb/open';
import { whenUnlocked } from '../../io/duckdb/when_unlocked';
import { InputError } from '../../io/input_error';
import { DAY_MS } from '../../schema/events';
import { AlertDesk } from '../../serving/alerts/desk';
import type { MemoryStore } from '../../serving/alerts/memory';
import { hoursCovered } from '../../serving/questions/anomalous_hours';
import { DUCKDB_QUESTIONS, type Store } from '../../serving/questions/store';
import { MIN_REVENUE_AT_RISK, parseAmount, parseSince, WHERE } from '../alerts/alert_options';
import { freshMemoryId, storedMemory } from '../alerts/stored_memory';
import { duckdbFile } from '../duckdb_file';
import { interruptible } from '../interrupt';
import { requireWhole, strictOptions } from '../option_values';
import type { DeclaredOption } from '../options';

const ALERT_COMMAND_OPTIONS = {
  from: {
    type: 'string',
    demandOption: true,
    describe: 'Output whose anomalies are told',
    unit: 'duckdb:FILE',
    change: 'Always given',
  },
  alert: {
    type: 'array',
    string: true,
    describe: `Tell of them ${WHERE}`,
    unit: 'slack:…, webhook:…, email:… or KIND:env:NAME, any number',
    change: 'Always given, but with --dry-run',
  },
  'min-revenue-at-risk': MIN_REVENUE_AT_RISK,
  since: {
    type: 'string',
    describe: 'Tell of episodes that ended after this time; of others only if they were told of before',
    unit: 'day or time, like 2026-01-31 or 2026-01-31T12:00:00Z, or all; default: the last day covered, and what has come since the last look, up to a week',
    change: 'Set it, on the first run, to hear of the past',
  },
  until: {
    type: 'string',
    describe: 'Last day to look at',
    unit: 'UTC day, like 2026-01-31; default: the last covered',
    change: 'Set it to look back',
  },
  memory: {
    type: 'string',
    describe: 'File that remembers what was told, so that it is told once',
    unit: 'file; default: the output’s path and .alerts.json',
    change: 'Name one where the output is replaced by one of another name, like a file per day',
  },
  limit: {
    type: 'number',
    default: 10,
    describe: 'Most messages in a minute; more than that are told in one digest',
    unit: 'messages, 1 to 1000',
    change: 'Raise it where a program reads them',
  },
  'dry-run': {
    type: 'boolean',
    default: false,
    describe: 'Print what would be sent; send nothing and remember nothing',
    unit: 'on or off',
    change: 'Set it to see what there is to tell',
  },
  quiet: {
    type: 'boolean',
    default: false,
    describe: 'Print nothing but what goes wrong',
    unit: 'on or off',
    change: 'Set it in scripts',
  },
} as const satisfies Record<string, DeclaredOption>;

function build(argv: Argv) {
  return argv
    .options(strictOptions(ALERT_COMMAND_OPTIONS))
    .example(
      '$0 alert --from duckdb:out/funnel.duckdb --dry-run --since all',
      'What there would be to tell of the whole output',
    )
    .example(
      '$0 alert --from duckdb:out/funnel.duckdb --alert slack:env:SLACK_URL --min-revenue-at-risk 500',
      'After each run: what is new of the last day, to Slack',
    )
    .epilogue(
      'Hours of a brand that deviate the same way are one episode, and one message; one usual hour between does not part them. A later run tells when it has doubled, when two usual hours have followed, and when later data take it back. Passwords and secrets are read from FUNNELPULSE_SMTP_PASSWORD and FUNNELPULSE_WEBHOOK_SECRET. Exit code 1: something could not be sent; the next run tries again. A stream tells by itself: run --alert. docs/alerts.md has it all.',
    );
}

type AlertArguments = Awaited<ReturnType<typeof build>['argv']>;

export const alertCommand: CommandModule<object, AlertArguments> = {
  command: 'alert',
  describe: 'Tell of an output’s anomalies, once each: Slack, webhook, mail',
  builder: build as never,
  handler: alert,
};

/** How long a channel that fails is tried. */
const PATIENCE_MS = 60_000;

/** Something could not be sent; each channel has said why. */
class UnsentError extends Error {
  override readonly name = 'UnsentError';
  readonly exitCode = 1;
}

async function alert(args: AlertArguments): Promise<void> {
  const file = duckdbFile('from', args.from);
  const destinations = args.alert ?? [];
  if (destinations.length === 0 && !args['dry-run'])
    throw new InputError(
      '--alert is missing: say where to tell, or --dry-run to print. See funnelpulse alert --help',
    );
  const channels = alertChannels('alert', destinations, process.env);
  const options = {
    minRevenueAtRisk: parseAmount('min-revenue-at-risk', args['min-revenue-at-risk']),
    since: args.since === undefined ? null : parseSince('since', args.since),
    until: args.until === undefined ? null : endOf(args.until),
    limit: requireWhole('limit', args.limit, 1, 1000),
  };
  if (!fs.existsSync(file)) throw new InputError(`cannot read ${file}: no such file`);
  const memory = args.memory ?? `${file}.alerts.json`;
  const say = (line: string): void => void process.stderr.write(`funnelpulse: ${line}\n`);
  const stored = args['dry-run'] ? null : MemoryFile.open(memory);
  try {
    const desk = await examined(
      file,
      (lastDay) =>
        new AlertDesk({
          ...{
            ...options,
            since: ({ closed }) => options.since ?? newsSince(lastDay, closed),
            output: args.from,
            say,
            lookBackMs: null,
          },
          ...{ channels: args['dry-run'] ? [PRINTER] : channels, newId: freshMemoryId() },
          memory: stored === null ? readOnly(memory) : storedMemory(memory, stored),
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

/** A desk that has looked at the file. @param open told the start of the last day covered */
function examined(file: string, open: (lastDay: number) => AlertDesk): Promise<AlertDesk> {
  return whenUnlocked(() =>
    withDuckdb(file, 'READ_ONLY', async (connection) => {
      await lastRun(connection, file);
      const store: Store = { dialect: DUCKDB_QUESTIONS, ask: (question) => ask(connection, question) };
      const covered = await hoursCovered(store);
      const lastDay = covered === null ? 0 : Math.floor((covered.to - 1) / DAY_MS) * DAY_MS;
      const desk = open(lastDay);
      await desk.examine(store);
      return desk;
    }),
  );
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

/** The end of a UTC day. */
function endOf(day: string): number {
  const start = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== day)
    throw new InputError(`--until ${day}: a day like 2026-01-31 was expected`);
  return start + DAY_MS;
}
