import type { Quantiles } from './profile';

/** Entries of an expanded table: a draw is `table[bits >>> 22]`. */
const ENTRIES = 1024;

/** The quantile function at (entry + ½) / 1,024, rounded down, for every entry; integers all the way. */
export function expand(quantiles: Quantiles): Uint16Array {
  const table = new Uint16Array(ENTRIES);
  let point = 1;
  for (let entry = 0; entry < ENTRIES; entry++) {
    // Position in units of 1/2,048,000, so that both per mille and entries are whole.
    const at = (2 * entry + 1) * 1000;
    while (quantiles[point][0] * 2048 <= at && point < quantiles.length - 1) point++;
    const [x0, y0] = quantiles[point - 1];
    const [x1, y1] = quantiles[point];
    table[entry] = y0 + Math.floor(((at - x0 * 2048) * (y1 - y0)) / ((x1 - x0) * 2048));
  }
  return table;
}
