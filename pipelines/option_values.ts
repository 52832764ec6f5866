/** What was given for an option → a value, or an {@link InputError} that says what was expected. */
import { InputError } from '../io/input_error';
import { isDay } from '../schema/column';
import { parseIsoTime } from '../transforms/parse/event_time';
import type { DeclaredOption } from './options';

const MINUTE = 60_000;
const DURATION_UNITS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: MINUTE,
  h: 60 * MINUTE,
  d: 1440 * MINUTE,
};
const SIZE_UNITS: Record<string, number> = { B: 1, KiB: 1 << 10, MiB: 1 << 20, GiB: 1 << 30 };

/**
 * Declared options as yargs takes them, made strict: an option needs its value, is given once, and what is no number is an error that shows what was given (yargs itself would
 * make it NaN, and take the last of two).
 */
export function strictOptions<O extends Readonly<Record<string, DeclaredOption>>>(declared: O): O {
  const strict = Object.entries(declared).map(([name, option]) => {
    if (option.type === 'array') return [name, { ...option, requiresArg: true }];
    if (option.type === 'boolean')
      return [name, { ...option, coerce: (given: unknown) => once(name, given) }];
    const { choices, type, ...rest } = option;
    const describe = `${option.describe} [${option.unit}]`;
    const coerce = (given: unknown) => {
      const value = once(name, given);
      if (value === undefined) return undefined;
      if (type === 'number') return numberOf(name, String(value));
      return choices === undefined ? value : oneOf(name, String(value), choices);
    };
    return [name, { ...rest, describe, type: 'string', requiresArg: true, coerce }];
  });
  return Object.fromEntries(strict);
}

function once(option: string, given: unknown): unknown {
  if (Array.isArray(given)) throw new InputError(`--${option} was given ${given.length} times: give it once`);
  return given;
}

function numberOf(option: string, text: string): number {
  if (!/^[+-]?\d+(\.\d+)?$/.test(text.trim()))
    throw new InputError(`--${option} ${text}: a number was expected`);
  return Number(text);
}

function oneOf(option: string, text: string, choices: readonly string[]): string {
  if (!choices.includes(text))
    throw new InputError(`--${option} ${text}: one of ${choices.join(', ')} was expected`);
  return text;
}

/** A duration like `90s` in milliseconds. */
export function parseDuration(option: string, text: string): number {
  return quantity(option, text, DURATION_UNITS, 'a duration like 90s, 30m, 2h or 1d');
}

/** A UTC day, `YYYY-MM-DD`, as it was given. */
export function parseDay(option: string, text: string): string {
  if (!isDay(text)) throw new InputError(`--${option} ${text}: a day like 2026-01-31 was expected`);
  return text;
}

/** A time, or a UTC day's start, in milliseconds since 1970. @param also what else the option takes, for its message */
export function parseDayOrTime(option: string, text: string, also = ''): number {
  const time = parseIsoTime(isDay(text) ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(time))
    throw new InputError(
      `--${option} ${text}: a day or a time like 2026-01-31 or 2026-01-31T12:00:00Z was expected${also}`,
    );
  return time;
}

/** A size like `8MiB` in bytes, at least one. */
export function parseSize(option: string, text: string): number {
  const bytes = quantity(option, text, SIZE_UNITS, 'a size like 4KiB or 8MiB');
  if (bytes < 1) throw new InputError(`--${option} ${text}: at least one byte was expected`);
  return bytes;
}

function quantity(option: string, text: string, units: Record<string, number>, expected: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text);
  const unit = match === null ? undefined : units[match[2]];
  const value = match === null || unit === undefined ? Number.NaN : Math.round(Number(match[1]) * unit);
  if (!Number.isSafeInteger(value)) throw new InputError(`--${option} ${text}: ${expected} was expected`);
  return value;
}

/** A whole number within bounds. */
export function requireWhole(
  option: string,
  value: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new InputError(
      `--${option} ${value}: a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`} was expected`,
    );
  }
  return value;
}

/** Price band bounds: positive, ascending decimals with at most four fractional digits. */
export function parsePriceBands(text: string): number[] {
  const bounds = text
    .split(',')
    .map((bound) => (/^\s*\d+(\.\d{1,4})?\s*$/.test(bound) ? Number(bound) : Number.NaN));
  const ascending = bounds.every((bound, i) => bound > (i === 0 ? 0 : bounds[i - 1]));
  if (!ascending)
    throw new InputError(`--price-bands ${text}: ascending positive prices like 10,30,60 were expected`);
  return bounds;
}
