/** A question to a store of the tables: one SELECT, its parameters, and what it answers. Stores turn the answer's values into those that code holds (column.ts), so who asks knows no driver. */
import type { Column, ValueOf } from './column';

export interface Question<C extends Record<string, Column> = Record<string, Column>> {
  /** One SELECT in the store's SQL. What comes from outside stands in `parameters`, never in here. */
  readonly sql: string;
  /** Values by name, without the store's sign for a parameter. */
  readonly parameters: Readonly<Record<string, string | number>>;
  /** What the SELECT gives, by name: counts as int64, money as money, whatever wider type a store sums them in. */
  readonly columns: C;
}

/** A row of the answer. */
export type Answer<C extends Record<string, Column>> = { readonly [K in keyof C]: ValueOf<C[K]> };
