/** Numbers, times and changes as people read them. A missing value is a dash. */
import { HOUR_MS } from '../schema/events';
import type { Period } from './questions/store';

const NONE = '–';
const CENT = 100n;

export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** An amount in ten-thousandths, rounded half away from zero to cents. It has no currency: events of several may have been added. */
export function moneyText(money: bigint | null): string {
  if (money === null) return NONE;
  const size = money < 0n ? -money : money;
  const cents = (size + CENT / 2n) / CENT;
  const text = `${(cents / 100n).toLocaleString('en-US')}.${String(cents % 100n).padStart(2, '0')}`;
  return money < 0n && cents > 0n ? `−${text}` : text;
}

/** An amount as a number of whole units, for axes. */
export function moneyNumber(money: bigint): number {
  return Number(money) / 10_000;
}

/** A rate as a percentage; large ones need no fraction. */
export function percentText(rate: number | null): string {
  if (rate === null) return NONE;
  const percent = rate * 100;
  return `${withFraction(percent < 10 ? 2 : 1).format(percent)}%`;
}

/** A score or an expectation. @param fraction digits behind the point, at most 2 */
export function decimalText(value: number | null, fraction = 1): string {
  return value === null ? NONE : withFraction(fraction).format(value).replace('-', '−');
}

/** Kept, for making one takes longer than a hundred uses of it. */
const FORMATS = [0, 1, 2].map(
  (fraction) =>
    new Intl.NumberFormat('en-US', { minimumFractionDigits: fraction, maximumFractionDigits: fraction }),
);

function withFraction(fraction: number): Intl.NumberFormat {
  return FORMATS[fraction];
}

/** The change from one number to another, like `+12.3%`; a dash where there is nothing to compare with. */
export function changeText(before: number | null, now: number | null): string {
  if (before === null || now === null || before === 0) return NONE;
  const change = (now / before - 1) * 100;
  const text = `${withFraction(1).format(Math.abs(change))}%`;
  if (text === '0.0%') return '±0.0%';
  return `${change < 0 ? '−' : '+'}${text}`;
}

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const DAY_OF_YEAR = new Intl.DateTimeFormat('en-GB', {
  ...{ day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' },
});

/** A UTC day, like `3 Nov`. */
export function dayText(date: string): string {
  return DAY.format(Date.parse(date));
}

/** Like `1 Oct 2025 to 30 Nov 2025`. */
export function periodText({ since, until }: Period): string {
  const [first, last] = [since, until].map((date) => DAY_OF_YEAR.format(Date.parse(date)));
  return first === last ? first : `${first} to ${last}`;
}

/** Start and end of an hour, like `3 Nov 2025, 14:00 to 15:00 UTC`. */
export function hourText(start: number): string {
  const time = (at: number): string => new Date(at).toISOString().slice(11, 16);
  return `${DAY_OF_YEAR.format(start)}, ${time(start)} to ${time(start + HOUR_MS)} UTC`;
}

/** A moment, like `3 Nov 2025, 14:05 UTC`. */
export function momentText(at: number): string {
  return `${DAY_OF_YEAR.format(at)}, ${new Date(at).toISOString().slice(11, 16)} UTC`;
}
