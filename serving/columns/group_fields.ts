/** What is taken of the rows of each group. */
import type { ColumnType } from '../../schema/column';
import type { Field } from '../questions/selection';
import { type AnswerField, nullField, type Span, valuesOneByOne } from './answer_field';
import { ExactSums, spanOf } from './exact_sums';
import { ExtremeRows } from './extreme_rows';
import type { GroupKeys } from './group_keys';
import type { HeldRows } from './held_rows';
import { grown } from './number_column';
import type { HeldColumn, Partition } from './partition';
import { rowField } from './row_field';

/** Rows of a partition, and their groups: one, or those of the array where it is -1. */
export interface GroupedRows {
  readonly part: number;
  readonly rows: Int32Array;
  readonly count: number;
  readonly group: number;
  readonly groups: Int32Array;
}

export interface GroupField {
  /** Its rows are groups. */
  readonly field: AnswerField;
  /** Left out where the groups' first rows say all. @param all how many groups there are by now */
  readonly add?: (grouped: GroupedRows, all: number) => void;
}

/** @throws Error for what is not taken of groups, or of no such column */
export function groupField(
  held: HeldRows,
  partitions: readonly Partition[],
  groups: GroupKeys,
  { take, from, column }: Field,
): GroupField {
  const { type } = column;
  if (take === 'nothing') return { field: nullField(type) };
  if (take === 'rows') return countField(type, () => null);
  const at = held.columnAt(from);
  if (take === 'missing') return countField(type, nullsIn(held, partitions, at));
  if (take === 'sum') return sumField(type, (part) => partitions[part].columns[at]);
  const source = rowField(held, partitions, at);
  if (take === 'value')
    return {
      field: fieldOfRows(
        source,
        (group) => groups.firstParts[group],
        (group) => groups.firstRows[group],
      ),
    };
  if (take !== 'least' && take !== 'most') throw new Error(`no group has a ${take}`);
  const extremes = new ExtremeRows(source, take === 'least' ? 1 : -1);
  return {
    field: fieldOfRows(
      source,
      (group) => extremes.parts[group],
      (group) => extremes.rows[group],
    ),
    add: (grouped, all) => extremes.add(grouped, all),
  };
}

/** A field of a row of each group; null for a row of -1. */
function fieldOfRows(
  source: AnswerField,
  partOf: (group: number) => number,
  rowOf: (group: number) => number,
): AnswerField {
  const valueAt = (_part: number, group: number): unknown =>
    rowOf(group) < 0 ? null : source.valueAt(partOf(group), rowOf(group));
  const row = new Int32Array(1);
  const key = new Float64Array(1);
  return {
    type: source.type,
    dictionary: source.dictionary,
    valueAt,
    values: valuesOneByOne(valueAt),
    span: source.span,
    keys: (_part, groups, count, sign, keys) => {
      for (let i = 0; i < count; i++) {
        const group = groups[i];
        row[0] = rowOf(group);
        if (row[0] < 0) key[0] = Number.POSITIVE_INFINITY;
        else source.keys(partOf(group), row, 1, sign, key);
        keys[i] = key[0];
      }
    },
  };
}

function sumField(type: ColumnType, columnIn: (part: number) => HeldColumn | null): GroupField {
  const sums = new ExactSums();
  let floats = new Float64Array(0);
  const isExact = type !== 'double';
  return {
    field: numberField(
      type,
      (group) => (isExact ? sums.nearest(group) : floats[group]),
      (group) => sums.exact(group),
      () => (isExact ? sums.span() : null),
    ),
    add: ({ part, rows, count, group, groups }, all) => {
      const column = columnIn(part);
      if (column?.kind !== 'number' && column?.kind !== 'money') throw new Error('a sum of no numbers');
      if (!isExact) {
        floats = grown(floats, all);
        for (let i = 0; i < count; i++) floats[group < 0 ? groups[i] : group] += column.values[rows[i]];
        return;
      }
      sums.reserve(all);
      if (group < 0) sums.add(groups, column, rows, count);
      else sums.addTo(group, column, rows, count);
    },
  };
}

type RowsOfPart = (part: number) => { readonly isCounted: (row: number) => boolean } | null;

/** @param rowsOf which rows of a partition are counted; null for all */
function countField(type: ColumnType, rowsOf: RowsOfPart): GroupField {
  let counts = new Float64Array(0);
  return {
    field: numberField(
      type,
      (group) => counts[group],
      null,
      () => spanOf(counts),
    ),
    add: ({ part, rows, count, group, groups }, all) => {
      counts = grown(counts, all);
      const counted = rowsOf(part);
      if (counted === null && group >= 0) counts[group] += count;
      else
        for (let i = 0; i < count; i++)
          if (counted === null || counted.isCounted(rows[i])) counts[group < 0 ? groups[i] : group]++;
    },
  };
}

function nullsIn(held: HeldRows, partitions: readonly Partition[], at: number): RowsOfPart {
  return (part) => {
    const { columns, day } = partitions[part];
    const column = columns[at];
    if (column === null) return at === held.dayColumn && day === null ? null : { isCounted: () => false };
    if (column.kind === 'plain') return { isCounted: (row) => column.valueAt(row) === null };
    if (column.kind === 'codes') return { isCounted: (row) => column.codes[row] < 0 };
    const { nulls } = column;
    return { isCounted: (row) => nulls !== null && nulls[row] === 1 };
  };
}

/** A number of each group. @param amountOf as exact amounts, where it is one @param span what the numbers are among */
function numberField(
  type: ColumnType,
  numberOf: (group: number) => number,
  amountOf: ((group: number) => bigint) | null,
  span: () => Span | null,
): AnswerField {
  const valueAt = (_part: number, group: number): unknown =>
    type === 'money' && amountOf !== null ? amountOf(group) : numberOf(group);
  return {
    ...{ type, dictionary: null, valueAt, span },
    values: valuesOneByOne(valueAt),
    keys: (_part, groups, count, sign, keys) => {
      for (let i = 0; i < count; i++) keys[i] = sign * numberOf(groups[i]);
    },
  };
}
