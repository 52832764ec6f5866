/** Watermarks as `runs` has them. */

/** What every store can hold; a stream that has seen nothing is at the first. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** A watermark in milliseconds, −∞ and Beam's ends of time included → one that a store can hold; null for complete. */
export function watermarkOf(milliseconds: number | null): number | null {
  if (milliseconds === null || milliseconds > LAST_MS) return null;
  return Math.max(FIRST_MS, Math.floor(milliseconds));
}

/** The later of two; nothing is later than complete. */
export function latestWatermark(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}
