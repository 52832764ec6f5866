/** The page of an answer that a selection asks for, of rows or groups that have been found. */
import type { Fields, Filter, Selected, Selection } from '../questions/selection';
import { type AnswerField, nullField } from './answer_field';
import { comparedAnswer, conditionsOf, meets } from './conditions';
import type { OrderedField } from './order_keys';
import { Page } from './page';

/** Fields of an answer that are of its rows, by name. */
export type AnswerFields = ReadonlyMap<string, AnswerField>;

/** Makes each of a selection's fields, but for places and totals. */
export function answerFields<F extends Fields>(
  { fields }: Selection<F>,
  fieldOf: (field: Fields[string]) => AnswerField,
): AnswerFields {
  return new Map(
    Object.entries(fields)
      .filter(([, { take }]) => take !== 'place' && take !== 'total')
      .map(([name, field]) => [name, fieldOf(field)]),
  );
}

/** @throws Error where the order is by what is no field of the rows */
export function orderedFields({ order = [] }: Selection, fields: AnswerFields): OrderedField[] {
  return order.map(({ field, descending }) => {
    const found = fields.get(field);
    if (found === undefined) throw new Error(`rows are in no order by ${field}`);
    return { field: found, sign: descending === true ? -1 : 1 };
  });
}

/** Whether each row has a place in the answer. */
export function hasPlaces({ fields }: Selection): boolean {
  return Object.values(fields).some(({ take }) => take === 'place');
}

export function hasTotal({ fields }: Selection): boolean {
  return Object.values(fields).some(({ take }) => take === 'total');
}

/** A test of rows of the answer by its fields. @param placeOf where the row stands, from 1 */
export function rowTest(
  selection: Selection,
  fields: AnswerFields,
): (part: number, row: number, place: number) => boolean {
  const tests = (selection.only ?? []).map((filter) => fieldTest(selection, fields, filter));
  return (part, row, place) => tests.every((test) => test(part, row, place));
}

function fieldTest(
  { fields: asked }: Selection,
  fields: AnswerFields,
  filter: Filter,
): (part: number, row: number, place: number) => boolean {
  const isPlace = asked[filter.column]?.take === 'place';
  const field = isPlace ? nullField('int64') : fields.get(filter.column);
  if (field === undefined) throw new Error(`no row of the answer has a ${filter.column}`);
  const conditions = conditionsOf(filter, field.type);
  return (part, row, place) => {
    const value = isPlace ? place : field.valueAt(part, row);
    if (value === null) return false;
    const compared = comparedAnswer(field.type, value);
    return conditions.every((condition) => meets(condition, compared));
  };
}

/** The rows of a page as objects of their own. @param total rows on all pages */
export function shownRows<F extends Fields>(
  { fields: asked }: Selection<F>,
  fields: AnswerFields,
  { parts, rows, count }: Pick<Page, 'parts' | 'rows' | 'count'>,
  total: number,
  places: readonly number[] = [],
): Selected<F>[] {
  const names = Object.keys(asked);
  const columns = names.map((name): readonly unknown[] => {
    const field = fields.get(name);
    if (field !== undefined) return field.values(parts, rows, count);
    return asked[name].take === 'place' ? places : new Array(count).fill(total);
  });
  // Copies of an object that has all names already are made much faster than names are added to a new one.
  const model: Record<string, unknown> = Object.fromEntries(names.map((name) => [name, null]));
  const shown: Record<string, unknown>[] = [];
  for (let i = 0; i < count; i++) {
    const row = { ...model };
    for (let f = 0; f < names.length; f++) row[names[f]] = columns[f][i];
    shown.push(row);
  }
  return shown as Selected<F>[];
}

/** All rows of an answer in their order, offered to `fill`'s page, then those that are asked for of them, with their places. */
export function placedRows<F extends Fields>(
  selection: Selection<F>,
  fields: AnswerFields,
  fill: (page: Page) => void,
): Selected<F>[] {
  const { after = null, most = Number.POSITIVE_INFINITY } = selection;
  const order = orderedFields(selection, fields);
  const all = new Page(order, null, Number.POSITIVE_INFINITY);
  fill(all);
  all.cut();
  const test = rowTest(selection, fields);
  const passing: number[] = [];
  for (let i = 0; i < all.count; i++) if (test(all.parts[i], all.rows[i], i + 1)) passing.push(i);
  const behind = after === null ? passing : passing.filter(all.behind(after));
  const shown = behind.slice(0, most);
  return shownRows(
    selection,
    fields,
    {
      parts: Int32Array.from(shown, (i) => all.parts[i]),
      rows: Int32Array.from(shown, (i) => all.rows[i]),
      count: shown.length,
    },
    passing.length,
    shown.map((i) => i + 1),
  );
}
