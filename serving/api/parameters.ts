/** Parameters that questions share: what they look like, and what is said of those that don't. */
import { z } from '@hono/zod-openapi';
import { isDay } from '../../schema/column';
import { DAY_MS, FIRST_TIME, LAST_TIME } from '../../schema/events';
import type { Period } from '../questions/store';
import type { TimeRange } from '../questions/time_range';
import { Refusal } from './refusal';

/** Where times that can be asked for end, milliseconds since 1970: {@link FIRST_TIME} is where they begin. */
export const END = LAST_TIME + 1;

/** Days of a range that is not given: the last ones that are covered. */
const DEFAULT_DAYS = 30;

const EXPECTED_TIME = 'expected a UTC day like 2019-10-01, or a time like 2019-10-01T05:00:00Z';
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** A day or a time → milliseconds since 1970, and whether it is a whole day; NaN for anything else. */
function parseTime(text: string): { at: number; isDay: boolean } {
  const isWhole = isDay(text);
  const at = isWhole || (TIME.test(text) && isDay(text.slice(0, 10))) ? Date.parse(text) : Number.NaN;
  return { at: at >= FIRST_TIME && at <= LAST_TIME ? at : Number.NaN, isDay: isWhole };
}

function timeParameter(description: string) {
  return z
    .string()
    .refine((text) => !Number.isNaN(parseTime(text).at), EXPECTED_TIME)
    .transform(parseTime)
    .optional()
    .openapi({
      param: { description },
      type: 'string',
      anyOf: [{ format: 'date' }, { format: 'date-time' }],
    });
}

export const rangeParameters = {
  from: timeParameter('First UTC day, or the time from which on'),
  to: timeParameter('Last UTC day, included whole, or the time until which, excluded'),
};

type Bound = { at: number; isDay: boolean } | undefined;

/**
 * The range that was asked for; of a bound that is not given, `other` decides.
 *
 * @throws {Refusal} where it ends before it begins
 */
function bounded(
  from: Bound,
  to: Bound,
  other: (given: { from?: number; to?: number }) => TimeRange,
): TimeRange {
  const end = to === undefined ? undefined : to.at + (to.isDay ? DAY_MS : 0);
  const given = { ...(from && { from: from.at }), ...(end !== undefined && { to: end }) };
  if (given.from !== undefined && given.to !== undefined && given.from >= given.to)
    throw new Refusal('bad_request', 'to: expected a day that is not before from, or a time after it');
  return { ...other(given), ...given };
}

/** The range that was asked for, by default the last 30 days that are covered; null where nothing is asked for and nothing covered. */
export function rangeOrLatest(query: { from?: Bound; to?: Bound }, covered: Period | null): TimeRange | null {
  if (covered === null && (query.from === undefined || query.to === undefined)) return null;
  const end = covered === null ? 0 : Date.parse(covered.until) + DAY_MS;
  return bounded(query.from, query.to, ({ from, to }) => {
    const until = to ?? Math.min(from === undefined ? end : Math.max(end, from + DAY_MS), END);
    return { from: Math.max(until - DEFAULT_DAYS * DAY_MS, FIRST_TIME), to: until };
  });
}

/** The range that was asked for, open where it is; null where nothing is. */
export function rangeOrAll(query: { from?: Bound; to?: Bound }): TimeRange | null {
  if (query.from === undefined && query.to === undefined) return null;
  return bounded(query.from, query.to, () => ({ from: FIRST_TIME, to: END }));
}

/** How many rows, and where to go on. @param usual rows where it is not said */
export function pageParameters(usual: number, most: number) {
  const inBounds = (text: string): boolean =>
    /^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= most;
  return {
    limit: z
      .string()
      .refine(inBounds, `expected a whole number from 1 to ${most}`)
      .transform(Number)
      .default(usual)
      .openapi({
        param: { description: 'Rows of a page at most' },
        ...{ type: 'integer', minimum: 1, maximum: most, default: usual },
      }),
    cursor: z
      .string()
      .min(1, 'expected next of an answer')
      .optional()
      .openapi({ param: { description: 'next of the answer before: the page that follows it' } }),
  };
}

/** A name from the data, whatever it is. */
export function nameParameter(description: string) {
  return z.string().openapi({ param: { description } });
}
