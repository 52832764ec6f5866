/** How long to wait before a channel is tried again. */

const FIRST_MS = 1000;
const MOST_MS = 5 * 60_000;
/** What a channel asks for is honoured up to here. */
const MOST_ASKED_MS = 60 * 60_000;

/**
 * Milliseconds to wait after so many failures in a row, from 1 on: doubling, and anywhere in the upper half of that, so that those who failed together don't come back together; at least what the channel has asked for.
 *
 * @param random from 0 to 1
 */
export function backoff(failures: number, askedMs: number | null, random = Math.random()): number {
  const whole = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20));
  return Math.max(whole * (0.5 + random / 2), Math.min(askedMs ?? 0, MOST_ASKED_MS));
}
