/** Conditions put to many rows at once: each goes through the values of one column. */
import { type Condition, meets } from './conditions';
import { isSafe, type MoneyColumn } from './money_column';
import type { NumberColumn } from './number_column';
import type { PlainColumn } from './text_columns';

/** Keeps of the first so many rows those with a value that meets a condition, in their order, and says how many. */
export function withNumbers(
  column: NumberColumn | MoneyColumn,
  condition: Condition,
  rows: Int32Array,
  all: number,
): number {
  const { values } = column;
  const count = withValues(column.nulls, rows, all);
  let kept = 0;
  if (condition.is === 'among' || condition.is === 'beginning') {
    for (let i = 0; i < count; i++) if (meets(condition, values[rows[i]])) rows[kept++] = rows[i];
    return kept;
  }
  const value = Number(condition.value);
  // What is no number is more than any.
  if (condition.is === 'atLeast')
    for (let i = 0; i < count; i++) rows[values[rows[i]] < value ? kept : kept++] = rows[i];
  else if (condition.is === 'below')
    for (let i = 0; i < count; i++) rows[values[rows[i]] < value ? kept++ : kept] = rows[i];
  else if (condition.is === 'atMost')
    for (let i = 0; i < count; i++) rows[values[rows[i]] <= value ? kept++ : kept] = rows[i];
  else for (let i = 0; i < count; i++) rows[values[rows[i]] === value ? kept : kept++] = rows[i];
  return kept;
}

/** The same of amounts. */
export function withAmounts(
  column: MoneyColumn,
  condition: Condition,
  rows: Int32Array,
  all: number,
): number {
  if ('value' in condition && isSafe(Number(condition.value)))
    return withNumbers(column, condition, rows, all);
  const count = withValues(column.nulls, rows, all);
  let kept = 0;
  for (let i = 0; i < count; i++) if (meets(condition, column.amountAt(rows[i]))) rows[kept++] = rows[i];
  return kept;
}

/** The same of texts without codes. */
export function withPlain(
  column: PlainColumn,
  condition: Condition,
  rows: Int32Array,
  count: number,
): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const text = column.valueAt(rows[i]);
    if (text !== null && meets(condition, text)) rows[kept++] = rows[i];
  }
  return kept;
}

function withValues(nulls: Uint8Array | null, rows: Int32Array, count: number): number {
  if (nulls === null) return count;
  let kept = 0;
  for (let i = 0; i < count; i++) if (nulls[rows[i]] === 0) rows[kept++] = rows[i];
  return kept;
}

/** The same of texts that have a code. @param isAll whether all rows of the partition are asked, whose numbers need not be there yet */
export function withCode(
  codes: Int32Array,
  code: number,
  rows: Int32Array,
  count: number,
  isAll: boolean,
): number {
  let kept = 0;
  if (isAll) for (let row = 0; row < count; row++) rows[codes[row] === code ? kept++ : kept] = row;
  else for (let i = 0; i < count; i++) rows[codes[rows[i]] === code ? kept++ : kept] = rows[i];
  return kept;
}

/** The same of texts with one of several codes. @param passing by the code and one more, 1 for what is kept */
export function withCodes(
  codes: Int32Array,
  passing: Uint8Array,
  rows: Int32Array,
  count: number,
  isAll: boolean,
): number {
  let kept = 0;
  if (isAll) for (let row = 0; row < count; row++) rows[passing[codes[row] + 1] === 1 ? kept++ : kept] = row;
  else for (let i = 0; i < count; i++) rows[passing[codes[rows[i]] + 1] === 1 ? kept++ : kept] = rows[i];
  return kept;
}
