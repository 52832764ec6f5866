/** What kind of shop to generate. */
export interface ShopOptions {
  /** Rows, header not counted: 1 to 10^12. */
  readonly events: number;
  /** Whole UTC days they spread over: 1 to 3,660. */
  readonly days: number;
  /** Any integer from 0 to 2^53 − 1; another seed is another shop. */
  readonly seed: number;
  /** First day, `YYYY-MM-DD`; default 2025-10-01. */
  readonly start?: string;
  /** Incidents to hide in the data, at most one a day; default 0. */
  readonly incidents?: number;
}

/** The options after the check. */
export interface CheckedOptions {
  readonly events: number;
  readonly days: number;
  readonly seed: number;
  readonly startMs: number;
  readonly incidents: number;
}

export const DEFAULT_START = '2025-10-01';
const MAX_DAYS = 3660;

/** @throws Error that names the option, what it is and what it may be */
export function checkOptions(options: ShopOptions): CheckedOptions {
  const { events, days, seed, start = DEFAULT_START, incidents = 0 } = options;
  wholeNumber('events', events, 1, 1e12);
  wholeNumber('days', days, 1, MAX_DAYS);
  wholeNumber('seed', seed, 0, Number.MAX_SAFE_INTEGER);
  wholeNumber('incidents', incidents, 0, days);
  return { events, days, seed, startMs: startOfDay(start), incidents };
}

function wholeNumber(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const reason = name === 'incidents' ? ' (at most one a day)' : '';
  throw new Error(`${name} is ${value}; it must be a whole number from ${least} to ${most}${reason}`);
}

function startOfDay(start: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(start) ? Date.parse(`${start}T00:00:00Z`) : Number.NaN;
  // Date.parse takes 31 February for 3 March; the year keeps its four digits to the last day.
  const real = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(start) && start < '9900';
  if (!real) {
    throw new Error(`start is ${JSON.stringify(start)}; it must be a date YYYY-MM-DD up to the year 9899`);
  }
  return ms;
}
