/** UTC days as numbers since 1970, and as code holds them. */
import { DAY_MS } from '../../schema/events';
import { dayOf } from '../questions/time_range';

/** `YYYY-MM-DD`, of years 1 to 9999. */
export function dayText(day: number): string {
  return dayOf(day * DAY_MS);
}

/** @throws Error where the text is none */
export function dayNumber(text: string): number {
  const day = Date.parse(text) / DAY_MS;
  if (!Number.isInteger(day)) throw new Error(`${text} is not a day`);
  return day;
}
