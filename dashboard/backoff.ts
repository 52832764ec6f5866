/** How long one waits before one tries again. */

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * Twice as long after every failure, up to half a minute, and by up to a quarter less, so that the pages of a server that comes back don't all ask at once.
 *
 * @param failures how many there have been in a row, from 1
 * @param chance from 0 to 1
 * @returns milliseconds
 */
export function waitAfter(failures: number, chance: number): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return Math.round(most * (1 - chance / 4));
}
