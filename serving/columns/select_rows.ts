/** Answers a selection of which each row of the table is a row by itself. */
import type { Field, Fields, Filter, Selected, Selection } from '../questions/selection';
import { type AnswerField, nullField } from './answer_field';
import type { HeldRows } from './held_rows';
import { Page } from './page';
import type { Partition } from './partition';
import { inOrder } from './partition_order';
import { rowField } from './row_field';
import { RowFilters } from './row_filters';
import {
  type AnswerFields,
  answerFields,
  hasPlaces,
  hasTotal,
  orderedFields,
  placedRows,
  shownRows,
} from './selection_answer';

export function selectRows<F extends Fields>(held: HeldRows, selection: Selection<F>): Selected<F>[] {
  const isPlaced = hasPlaces(selection);
  // Before places are given, what an answer's rows must pass is what the table's must.
  const only = isPlaced ? [] : sourceFilters(selection);
  const filters = new RowFilters(held, [...selection.where, ...(only ?? [])]);
  const found = only === null ? [] : filters.partitions();
  const { partitions, isOrdered } = inOrder(held, found, selection, isPlaced || hasTotal(selection));
  const fields = answerFields(selection, (field) => fieldOf(held, partitions, field));
  if (isPlaced) return placedRows(selection, fields, (page) => offerAll(page, partitions, filters, false));
  return pageOf(selection, fields, partitions, filters, isOrdered);
}

function pageOf<F extends Fields>(
  selection: Selection<F>,
  fields: AnswerFields,
  partitions: readonly Partition[],
  filters: RowFilters,
  isOrdered: boolean,
): Selected<F>[] {
  const { after = null, most = Number.POSITIVE_INFINITY } = selection;
  const page = new Page(orderedFields(selection, fields), after, most);
  const total = offerAll(page, partitions, filters, isOrdered && !hasTotal(selection));
  page.cut();
  return shownRows(selection, fields, page, total);
}

/** How many rows pass. @param stops whether no partition behind one that fills the page has a row of it */
function offerAll(page: Page, partitions: readonly Partition[], filters: RowFilters, stops: boolean): number {
  let total = 0;
  for (let part = 0; part < partitions.length && !(stops && page.isFull); part++) {
    const count = filters.select(partitions[part]);
    page.offer(part, filters.rows, count);
    total += count;
  }
  return total;
}

function fieldOf(
  held: HeldRows,
  partitions: readonly Partition[],
  { take, from, column }: Field,
): AnswerField {
  if (take === 'nothing') return nullField(column.type);
  if (take !== 'value') throw new Error(`a row by itself has no ${take}`);
  return rowField(held, partitions, held.columnAt(from));
}

/** What is asked of an answer's rows as filters of the table's; null where none can pass. */
function sourceFilters({ fields, only = [] }: Selection): Filter[] | null {
  const filters: Filter[] = [];
  for (const filter of only) {
    const field: Field | undefined = fields[filter.column];
    if (field?.take === 'nothing') return null;
    if (field?.take !== 'value') throw new Error(`no row of the answer has a ${filter.column}`);
    filters.push({ ...filter, column: field.from });
  }
  return filters;
}
