/** Which days a view shows, of those that are covered. */
import { DAY_MS } from '../schema/events';
import { addDays } from '../serving/periods';
import type { Period } from '../serving/questions/store';
import type { Place } from './location';

/** Days that are shown where none were chosen: the latest so many. */
export const USUAL_DAYS = 30;
/** As many days of hours as are asked for at once. */
export const MOST_HOURLY_DAYS = 92;

/** The days that were chosen, as far as there are events; null where there are none. */
export function chosenPeriod(
  covered: Period | null,
  { from, to }: Pick<Place, 'from' | 'to'>,
): Period | null {
  if (covered === null) return null;
  const until = earlier(to ?? covered.until, covered.until);
  const first = from ?? addDays(until, 1 - USUAL_DAYS);
  const since = later(first, covered.since);
  return since > until ? null : { since, until };
}

/** The last days of a period, at most so many. */
export function lastDays({ since, until }: Period, days: number): Period {
  return { since: later(addDays(until, 1 - days), since), until };
}

export function countDays({ since, until }: Period): number {
  return Math.round((Date.parse(until) - Date.parse(since)) / DAY_MS) + 1;
}

/** The earlier of two days. */
export function earlier(a: string, b: string): string {
  return [a, b].sort()[0];
}

/** The later of two days. */
export function later(a: string, b: string): string {
  return [a, b].sort()[1];
}
