/** Exact decimals as integers of ten-thousandths. */

const DECIMAL = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))$/;
const SCALE = 10_000n;
const TOO_LARGE = 1_000_000_000n * SCALE;

/** Ten-thousandths of a decimal, rounded half away from zero; null if it isn't written as one or is 10^9 or more in size. */
export function parseMoney(text: string): bigint | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const fraction = match[3] ?? match[4] ?? '';
  const digits = BigInt((match[2] ?? '') + fraction);
  const size = divideHalfAwayFromZero(digits * SCALE, 10n ** BigInt(fraction.length));
  if (size >= TOO_LARGE) return null;
  return match[1] === '-' ? -size : size;
}

/** n / d to the nearest integer, halves away from zero; d is positive. */
export function divideHalfAwayFromZero(n: bigint, d: bigint): bigint {
  const size = n < 0n ? -n : n;
  const rounded = (2n * size + d) / (2n * d);
  return n < 0n ? -rounded : rounded;
}

/** The fraction that a finite double is, exactly: [numerator, positive denominator]. */
export function fractionOf(double: number): [bigint, bigint] {
  let numerator = double;
  let denominator = 1n;
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    denominator *= 2n;
  }
  return [BigInt(numerator), denominator];
}

/** Label of the price band a price lies in, for ascending bounds: `<10`, `10-30`, `30-60`, `60+`. */
export function priceBandOf(price: bigint, bounds: readonly number[]): string {
  const above = bounds.filter((bound) => price >= (parseMoney(String(bound)) ?? 0n)).length;
  if (above === 0) return `<${bounds[0]}`;
  if (above === bounds.length) return `${bounds[above - 1]}+`;
  return `${bounds[above - 1]}-${bounds[above]}`;
}
