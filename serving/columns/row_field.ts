/** A column's own value, as a field of rows of the table. */
import type { ColumnType } from '../../schema/column';
import { HOUR_MS } from '../../schema/events';
import { type AnswerField, answerOf, type Span, valuesOneByOne } from './answer_field';
import type { Dictionary } from './dictionary';
import type { HeldRows } from './held_rows';
import { isSafe, type MoneyColumn } from './money_column';
import type { NumberColumn } from './number_column';
import type { HeldColumn, Partition } from './partition';
import type { CodeColumn } from './text_columns';

/** @param partitions those whose rows are asked for */
export function rowField(held: HeldRows, partitions: readonly Partition[], at: number): AnswerField {
  const { type } = held.columnOf(at);
  if (at === held.dayColumn) return dayField(partitions);
  const dictionary = held.dictionaries[at];
  const columns = partitions.map((partition) => partition.columns[at]);
  if (dictionary !== null) return textField(columns as CodeColumn[], dictionary);
  if (type !== 'json') return numberField(type, columns as NumberColumn[]);
  const valueAt = (part: number, row: number): unknown => columns[part]?.valueAt(row);
  return {
    ...{ type, dictionary, valueAt, span: () => null },
    values: valuesOneByOne(valueAt),
    keys: () => {
      throw new Error(`rows are in no order by ${held.names[at]}`);
    },
  };
}

/** The column that the table is partitioned by. */
function dayField(partitions: readonly Partition[]): AnswerField {
  return {
    type: 'date',
    dictionary: null,
    valueAt: (part) => partitions[part].dayText,
    values: (parts, _rows, count) => Array.from({ length: count }, (_, i) => partitions[parts[i]].dayText),
    keys: (part, _rows, count, sign, keys) => {
      const { day } = partitions[part];
      keys.fill(day === null ? Number.POSITIVE_INFINITY : sign * day, 0, count);
    },
    span: () => {
      const days = partitions.flatMap(({ day }) => (day === null ? [] : [day]));
      return { least: Math.min(...days), most: Math.max(...days), unit: 1 };
    },
  };
}

function textField(columns: readonly CodeColumn[], dictionary: Dictionary): AnswerField {
  const valueAt = (part: number, row: number): string | null => dictionary.textOf(columns[part].codes[row]);
  return {
    ...{ type: 'text', dictionary, valueAt },
    values: (parts, rows, count) => {
      const values: (string | null)[] = [];
      for (let i = 0; i < count; i++) values.push(valueAt(parts[i], rows[i]));
      return values;
    },
    keys: (part, rows, count, sign, keys) => {
      const { codes } = columns[part];
      const ranks = dictionary.ranks();
      for (let i = 0; i < count; i++) {
        const code = codes[rows[i]];
        keys[i] = code < 0 ? Number.POSITIVE_INFINITY : sign * ranks[code];
      }
    },
    span: () => ({ least: 0, most: dictionary.size - 1, unit: 1 }),
  };
}

function numberField(type: ColumnType, columns: readonly (NumberColumn | MoneyColumn)[]): AnswerField {
  const valueAt = (part: number, row: number): unknown => {
    const value = columns[part].valueAt(row);
    return typeof value === 'number' ? answerOf(type, value) : value;
  };
  return {
    ...{ type, dictionary: null, valueAt },
    values:
      type === 'date' || type === 'boolean'
        ? valuesOneByOne(valueAt)
        : (parts, rows, count) => valuesIn<number | bigint>(columns, parts, rows, count),
    keys: (part, rows, count, sign, keys) => numberKeys(columns[part], rows, count, sign, keys),
    span: () => (type === 'double' ? null : spanOf(columns)),
  };
}

/** A loop over the columns themselves: the rows of a page are many, and answers are mostly numbers. */
function valuesIn<T>(
  columns: readonly { valueAt(row: number): T | null }[],
  parts: Int32Array,
  rows: Int32Array,
  count: number,
): (T | null)[] {
  const values: (T | null)[] = [];
  for (let i = 0; i < count; i++) values.push(columns[parts[i]].valueAt(rows[i]));
  return values;
}

function spanOf(columns: readonly HeldColumn[]): Span | null {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let unit = HOUR_MS;
  for (const column of columns) {
    if (column.kind === 'number') {
      if (column.hasOthers) return null;
      least = Math.min(least, column.least);
      most = Math.max(most, column.most);
      if (!column.isHours) unit = 1;
    } else if (column.kind === 'money') {
      if (!isSafe(column.largest)) return null;
      least = Math.min(least, -column.largest);
      most = Math.max(most, column.largest);
      unit = 1;
    }
  }
  return { least, most, unit };
}

function numberKeys(
  { values, nulls }: NumberColumn | MoneyColumn,
  rows: Int32Array,
  count: number,
  sign: number,
  keys: Float64Array,
): void {
  for (let i = 0; i < count; i++) keys[i] = sign * values[rows[i]];
  if (nulls === null) return;
  for (let i = 0; i < count; i++) if (nulls[rows[i]] === 1) keys[i] = Number.POSITIVE_INFINITY;
}
