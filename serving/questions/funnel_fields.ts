/** The funnel's counts as fields of answers. Stores add up; rates are made of the sums in code, so that they are the same from every store. */
import { goldFunnelHourlyBrand } from '../../schema/tables';
import { columnsOf, type Selected, sumOf } from './selection';

/** Of one row of a table. */
export const FUNNEL_VALUES = columnsOf(goldFunnelHourlyBrand, [
  'views',
  'carts',
  'removals',
  'purchases',
  'revenue',
]);

/** Over rows that fall together. */
export const FUNNEL_SUMS = {
  views: sumOf('views', 'int64', 'Product views'),
  carts: sumOf('carts', 'int64', 'Additions to a cart'),
  removals: sumOf('removals', 'int64', 'Removals from a cart'),
  purchases: sumOf('purchases', 'int64', 'Purchased items'),
  revenue: sumOf('revenue', 'money', 'Sum of the prices of purchases'),
};

export type Funnel = Selected<typeof FUNNEL_SUMS>;
