/** What the filters of a selection ask of one value. */
import { type ColumnType, moneyOf } from '../../schema/column';
import type { Filter, FilterValue } from '../questions/selection';
import { dayNumber } from './days';
import { compareTexts } from './text_order';

/** A value as it is compared: texts as such, days since 1970, amounts in ten-thousandths, all others as numbers. */
export type Compared = string | number | bigint;

export type Condition =
  | { readonly is: 'atLeast' | 'below' | 'atMost' | 'except'; readonly value: Compared }
  | { readonly is: 'among'; readonly values: ReadonlySet<Compared> }
  | { readonly is: 'beginning'; readonly text: string };

/** All of these must be met, none by what is null. */
export function conditionsOf(filter: Filter, type: ColumnType): Condition[] {
  const given = (value: FilterValue): Compared => comparedGiven(type, value);
  if ('among' in filter) return [{ is: 'among', values: new Set(filter.among.map(given)) }];
  if ('except' in filter) return [{ is: 'except', value: given(filter.except) }];
  if ('begins' in filter) return [{ is: 'beginning', text: String(given(filter.begins)) }];
  const { from, below, until } = filter;
  const bounds: Condition[] = [];
  if (from !== undefined) bounds.push({ is: 'atLeast', value: given(from) });
  if (below !== undefined) bounds.push({ is: 'below', value: given(below) });
  if (until !== undefined) bounds.push({ is: 'atMost', value: given(until) });
  return bounds;
}

export function meets(condition: Condition, value: Compared): boolean {
  if (condition.is === 'among') return condition.values.has(value);
  if (condition.is === 'beginning') return String(value).startsWith(condition.text);
  if (condition.is === 'except') return value !== condition.value;
  const order = compare(value, condition.value);
  if (condition.is === 'atLeast') return order >= 0;
  return condition.is === 'below' ? order < 0 : order <= 0;
}

/** A value of an answer as it is compared. */
export function comparedAnswer(type: ColumnType, value: unknown): Compared {
  if (type === 'date') return dayNumber(value as string);
  return type === 'boolean' ? Number(value) : (value as Compared);
}

/** Texts come as stores are handed them, whole. */
export function comparedGiven(type: ColumnType, value: string | number | bigint): Compared {
  if (type === 'text' || type === 'json') return wellFormed(String(value));
  if (type === 'date') return dayNumber(String(value));
  if (type !== 'money') return Number(value);
  return typeof value === 'bigint' ? value : moneyOf(String(value));
}

/** Halves of surrogate pairs have no bytes: they become the replacement character. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** NaN is more than any number. */
function compare(a: Compared, b: Compared): number {
  if (typeof a === 'string') return compareTexts(a, b as string);
  if (a < (b as number | bigint)) return -1;
  return a === b ? 0 : 1;
}
