/** Answers a selection of which rows fall together. */
import type { Fields, Selected, Selection } from '../questions/selection';
import type { AnswerField } from './answer_field';
import { type GroupField, groupField } from './group_fields';
import { GroupKeys } from './group_keys';
import type { HeldRows } from './held_rows';
import { Page } from './page';
import { inOrder } from './partition_order';
import { rolledUp } from './rollups';
import { RowFilters } from './row_filters';
import { rowNumbers } from './row_numbers';
import {
  answerFields,
  hasPlaces,
  hasTotal,
  orderedFields,
  placedRows,
  rowTest,
  shownRows,
} from './selection_answer';

/** @param by columns that rows of a group are equal in */
export function selectGroups<F extends Fields>(
  held: HeldRows,
  selection: Selection<F>,
  by: readonly string[],
): Selected<F>[] {
  const filters = new RowFilters(held, selection.where);
  const columns = by.map((name) => held.columnAt(name));
  const needsAll = hasPlaces(selection) || hasTotal(selection) || (selection.only ?? []).length > 0;
  const { partitions: found, isOrdered } = inOrder(held, filters.partitions(), selection, needsAll);
  const stops = isOrdered && !needsAll && (selection.order ?? []).length > 0;
  const partitions = rolledUp(held, found, filters, columns, selection.fields);
  const groups = new GroupKeys(held, partitions, columns);
  const taken: GroupField[] = [];
  const fields = answerFields(selection, (field): AnswerField => {
    if (field.take === 'value' && !by.includes(field.from))
      throw new Error(`rows of a group differ in their ${field.from}`);
    const made = groupField(held, partitions, groups, field);
    taken.push(made);
    return made.field;
  });
  const { after = null, most = Number.POSITIVE_INFINITY } = selection;
  // Of partitions in order, groups are whole when theirs is done, and those of all but the first are behind the page before.
  let enough = stops && after === null ? most : Number.POSITIVE_INFINITY;
  for (let part = 0; part < partitions.length && groups.count < enough; part++) {
    const count = filters.select(partitions[part]);
    if (count > 0) addRows(groups, taken, part, filters.rows, count);
    if (part === 0 && stops) enough = after === null ? most : most + groups.count;
  }
  if (hasPlaces(selection))
    return placedRows(selection, fields, (page) => page.offer(0, rowNumbers(groups.count), groups.count));
  const page = new Page(orderedFields(selection, fields), after, most);
  const passing = passingGroups(selection, fields, groups.count);
  page.offer(0, passing, passing.length);
  page.cut();
  return shownRows(selection, fields, page, passing.length);
}

function addRows(
  groups: GroupKeys,
  taken: readonly GroupField[],
  part: number,
  rows: Int32Array,
  count: number,
): void {
  const group = groups.assign(part, rows, count);
  const grouped = { part, rows, count, group, groups: groups.groups };
  for (const { add } of taken) add?.(grouped, groups.count);
}

function passingGroups(
  selection: Selection,
  fields: ReadonlyMap<string, AnswerField>,
  count: number,
): Int32Array {
  const all = rowNumbers(count).subarray(0, count);
  if ((selection.only ?? []).length === 0) return all;
  const test = rowTest(selection, fields);
  return all.filter((group) => test(0, group, 0));
}
