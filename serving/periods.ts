/** Which days the headline compares with which. */
import { DAY_MS } from '../schema/events';
import type { Period } from './questions/store';

export interface Comparison {
  readonly latest: Period;
  /** As many days, just before. */
  readonly before: Period;
  readonly days: number;
}

/** A week has every weekday once, so two of them compare like with like. */
const MOST_DAYS = 7;

/**
 * The period's last week and the week before it, or fewer days where the output doesn't cover two weeks. A day that a stream has not finished would always look bad, so it is left out.
 *
 * @param covered the days with events, which may begin before the period
 * @param watermark milliseconds since 1970; null where the output is complete
 * @param most how many days are compared at most
 * @returns null where there are not two whole days
 */
export function comparedPeriods(
  covered: Period,
  { until }: Period,
  watermark: number | null,
  most = MOST_DAYS,
): Comparison | null {
  const lastWhole =
    watermark === null
      ? until
      : new Date(Math.floor(watermark / DAY_MS) * DAY_MS - DAY_MS).toISOString().slice(0, 10);
  const last = lastWhole < until ? lastWhole : until;
  const whole = (Date.parse(last) - Date.parse(covered.since)) / DAY_MS + 1;
  const days = Math.min(most, Math.floor(whole / 2));
  if (!(days >= 1)) return null;
  return {
    latest: { since: addDays(last, 1 - days), until: last },
    before: { since: addDays(last, 1 - 2 * days), until: addDays(last, -days) },
    days,
  };
}

/** A day so many days later. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** All days of a period, in order. */
export function daysOf({ since, until }: Period): string[] {
  const count = Math.round((Date.parse(until) - Date.parse(since)) / DAY_MS) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => addDays(since, i));
}
