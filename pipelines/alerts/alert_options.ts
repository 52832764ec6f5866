/** Options of alerts: of `run` on a stream, and what `alert` shares with it. */
import { InputError } from '../../io/input_error';
import { MONEY_SCALE, moneyOf } from '../../schema/column';
import { parseDayOrTime } from '../option_values';
import type { DeclaredOption } from '../options';

/** Forms of an address. */
export const WHERE =
  'to slack:URL, webhook:URL or email:smtps://USER@HOST/?from=ADDRESS&to=ADDRESS; KIND:env:NAME takes the address from the environment variable NAME, so that a secret does not stand in the shell’s history';

export const MIN_REVENUE_AT_RISK = {
  type: 'string',
  default: '0',
  describe:
    'Tell of no episode with less revenue at risk; a spike counts by what it brought beyond expectation. 0 tells of all, also where it is unknown',
  unit: 'amount in the currency of the prices, up to four fractional digits',
  change: 'Raise it where there are more messages than somebody acts on',
} as const satisfies DeclaredOption;

/** Options of `run` that tell of a stream's anomalies. */
export const ALERT_OPTIONS = {
  alert: {
    type: 'array',
    string: true,
    defaultDescription: 'nobody is told',
    describe: `Tell of anomalies ${WHERE}. It tells when an hour that deviates is closed by the watermark (early rows are never told of), when that has doubled, and when it is over or later data take it back: docs/alerts.md`,
    unit: 'slack:…, webhook:…, email:… or KIND:env:NAME, any number',
    change: 'Set it where somebody shall hear of anomalies without looking',
  },
  'alert-since': {
    type: 'string',
    describe: 'Tell of anomalies that ended after this time; of others only if they were told of before',
    unit: 'day or time, like 2026-01-31 or 2026-01-31T12:00:00Z, or all',
    defaultDescription:
      'a day before the first run with --alert started, by the clock; never more than a week before this one',
    change: 'Set it for replays of the past, of which nothing is told otherwise',
  },
  'min-revenue-at-risk': MIN_REVENUE_AT_RISK,
  'alert-limit': {
    type: 'number',
    default: 10,
    describe: 'Most messages in a minute; more than that are told in one digest',
    unit: 'messages a minute, 1 to 1000',
    change: 'Lower it for one message a minute with all there is; raise it for programs that read them',
  },
} as const satisfies Record<string, DeclaredOption>;

/** An amount in ten-thousandths, not negative. @throws {InputError} where it is none */
export function parseAmount(option: string, text: string): bigint {
  if (!/^\d{1,15}(\.\d{1,4})?$/.test(text.trim()))
    throw new InputError(
      `--${option} ${text}: an amount like 500 or 99.50 was expected, not negative, with up to ${MONEY_SCALE} fractional digits`,
    );
  return moneyOf(text.trim());
}

/** Before anything that a time can be, and a number that JSON has. */
const BEFORE_ALL = -8.64e15;

/** A day's start or a time in milliseconds since 1970; before all for all. @throws {InputError} where it is neither */
export function parseSince(option: string, text: string): number {
  if (text === 'all') return BEFORE_ALL;
  return parseDayOrTime(option, text, ', or all');
}
