/** Where the next page begins, as a text that means nothing to who gets it: the range that was asked for and the last row's place in the order. Whatever comes back as one is checked like any parameter. */
import { isDay } from '../../schema/column';
import { FIRST_TIME } from '../../schema/events';
import type { Order, Position } from '../questions/selection';
import type { TimeRange } from '../questions/time_range';
import { END } from './parameters';
import { Refusal } from './refusal';

export interface Place {
  readonly range: TimeRange | null;
  readonly position: Position;
}

export function cursorOf({ range, position }: Place): string {
  const values = position.map((value) => (typeof value === 'bigint' ? String(value) : value));
  const span = range === null ? null : [range.from, range.to];
  return Buffer.from(JSON.stringify([span, ...values])).toString('base64url');
}

/** @throws {Refusal} for what is no cursor of such an order */
export function placeOf(cursor: string, order: readonly Order[]): Place {
  const [span, ...values] = partsOf(cursor);
  if (values.length !== order.length) throw wrong();
  return { range: rangeOf(span), position: order.map((column, i) => partOf(column, values[i])) };
}

function partsOf(cursor: string): unknown[] {
  try {
    const bytes = Buffer.from(cursor, 'base64url');
    const parts: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (Array.isArray(parts)) return parts;
  } catch {
    // What can't be read is no cursor, whyever.
  }
  throw wrong();
}

function rangeOf(span: unknown): TimeRange | null {
  if (span === null) return null;
  if (!Array.isArray(span) || span.length !== 2 || !span.every(isTime) || span[0] >= span[1]) throw wrong();
  return { from: span[0], to: span[1] };
}

function partOf({ type }: Order, value: unknown): Position[number] {
  if (value === null) return null;
  if (type === 'timestamp' && isTime(value)) return value;
  if (type === 'int64' && Number.isSafeInteger(value)) return value as number;
  if (typeof value === 'string') {
    if (type === 'text' && !/\p{Surrogate}/u.test(value)) return value;
    if (type === 'date' && isDay(value) && isTime(Date.parse(value))) return value;
    if (type === 'money' && /^-?\d{1,30}$/.test(value)) return BigInt(value);
  }
  throw wrong();
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= FIRST_TIME && (value as number) <= END;
}

function wrong(): Refusal {
  return new Refusal('bad_request', 'cursor: not one of this question. Give next of an answer as it came');
}
