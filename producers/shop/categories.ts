import type { Product } from './product';
import { WITH_CATEGORY_CODE } from './profile';
import type { Random } from './random';

const CATEGORIES = 480;
/** Invented category codes; the first ones are the most frequent. Most categories have none. */
const CATEGORY_CODES = [
  'tools.nails.lamp',
  'care.hair.dryer',
  'accessories.bag',
  'furniture.salon.chair',
  'tools.hair.clipper',
  'textile.towel',
  'accessories.case',
  'stationery.labels',
  'care.skin.device',
  'furniture.salon.shelf',
  'textile.glove',
  'fragrance.room.diffuser',
];
/** Slots of a product that may have a code; a best-seller would make the share of rows with a code jump. */
const MOST_SLOTS = 60;

/**
 * Gives every product a category id of 19 digits, and products with the wanted share of the rows a category with a code.
 * @param slots how popular each product is
 */
export function assignCategories(products: readonly Product[], slots: Uint32Array, random: Random): void {
  const ids = Array.from({ length: CATEGORIES + CATEGORY_CODES.length }, () => `16${digits(17, random)}`);
  let all = 0;
  for (const count of slots) all += count;
  let left = Math.floor((all * WITH_CATEGORY_CODE) / 10_000);
  for (const index of random.shuffle(products.map((_, i) => i))) {
    const product = products[index];
    if (left > 0 && slots[index] <= MOST_SLOTS) {
      left -= slots[index];
      const code = Math.min(random.below(CATEGORY_CODES.length), random.below(CATEGORY_CODES.length));
      product.category = ids[CATEGORIES + code];
      product.code = CATEGORY_CODES[code];
    } else {
      product.category = ids[random.below(CATEGORIES)];
    }
  }
}

function digits(count: number, random: Random): string {
  return Array.from({ length: count }, () => random.below(10)).join('');
}
