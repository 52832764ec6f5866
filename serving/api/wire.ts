/** Values as answers have them: times in ISO 8601 with Z, money as a decimal with four digits, rates made of the counts. */

import { z } from '@hono/zod-openapi';
import { moneyDecimal } from '../../schema/column';
import { LAST_TIME } from '../../schema/events';
import { conversionOf, type Funnel, rate } from '../questions/funnel';

/** Milliseconds since 1970 → `2019-10-01T00:00:00Z`, with milliseconds where there are any. What ends with the year 9999 ends a millisecond earlier: a year has four digits. */
export function timeText(time: number): string {
  return new Date(Math.min(time, LAST_TIME)).toISOString().replace('.000Z', 'Z');
}

/** As {@link timeText}; null stays. */
export function timeTextOrNull(time: number | null): string | null {
  return time === null ? null : timeText(time);
}

export const day = () => z.string().openapi({ format: 'date', example: '2019-10-01' });
export const time = () => z.string().openapi({ format: 'date-time', example: '2019-10-01T05:00:00Z' });
export const money = () => z.string().openapi({ pattern: '^-?\\d+\\.\\d{4}$', example: '968.7400' });
export const count = () => z.number().int();

/** The funnel's measures in an answer. */
export const funnelFields = {
  views: count().describe('Product views'),
  carts: count().describe('Additions to a cart'),
  removals: count().describe('Removals from a cart'),
  purchases: count().describe('Purchased items'),
  revenue: money().describe('Sum of the prices of purchases, exact'),
  view_to_cart_rate: z.number().nullable().describe('carts / views; null without views'),
  cart_to_purchase_rate: z.number().nullable().describe('purchases / carts; null without carts'),
  conversion_rate: z.number().nullable().describe('purchases / views; null without views'),
};

export function funnelOnWire(funnel: Funnel) {
  const { views, carts, removals, purchases } = funnel;
  return {
    views,
    carts,
    removals,
    purchases,
    revenue: moneyDecimal(funnel.revenue),
    view_to_cart_rate: rate(carts, views),
    cart_to_purchase_rate: rate(purchases, carts),
    conversion_rate: conversionOf(funnel),
  };
}
