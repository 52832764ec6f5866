/** An alert in words. Names come apart from the sentences around them, so that each medium can escape and mark them. */
import type { AlertKind, AlertMessage, AlertStatement, EpisodeFacts } from '../../schema/alert';
import { UNKNOWN } from '../../schema/events';
import { plainName } from './plain_name';

/** A sentence about a name: `before`, the name, `after`. */
export interface Sentence {
  readonly before: string;
  /** Fit for a line; not yet escaped for the medium. */
  readonly name: string;
  readonly after: string;
}

export interface WordedStatement {
  readonly title: Sentence;
  /** Label and value; no names are in here. */
  readonly facts: readonly (readonly [label: string, value: string])[];
}

export interface Worded {
  /** What a list of messages shows. */
  readonly subject: Sentence;
  readonly statements: readonly WordedStatement[];
  /** What is left out, as a sentence; null for nothing. */
  readonly omitted: string | null;
  /** Which output says so. */
  readonly origin: Sentence;
}

export function worded({ statements, omitted, output }: AlertMessage): Worded {
  const all = statements.map(wordedStatement);
  const [first] = statements;
  const count = statements.length + omitted;
  const subject: Sentence =
    count === 1
      ? all[0].title
      : {
          before: `${count.toLocaleString('en-US')} alerts, the largest of them ${plainName(first.episode.type)} of `,
          name: brandName(first.episode.brand),
          after: '',
        };
  return {
    subject,
    statements: all,
    omitted: omitted === 0 ? null : `And ${omitted.toLocaleString('en-US')} more.`,
    origin: { before: 'FunnelPulse on ', name: plainName(output), after: '' },
  };
}

function wordedStatement({ kind, episode }: AlertStatement): WordedStatement {
  const { before, after } = TITLES[kind](episode);
  return { title: { before, name: brandName(episode.brand), after }, facts: factsOf(kind, episode) };
}

function brandName(brand: string): string {
  return brand === UNKNOWN ? '(no brand)' : plainName(brand);
}

const TITLES: Readonly<Record<AlertKind, (episode: EpisodeFacts) => { before: string; after: string }>> = {
  detected: ({ type, status, hours }) => ({
    before: `${typeText(type)}: `,
    after: ` sold ${moreOrLess(type)} than expected${hours === 1 ? '' : ` for ${hours} hours`}${status === 'recovered' ? '; it is over' : ''}`,
  }),
  worsened: ({ type, status, hours }) => ({
    before: `${typeText(type)}, worse: `,
    after: ` ${status === 'recovered' ? 'sold' : 'still sells'} ${moreOrLess(type)} than expected, ${hoursText(hours)} so far`,
  }),
  reopened: ({ type, hours }) => ({
    before: `${typeText(type)}, again: `,
    after: ` sold ${moreOrLess(type)} than expected after all, ${hoursText(hours)} so far`,
  }),
  recovered: ({ hours }) => ({
    before: 'Recovered: ',
    after: ` sells as usual again, after ${hoursText(hours)}`,
  }),
  retracted: ({ type }) => ({
    before: 'Taken back: ',
    after: ` sold as usual after all; later data explain the ${plainName(type)}`,
  }),
};

function typeText(type: string): string {
  return type === 'drop' ? 'Drop' : type === 'spike' ? 'Spike' : plainName(type);
}

function moreOrLess(type: string): string {
  return type === 'spike' ? 'more' : 'less';
}

function hoursText(hours: number): string {
  return hours === 1 ? 'one hour' : `${hours.toLocaleString('en-US')} hours`;
}

function factsOf(kind: AlertKind, episode: EpisodeFacts): (readonly [string, string])[] {
  const { from, to, hours, views, purchases, expectedPurchases, revenueAtRisk, z, since } = episode;
  const span: [string, string] = ['Time', spanText(from, to)];
  if (kind === 'retracted')
    return views === 0 ? [span] : [span, ['Conversion', conversionText(purchases, views)]];
  const facts: [string, string][] = [
    span,
    ['Anomalous', hoursText(hours)],
    ['Conversion', conversionText(purchases, views)],
  ];
  if (expectedPurchases !== null && views > 0)
    facts.push(['Expected', conversionText(expectedPurchases, views, 1)]);
  if (z !== 0) facts.push(['Largest deviation', `${decimal(z, 1)} standard deviations`]);
  if (revenueAtRisk !== null)
    facts.push(
      revenueAtRisk < 0n
        ? ['Revenue beyond expectation', moneyText(-revenueAtRisk)]
        : ['Revenue at risk', moneyText(revenueAtRisk)],
    );
  if (episode.status === 'recovered')
    facts.push([
      'Since',
      since.hours === 0
        ? 'no hour with enough views to judge'
        : `${conversionText(since.purchases, since.views)} in ${hoursText(since.hours)}`,
    ]);
  return facts;
}

function conversionText(purchases: number, views: number, digits = 0): string {
  const counts = `${decimal(purchases, digits)} of ${views.toLocaleString('en-US')} views`;
  return views === 0 ? counts : `${decimal((100 * purchases) / views, 1)}% (${counts})`;
}

function decimal(value: number, digits: number): string {
  const text = value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return text.replace('-', '−');
}

/** Ten-thousandths of a unit, rounded half up to hundredths. Events name no one currency. */
function moneyText(money: bigint): string {
  const cents = (money + 50n) / 100n;
  return `${(cents / 100n).toLocaleString('en-US')}.${String(cents % 100n).padStart(2, '0')}`;
}

const DAY = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

function spanText(from: number, to: number): string {
  const clock = (at: number): string => new Date(at).toISOString().slice(11, 16);
  const [first, last] = [DAY.format(from), DAY.format(to)];
  return `${first}, ${clock(from)} to ${first === last ? '' : `${last}, `}${clock(to)} UTC`;
}
