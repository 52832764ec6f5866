/** A column's own value, as a field of rows of the table. */
import type { Column } from '../../schema/column';
import { type AnswerField, answerOf } from './answer_field';
import type { HeldRows } from './held_rows';
import type { Partition } from './partition';

/** @param partitions those whose rows are asked for */
export function rowField(held: HeldRows, partitions: readonly Partition[], at: number): AnswerField {
  const { type }: Column = held.columnOf(at);
  const dictionary = held.dictionaries[at];
  if (at === held.dayColumn)
    return {
      type,
      dictionary,
      valueAt: (part) => partitions[part].dayText,
      keys: (part, _rows, count, sign, keys) => {
        const { day } = partitions[part];
        keys.fill(day === null ? Number.POSITIVE_INFINITY : sign * day, 0, count);
      },
    };
  return {
    type,
    dictionary,
    valueAt: (part, row) => {
      const value = partitions[part].columns[at]?.valueAt(row);
      return typeof value === 'number' ? answerOf(type, value) : value;
    },
    keys: (part, rows, count, sign, keys) => {
      const column = partitions[part].columns[at];
      if (column?.kind === 'codes') textKeys(column.codes, dictionary?.ranks(), rows, count, sign, keys);
      else if (column?.kind === 'number' || column?.kind === 'money')
        numberKeys(column, rows, count, sign, keys);
      else throw new Error(`rows are in no order by ${held.names[at]}`);
    },
  };
}

function numberKeys(
  { values, nulls }: { readonly values: Float64Array; readonly nulls: Uint8Array | null },
  rows: Int32Array,
  count: number,
  sign: number,
  keys: Float64Array,
): void {
  for (let i = 0; i < count; i++) keys[i] = sign * values[rows[i]];
  if (nulls === null) return;
  for (let i = 0; i < count; i++) if (nulls[rows[i]] === 1) keys[i] = Number.POSITIVE_INFINITY;
}

function textKeys(
  codes: Int32Array,
  ranks: Int32Array = new Int32Array(0),
  rows: Int32Array,
  count: number,
  sign: number,
  keys: Float64Array,
): void {
  for (let i = 0; i < count; i++) {
    const code = codes[rows[i]];
    keys[i] = code < 0 ? Number.POSITIVE_INFINITY : sign * ranks[code];
  }
}
