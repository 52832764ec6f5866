/** The order in which the partitions of a table are gone through, so that the first rows of an answer come first. */
import type { Selection } from '../questions/selection';
import { comparedGiven } from './conditions';
import type { HeldRows } from './held_rows';
import type { NumberColumn } from './number_column';
import type { Partition } from './partition';

export interface OrderedPartitions {
  readonly partitions: readonly Partition[];
  /** Whether in the order asked for all rows of a partition are in front of all of the next, or any order will do. */
  readonly isOrdered: boolean;
}

/**
 * @param partitions by day, the one without last
 * @param needsAll whether rows in front of the page asked for count as well
 */
export function inOrder(
  held: HeldRows,
  partitions: readonly Partition[],
  { order = [], fields, after = null }: Selection,
  needsAll: boolean,
): OrderedPartitions {
  if (order.length === 0) return { partitions, isOrdered: true };
  const { field, descending } = order[0];
  const first = fields[field];
  if (first?.take !== 'value') return { partitions, isOrdered: false };
  const at = held.columnAt(first.from);
  const isOrdered = at === held.dayColumn || isByDay(partitions, at);
  if (!isOrdered) return { partitions, isOrdered };
  const inOrder = descending === true ? reversed(partitions) : partitions;
  if (after === null || needsAll) return { partitions: inOrder, isOrdered };
  const position = after[0] === null ? null : Number(comparedGiven(first.column.type, after[0]));
  return {
    partitions: inOrder.filter((each) => !isBefore(each, at, position, descending === true)),
    isOrdered,
  };
}

/** Whether all rows of a partition are in front of a position. */
function isBefore(
  { day, columns }: Partition,
  at: number,
  position: number | null,
  descending: boolean,
): boolean {
  if (day === null) return false;
  if (position === null) return true;
  const column = columns[at];
  const [least, most] = column?.kind === 'number' ? [column.least, column.most] : [day, day];
  return descending ? least > position : most < position;
}

/** Whether times follow one another as the days of the partitions do, and only what has no day has no time. */
function isByDay(partitions: readonly Partition[], at: number): boolean {
  let before = Number.NEGATIVE_INFINITY;
  for (const { columns, day } of partitions) {
    const column = columns[at];
    if (column?.kind !== 'number') return false;
    if (!hasTimes(column, day)) return false;
    if (day === null) continue;
    if (column.least <= before) return false;
    before = column.most;
  }
  return partitions.length > 0;
}

function hasTimes({ nulls, least, most }: NumberColumn, day: number | null): boolean {
  return day === null ? least > most : nulls === null;
}

/** The one without a day stays the last, as nulls do. */
function reversed(partitions: readonly Partition[]): Partition[] {
  const dated = partitions.filter(({ day }) => day !== null).reverse();
  return [...dated, ...partitions.filter(({ day }) => day === null)];
}
