/** A part of time that rows are asked for, to the millisecond: a row is in it when its hour or day begins in it. */
import { DAY_MS } from '../../schema/events';
import type { Condition } from './paging';
import type { QuestionDialect } from './store';

/** The last time there is in the stores, milliseconds since 1970. */
export const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** Milliseconds since 1970; `to` is excluded. Years 1 to 9999, of which the last may end the range. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Whether both ends are UTC midnights, so that days are all it takes. */
export function isOfDays({ from, to }: TimeRange): boolean {
  return from % DAY_MS === 0 && to % DAY_MS === 0;
}

/** Rows of hours, in `window_start`. By the day, too: it is what tables are partitioned by. */
export function withinHours(dialect: QuestionDialect, { from, to }: TimeRange): Condition {
  return {
    sql: `window_date BETWEEN ${dialect.date('since')} AND ${dialect.date('until')} AND window_start >= ${dialect.time('from')} AND window_start < ${dialect.time('to')}`,
    parameters: { from, to: Math.min(to, LATEST), since: dayOf(from), until: dayOf(to - 1) },
  };
}

/** Rows of days, in a column of theirs. */
export function withinDays(dialect: QuestionDialect, column: string, { from, to }: TimeRange): Condition {
  return {
    sql: `${column} BETWEEN ${dialect.date('since')} AND ${dialect.date('until')}`,
    parameters: { since: dayOf(Math.ceil(from / DAY_MS) * DAY_MS), until: dayOf(to - 1) },
  };
}

/** The UTC day of a time, `YYYY-MM-DD`. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
