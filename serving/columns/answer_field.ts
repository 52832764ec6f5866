/** A field of the rows of an answer, which are rows of a table or groups of them. */
import type { ColumnType } from '../../schema/column';
import { comparedGiven } from './conditions';
import { dayText } from './days';
import type { Dictionary } from './dictionary';

export interface AnswerField {
  readonly type: ColumnType;
  /** The texts of which {@link AnswerField.keys} gives the ranks; null where it has none. */
  readonly dictionary: Dictionary | null;
  /** As code holds it. @param part the place of the row's partition; groups have none */
  readonly valueAt: (part: number, row: number) => unknown;
  /** Of rows one by one, as code holds them. */
  readonly values: (parts: Int32Array, rows: Int32Array, count: number) => unknown[];
  /**
   * For each row a number by which rows are in the field's order, infinite for those without a value. Amounts that are no safe integers may share one.
   * @param sign -1 for the descending order
   */
  readonly keys: (part: number, rows: Int32Array, count: number, sign: 1 | -1, keys: Float64Array) => void;
  /** What the keys of all rows are among, in ascending order; null where they are not counted. */
  readonly span: () => Span | null;
}

/** Numbers from the least to the most, so far apart; none where the least is more. */
export interface Span {
  readonly least: number;
  readonly most: number;
  readonly unit: number;
}

/** A number as code holds it. */
export function answerOf(type: ColumnType, value: number): number | string | boolean {
  if (type === 'date') return dayText(value);
  return type === 'boolean' ? value === 1 : value;
}

/** What {@link AnswerField.keys} would give for a value, in ascending order. */
export function keyOfValue({ type, dictionary }: AnswerField, value: string | number | bigint): number {
  const compared = comparedGiven(type, value);
  return typeof compared === 'string' ? (dictionary?.rankOf(compared) ?? 0) : Number(compared);
}

/** The values of rows, each by itself. */
export function valuesOneByOne(valueAt: AnswerField['valueAt']): AnswerField['values'] {
  return (parts, rows, count) => Array.from({ length: count }, (_, i) => valueAt(parts[i], rows[i]));
}

/** Null in every row. */
export function nullField(type: ColumnType): AnswerField {
  return {
    type,
    dictionary: null,
    valueAt: () => null,
    values: (_parts, _rows, count) => new Array(count).fill(null),
    keys: (_part, _rows, count, _sign, keys) => keys.fill(Number.POSITIVE_INFINITY, 0, count),
    span: () => ({ least: 0, most: -1, unit: 1 }),
  };
}
