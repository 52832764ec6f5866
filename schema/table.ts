import type { Column, ValueOf } from './column';

/** A table as declared: columns in the order of the store, key, and how a warehouse lays it out. */
export interface Table<C extends Record<string, Column> = Record<string, Column>> {
  readonly name: string;
  readonly description: string;
  readonly columns: C;
  /** Columns that identify a row; a writer keeps one row per key. */
  readonly key: readonly (keyof C & string)[];
  /** Date or timestamp column that BigQuery partitions by day. */
  readonly partitionBy?: keyof C & string;
  /** Columns that BigQuery clusters by. */
  readonly clusterBy?: readonly (keyof C & string)[];
  /**
   * How a `*_closed` view of the table knows that a row's window is over: the expression of the window's end.
   * Absent for tables without such a view.
   */
  readonly closedAt?: { readonly column: keyof C & string; readonly addDays: number };
}

/** A row of a table, as code holds it. */
export type Row<T extends Table> = { [K in keyof T['columns']]: ValueOf<T['columns'][K]> };

/** Declares a table; exists so that key and layout are checked against the columns. */
export function table<C extends Record<string, Column>>(declaration: Table<C>): Table<C> {
  return declaration;
}
