import type { Column, ValueOf } from './column';

/** A table as declared: columns in the order of the store, key, and how a warehouse lays it out. */
export interface Table<C extends Record<string, Column> = Record<string, Column>> {
  readonly name: string;
  readonly description: string;
  readonly columns: C;
  /** Columns that identify a row; a writer keeps one row per key. */
  readonly key: readonly string[];
  /** Date or timestamp column that BigQuery partitions by day. */
  readonly partitionBy?: string;
  /** Columns that BigQuery clusters by. */
  readonly clusterBy?: readonly string[];
  /**
   * How a `*_closed` view of the table knows that a row's window is over: the expression of the window's end.
   * Absent for tables without such a view.
   */
  readonly closedAt?: { readonly column: string; readonly addDays: number };
}

/** Some columns of a table. */
export interface TableColumns {
  readonly table: Table;
  readonly columns: readonly string[];
}

/** A row of a table, as code holds it. */
export type Row<T extends Table> = { [K in keyof T['columns']]: ValueOf<T['columns'][K]> };

/** Declares a table; its key, partition and cluster are checked against its columns. */
export function table<C extends Record<string, Column>, K extends keyof C & string>(declaration: {
  name: string;
  description: string;
  columns: C;
  key: readonly K[];
  partitionBy?: K;
  clusterBy?: readonly K[];
  closedAt?: { column: K; addDays: number };
}): Table<C> {
  return declaration;
}
