/**
 * A question to one table, as data: which rows, what falls together, in which order, which page of it. Stores that speak SQL are asked one SELECT (selection_sql.ts); one that holds columns in memory goes
 * through them. So each question is said once, and means the same wherever it is put.
 */
import { type Column, type ColumnType, nullable, required, type ValueOf } from '../../schema/column';
import type { Table } from '../../schema/table';

export interface Selection<F extends Fields = Fields> {
  readonly table: Table;
  /** Rows that pass all of these. */
  readonly where: readonly Filter[];
  /** What a row of the answer holds, by name. */
  readonly fields: F;
  /** Columns of the table: rows that are equal in them fall together, nulls as well. Each row is by itself where it is left out, and has values only; all are one where it is empty. Where no row passes nothing falls together. */
  readonly by?: readonly string[];
  /** Any order where it is left out. */
  readonly order?: readonly Order[];
  /** Rows of the answer that pass these, by fields; places have been given before, totals come after. */
  readonly only?: readonly Filter[];
  /** The values, by {@link order}, of the last row of the page before; null or left out for the first page. */
  readonly after?: Position | null;
  /** Rows at most; all if left out. */
  readonly most?: number;
}

/** A field of an answer, by name. With {@link Selection.by}, a column's own value is one of those columns'. */
export interface Field<C extends Column = Column> {
  readonly take: Take;
  /** The column that it is taken from; empty where it is from none. */
  readonly from: string;
  /** What it is. */
  readonly column: C;
}

/**
 * - `value`: the column's own.
 * - `sum`: of the values that are not null; 0 where there is none.
 * - `least`, `most`: null where there is none.
 * - `missing`: how many are null.
 * - `rows`: how many rows fall together.
 * - `place`: place in the answer's order, from 1.
 * - `total`: rows of the answer on all pages.
 * - `nothing`: null.
 */
export type Take = 'value' | 'sum' | 'least' | 'most' | 'missing' | 'rows' | 'place' | 'total' | 'nothing';

export type Fields = Readonly<Record<string, Field>>;

/** A row of the answer. */
export type Selected<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]['column']> };

/** Times in milliseconds since 1970, days as `YYYY-MM-DD`, money as a decimal text. */
export type FilterValue = string | number;

/** A condition on one column. What is null meets none. */
export type Filter = { readonly column: string } & (
  | {
      /** At least. */
      readonly from?: FilterValue;
      /** Less than. */
      readonly below?: FilterValue;
      /** At most. */
      readonly until?: FilterValue;
    }
  | { readonly among: readonly string[] }
  | { readonly except: FilterValue }
  | { readonly begins: string }
);

/** A field that rows are ordered by, nulls last; texts by their UTF-8 bytes. */
export interface Order {
  readonly field: string;
  /** What its values are. */
  readonly type: 'text' | 'date' | 'timestamp' | 'money' | 'int64';
  readonly descending?: boolean;
}

/** The values of a row in the fields of an order, as code holds them. The next page begins behind it, so that rows which come or go between two pages move no other ones. */
export type Position = readonly (string | number | bigint | null)[];

/** A column's own value. */
export function columnOf<T extends Table, K extends keyof T['columns'] & string>(
  table: T,
  name: K,
): Field<T['columns'][K]> {
  return { take: 'value', from: name, column: table.columns[name] as T['columns'][K] };
}

/** Columns' own values, under their own names. */
export function columnsOf<T extends Table, K extends keyof T['columns'] & string>(
  table: T,
  names: readonly K[],
): { readonly [N in K]: Field<T['columns'][N]> } {
  return Object.fromEntries(names.map((name) => [name, columnOf(table, name)])) as never;
}

export function sumOf<T extends ColumnType>(
  from: string,
  type: T,
  description: string,
): Field<Column<T, false>> {
  return { take: 'sum', from, column: required(type, description) };
}

export function leastOf<T extends ColumnType>(
  from: string,
  type: T,
  description: string,
): Field<Column<T, true>> {
  return { take: 'least', from, column: nullable(type, description) };
}

export function mostOf<T extends ColumnType>(
  from: string,
  type: T,
  description: string,
): Field<Column<T, true>> {
  return { take: 'most', from, column: nullable(type, description) };
}

export function missingIn(from: string, description: string): Field<Column<'int64', false>> {
  return { take: 'missing', from, column: required('int64', description) };
}

/** What is counted, not taken from a column. */
export function counted(
  take: 'rows' | 'place' | 'total',
  description: string,
): Field<Column<'int64', false>> {
  return { take, from: '', column: required('int64', description) };
}

export function nothing<T extends ColumnType>(type: T, description: string): Field<Column<T, true>> {
  return { take: 'nothing', from: '', column: nullable(type, description) };
}
