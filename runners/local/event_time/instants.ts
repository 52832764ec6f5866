/**
 * Instants as the runner computes with them: milliseconds since 1970 in doubles. Beam's extremes lie beyond what a double holds exactly; each is the double next to it, they keep their
 * order, and are put back exactly on the way out.
 */
import type { Instant, Window } from 'apache-beam/values';
import Long from 'long';

const EXTREMES = ['-9223372036854775', '9223371950454775', '9223372036854775'].map((text) =>
  Long.fromString(text),
);

/** Before all time: no watermark yet. */
export const MIN_INSTANT = EXTREMES[0].toNumber();
/** The last moment of the global window. */
export const END_OF_GLOBAL_WINDOW = EXTREMES[1].toNumber();
/** After all time: a watermark that has nothing more to come. */
export const MAX_INSTANT = EXTREMES[2].toNumber();

export function toMillis(instant: Instant): number {
  return instant.toNumber();
}

export function toInstant(millis: number): Instant {
  return EXTREMES.find((extreme) => extreme.toNumber() === millis) ?? Long.fromNumber(millis);
}

/** The last moment that belongs to a window. */
export function lastMoment(window: Window): number {
  return window.maxTimestamp().toNumber();
}

/** When a window expires: the watermark beyond it drops what comes for the window, and its state. */
export function expiryOf(lastMomentOfWindow: number, allowedLateness: number): number {
  return Math.min(lastMomentOfWindow + allowedLateness, END_OF_GLOBAL_WINDOW);
}
