/** `funnelpulse alert`: tells of the anomalies in an output, once each. */
import type { Argv, CommandModule } from 'yargs';
import { MIN_REVENUE_AT_RISK, WHERE } from '../alerts/alert_options';
import { strictOptions } from '../option_values';
import type { DeclaredOption } from '../options';

const ALERT_COMMAND_OPTIONS = {
  from: {
    type: 'string',
    demandOption: true,
    describe: 'Output whose anomalies are told',
    unit: 'duckdb:FILE or bigquery:PROJECT.DATASET',
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
    unit: 'file; default: the file’s path, or PROJECT.DATASET here, and .alerts.json',
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
  handler: (args) => {
    const { tellOutput } = require('../alerts/tell_output') as typeof import('../alerts/tell_output');
    return tellOutput(args);
  },
};
