/** Event times: written, as milliseconds, as hours and days. */
import { DAY_MS, HOUR_MS } from '../../schema/events';

const DATE_AND_TIME =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(:\d{2})?([.,]\d+)?( ?(?:Z|z|UTC|[+-]\d{2}(?::?\d{2})?))?$/;

/** Milliseconds since 1970 of a date and time, cut to milliseconds; null if it isn't one. No zone means UTC. */
export function parseTime(text: string): number | null {
  const match = DATE_AND_TIME.exec(text);
  if (!match) return null;
  const [, date, hourAndMinute, second, fraction, zone = ''] = match;
  if (fraction && !second) return null;
  const milliseconds = (fraction ?? '.').slice(1, 4).padEnd(3, '0');
  const plain = `${date}T${hourAndMinute}${second ?? ':00'}.${milliseconds}Z`;
  const time = new Date(plain);
  // Date rolls 30 February over to March; what it prints tells.
  if (Number.isNaN(time.getTime()) || time.toISOString() !== plain) return null;
  const offset = offsetOf(zone.trim());
  if (offset === null) return null;
  const utc = time.getTime() - offset;
  return utc < FIRST || utc > LAST ? null : utc;
}

/** An offset can carry a time out of the years that a date is written with: such a time is none. */
const FIRST = Date.parse('0001-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/** Milliseconds that a zone is ahead of UTC. */
function offsetOf(zone: string): number | null {
  if (zone === '' || zone === 'UTC' || zone.toUpperCase() === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 23 || minutes > 59) return null;
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** Start of a time's hour. */
export function hourOf(time: number): number {
  return Math.floor(time / HOUR_MS) * HOUR_MS;
}

/** UTC day of a time as YYYY-MM-DD. */
export function dateOf(time: number): string {
  return new Date(Math.floor(time / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
}
