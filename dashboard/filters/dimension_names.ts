/** What people call the dimensions. */
import type { Dimension } from '../location';

export const DIMENSION_NAMES: Readonly<Record<Dimension, string>> = {
  shop: 'whole shop',
  brand: 'brand',
  category: 'category',
  price_band: 'price band',
};
