/**
 * Event times: `YYYY-MM-DD HH:MM:SS UTC` straight from bytes, any other ISO 8601 date and time by a slower, plainer path.
 */
import { FIRST_TIME, LAST_TIME } from '../../schema/events';

const SPACE = 32;
const DASH = 45;
const COLON = 58;

/** Result of {@link EventTimeParser.parse} for text that is no date and time. */
export const BAD_TIME = Number.NaN;

/**
 * Parses event times. Keeps the day of the last one, since neighbours in a file nearly always share it.
 */
export class EventTimeParser {
  private lastDay = -1;
  private lastDayMs = 0;

  /**
   * The time written in `bytes[start..end)`, already trimmed, in milliseconds since 1970 UTC; NaN if it is none.
   * Accepts what {@link parseIsoTime} does.
   */
  parse(bytes: Uint8Array, start: number, end: number): number {
    if (
      end - start === 23 &&
      bytes[start + 4] === DASH &&
      bytes[start + 7] === DASH &&
      bytes[start + 10] === SPACE &&
      bytes[start + 13] === COLON &&
      bytes[start + 16] === COLON &&
      bytes[start + 19] === SPACE &&
      bytes[start + 20] === 85 &&
      bytes[start + 21] === 84 &&
      bytes[start + 22] === 67
    ) {
      // A byte that is no digit gives a pair outside 0 to 99, which the sums below can't hide: each pair is checked by its own range.
      const century = pair(bytes, start);
      const year2 = pair(bytes, start + 2);
      const month = pair(bytes, start + 5);
      const day = pair(bytes, start + 8);
      const hour = pair(bytes, start + 11);
      const minute = pair(bytes, start + 14);
      const second = pair(bytes, start + 17);
      if (
        century >= 0 &&
        year2 >= 0 &&
        hour < 24 &&
        minute < 60 &&
        second < 60 &&
        (hour | minute | second) >= 0
      ) {
        const key = ((century * 100 + year2) * 100 + month) * 100 + day;
        if (key !== this.lastDay) {
          if (month < 0 || day < 0) return BAD_TIME;
          const ms = dayMs(century * 100 + year2, month, day);
          if (!(ms >= FIRST_TIME)) return BAD_TIME;
          this.lastDay = key;
          this.lastDayMs = ms;
        }
        return this.lastDayMs + (hour * 3600 + minute * 60 + second) * 1000;
      }
      return BAD_TIME;
    }
    return parseIsoTime(latin1(bytes, start, end));
  }
}

/** Two ASCII digits as a number, or −1. */
function pair(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] - 48;
  const ones = bytes[at + 1] - 48;
  return tens >>> 0 > 9 || ones >>> 0 > 9 ? -1 : tens * 10 + ones;
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?(?: ?(?:([Zz]|UTC)|([+-])(\d{2})(?::?(\d{2}))?))?$/;

/**
 * An ISO 8601 date and time in milliseconds since 1970, or NaN. The separator is T, t or a space; seconds may be missing; digits beyond milliseconds are cut;
 * the zone is Z, UTC or an offset, and none means UTC. A date alone is no event time: its hour is unknown.
 */
export function parseIsoTime(text: string): number {
  const match = ISO.exec(text);
  if (!match) return BAD_TIME;
  const [, year, month, day, hour, minute, second, fraction, , sign, zoneHour, zoneMinute] = match;
  const ms = dayMs(Number(year), Number(month), Number(day));
  const h = Number(hour);
  const m = Number(minute);
  const s = Number(second ?? 0);
  const zh = Number(zoneHour ?? 0);
  const zm = Number(zoneMinute ?? 0);
  if (h > 23 || m > 59 || s > 59 || zh > 23 || zm > 59) return BAD_TIME;
  const millis = fraction ? Number(fraction.slice(0, 3).padEnd(3, '0')) : 0;
  const offset = (zh * 60 + zm) * 60_000 * (sign === '-' ? -1 : 1);
  const time = ms + ((h * 60 + m) * 60 + s) * 1000 + millis - offset;
  return time >= FIRST_TIME && time <= LAST_TIME ? time : BAD_TIME;
}

/** Start of a calendar day in milliseconds since 1970 UTC; NaN for a day that doesn't exist. */
function dayMs(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() : BAD_TIME;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
