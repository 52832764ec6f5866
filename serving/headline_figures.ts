/** The numbers one looks at first, for report and dashboard. */
import { countText, moneyNumber, moneyText, percentText } from './numbers';
import { conversionOf, type Funnel } from './questions/funnel';

export interface HeadlineFigure {
  readonly name: string;
  /** What changes are computed of; null where there is nothing to compare. */
  readonly of: (funnel: Funnel) => number | null;
  readonly text: (funnel: Funnel) => string;
}

export const HEADLINE_FIGURES: readonly HeadlineFigure[] = [
  { name: 'Revenue', of: ({ revenue }) => moneyNumber(revenue), text: ({ revenue }) => moneyText(revenue) },
  { name: 'Purchases', of: ({ purchases }) => purchases, text: ({ purchases }) => countText(purchases) },
  { name: 'Views', of: ({ views }) => views, text: ({ views }) => countText(views) },
  { name: 'Carts', of: ({ carts }) => carts, text: ({ carts }) => countText(carts) },
  { name: 'Conversion', of: conversionOf, text: (funnel) => percentText(conversionOf(funnel)) },
];
