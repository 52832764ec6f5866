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
  /**
   * For each row a number by which rows are in the field's order, infinite for those without a value. Amounts that are no safe integers may share one.
   * @param sign -1 for the descending order
   */
  readonly keys: (part: number, rows: Int32Array, count: number, sign: 1 | -1, keys: Float64Array) => void;
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

/** Null in every row. */
export function nullField(type: ColumnType): AnswerField {
  return {
    type,
    dictionary: null,
    valueAt: () => null,
    keys: (_part, _rows, count, _sign, keys) => keys.fill(Number.POSITIVE_INFINITY, 0, count),
  };
}
