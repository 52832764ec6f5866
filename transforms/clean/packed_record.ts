/**
 * A counted event, packed into seven 32-bit words: what deduplication and the measures need, and nothing else.
 *
 *   0..3  hash of the dedup key, 128 bits
 *   4     hash of the rest, 32 bits: what neither the key nor the other words say. With them it tells records of one key apart, so that a repeated record is not counted twice in
 *         the revision
 *   5     price in ten-thousandths, low 32 bits
 *   6     dimension pair (16 bits, in the batch's or set's own dictionary) | price >> 32 (12 bits) | event type (2) | price missing (1) | loser (1)
 *
 * The loser bit is only meaningful inside a record set (transforms/count).
 */

/** Words per record. */
export const RECORD_WORDS = 7;

export const REST = 4;
export const PRICE_LOW = 5;
export const META = 6;

const PRICE_HIGH_SHIFT = 16;
const PRICE_HIGH_MASK = 0xfff;
const TYPE_SHIFT = 28;
export const PRICE_MISSING = 1 << 30;
export const LOSER = 1 << 31;
export const DIMENSION_MASK = 0xffff;

const TWO_32 = 4_294_967_296;

/** The last word of a record. `price` is in ten-thousandths, from 0 to 10^13; NaN means missing. */
export function packMeta(dimension: number, type: number, price: number): number {
  if (Number.isNaN(price)) return dimension | (type << TYPE_SHIFT) | PRICE_MISSING;
  return dimension | (Math.floor(price / TWO_32) << PRICE_HIGH_SHIFT) | (type << TYPE_SHIFT);
}

/** Event type code of a record. */
export function typeOf(meta: number): number {
  return (meta >>> TYPE_SHIFT) & 3;
}

/** Price in ten-thousandths; 0 where it is missing. */
export function priceOf(meta: number, low: number): number {
  return ((meta >>> PRICE_HIGH_SHIFT) & PRICE_HIGH_MASK) * TWO_32 + (low >>> 0);
}
