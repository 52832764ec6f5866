/**
 * Prices as exact decimals: integers of ten-thousandths, straight from bytes. The size limit, 10^9 units, keeps them below 2^44, far inside what a double holds exactly.
 */
import { MONEY_SCALE } from '../../schema/column';

/** Not a price: wrong form, or 10^9 or more in size. */
export const BAD_PRICE = Number.NaN;

const LIMIT = 1e13;
const SCALE = [10_000, 1_000, 100, 10, 1];
const DOT = 46;

/**
 * The decimal in `bytes[start..end)`, already trimmed and not empty, in ten-thousandths, rounded half away from zero; NaN if it isn't one
 * (`[+-]?(\d+(\.\d*)?|\.\d+)`, no exponent) or is 10^9 or larger in size.
 */
export function parsePrice(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  let at = start;
  for (; at < end; at++) {
    const digit = bytes[at] - 48;
    if (digit >>> 0 > 9) break;
    value = value * 10 + digit;
  }
  if (at === end) return end - start <= 9 ? value * 10_000 : parsePlain(bytes, start, end);
  const whole = at - start;
  if (bytes[at] !== DOT || whole === 0 || whole > 9) return parsePlain(bytes, start, end);
  const fraction = end - ++at;
  if (fraction > MONEY_SCALE) return parsePlain(bytes, start, end);
  for (; at < end; at++) {
    const digit = bytes[at] - 48;
    if (digit >>> 0 > 9) return BAD_PRICE;
    value = value * 10 + digit;
  }
  return value * SCALE[fraction];
}

const DECIMAL = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))$/;

/** The same for any length and sign. */
function parsePlain(bytes: Uint8Array, start: number, end: number): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  const match = DECIMAL.exec(text);
  if (!match) return BAD_PRICE;
  const whole = match[2] ?? '';
  const fraction = match[3] ?? match[4] ?? '';
  let scaled = BigInt(whole + fraction.slice(0, MONEY_SCALE).padEnd(MONEY_SCALE, '0'));
  if (fraction.length > MONEY_SCALE && fraction.charCodeAt(MONEY_SCALE) >= 53) scaled += 1n;
  if (scaled >= BigInt(LIMIT)) return BAD_PRICE;
  return match[1] === '-' ? -Number(scaled) : Number(scaled);
}
