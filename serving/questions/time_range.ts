/** A part of time that rows are asked for, to the millisecond: a row is in it when its hour or day begins in it. */
import { DAY_MS, LAST_TIME } from '../../schema/events';
import type { Filter } from './selection';
import type { Period } from './store';

/** Milliseconds since 1970; `to` is excluded. Years 1 to 9999, of which the last may end the range. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Whether both ends are UTC midnights, so that days are all it takes. */
export function isOfDays({ from, to }: TimeRange): boolean {
  return from % DAY_MS === 0 && to % DAY_MS === 0;
}

/** Times in a column. */
export function withinTimes(column: string, { from, to }: TimeRange): Filter {
  return { column, from, below: Math.min(to, LAST_TIME) };
}

/** Rows of hours, in `window_start`. By the day, too: it is what tables are partitioned by. */
export function withinHours(range: TimeRange): Filter[] {
  return [
    { column: 'window_date', from: dayOf(range.from), until: dayOf(range.to - 1) },
    withinTimes('window_start', range),
  ];
}

/** Rows of days, in a column of theirs. */
export function withinDays(column: string, { from, to }: TimeRange): Filter {
  return { column, from: dayOf(Math.ceil(from / DAY_MS) * DAY_MS), until: dayOf(to - 1) };
}

/** Rows of the days of a period, in a column of theirs. */
export function withinPeriod(column: string, { since, until }: Period): Filter {
  return { column, from: since, until };
}

/** The UTC day of a time, `YYYY-MM-DD`. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
