/**
 * Rows of a partition that are equal in some columns as one row, with the sums of their counts and amounts. Made when a selection first adds them up, and kept until the partition changes: of most days nothing
 * ever does, so that sums over many days are made of some hundred rows each instead of thousands.
 */
import type { Field, Fields } from '../questions/selection';
import { ExactSums } from './exact_sums';
import { GroupKeys } from './group_keys';
import type { HeldRows } from './held_rows';
import { isSafe, MoneyColumn } from './money_column';
import { NumberColumn } from './number_column';
import { type HeldColumn, Partition } from './partition';
import type { RowFilters } from './row_filters';
import { rowNumbers } from './row_numbers';
import { CodeColumn } from './text_columns';

/** Rows that a rollup has for each of its partition at most. */
const MOST_ROWS = 0.5;

/** Each partition, or a rollup of it of which the same answer is made. @param by places of columns */
export function rolledUp(
  held: HeldRows,
  partitions: readonly Partition[],
  filters: RowFilters,
  by: readonly number[],
  fields: Fields,
): readonly Partition[] {
  const within = by.filter((at) => at !== held.dayColumn);
  const isOfSums = Object.values(fields).every((field) => isKept(held, field));
  if (!isOfSums || !within.every((at) => isKey(held, at))) return partitions;
  return partitions.map((partition) => {
    const filtered = filters.columnsLookedAt(partition);
    if (!filtered.every((at) => held.dictionaries[at] !== null)) return partition;
    const columns = [...new Set([...within, ...filtered])].sort((a, b) => a - b);
    const key = columns.join();
    let rollup = partition.rollups.get(key);
    if (rollup === undefined) {
      rollup = rollupOf(held, partition, columns);
      partition.rollups.set(key, rollup);
    }
    return rollup ?? partition;
  });
}

/** Whether what is taken of rows can as well be taken of their sums. */
function isKept(held: HeldRows, { take, from }: Field): boolean {
  if (take === 'rows' || take === 'missing') return false;
  if (take === 'least' || take === 'most') return held.columnAt(from) === held.dayColumn;
  return take !== 'sum' || isSummed(held, held.columnAt(from));
}

function isKey(held: HeldRows, at: number): boolean {
  return held.dictionaries[at] !== null || held.columnOf(at).type === 'timestamp';
}

function isSummed(held: HeldRows, at: number): boolean {
  const { type } = held.columnOf(at);
  return type === 'int64' || type === 'money';
}

/** Null where there would be too many rows, or a sum that is not exact. */
function rollupOf(held: HeldRows, partition: Partition, by: readonly number[]): Partition | null {
  const { rows, columns } = partition;
  const keys = new GroupKeys(held, [partition], by);
  const all = rowNumbers(rows);
  const group = keys.assign(0, all, rows);
  const { count, firstRows } = keys;
  if (count > rows * MOST_ROWS) return null;
  const made = columns.map((column, at): HeldColumn | null => {
    if (column === null) return null;
    if (by.includes(at)) return firstOf(column, firstRows, count);
    if (!isSummed(held, at) || (column.kind !== 'number' && column.kind !== 'money')) return null;
    if (!isSafe(column.largest * rows)) return null;
    const sums = new ExactSums();
    sums.reserve(count);
    if (group < 0) sums.add(keys.groups, column, all, rows);
    else sums.addTo(group, column, all, rows);
    const values = Float64Array.from({ length: count }, (_, i) => sums.nearest(i));
    return numbersOf(column.kind, values);
  });
  const isWhole = made.every((column, at) => column !== null || columns[at] === null || !isSummed(held, at));
  return isWhole ? new Partition(partition.day, made, count) : null;
}

function firstOf(column: HeldColumn, rows: Int32Array, count: number): HeldColumn | null {
  if (column.kind === 'codes') {
    const codes = new CodeColumn(column.dictionary);
    codes.codes = rows.subarray(0, count).map((row) => column.codes[row]);
    return codes;
  }
  if (column.kind !== 'number') return null;
  const { least, most, isHours, hasOthers, nulls } = column;
  const values = Float64Array.from(rows.subarray(0, count), (row) => column.values[row]);
  const firsts = Object.assign(new NumberColumn(), { values, least, most, isHours, hasOthers });
  firsts.nulls =
    nulls &&
    rows.subarray(0, count).reduce((to, row, i) => {
      to[i] = nulls[row];
      return to;
    }, new Uint8Array(count));
  return firsts;
}

/** Safe integers, of which none is null. */
function numbersOf(kind: 'number' | 'money', values: Float64Array): HeldColumn {
  const column = kind === 'money' ? new MoneyColumn() : new NumberColumn();
  column.values = values;
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (column.kind === 'money') column.largest = Math.max(-least, most);
  else Object.assign(column, { least, most });
  return column;
}
