/** Rows of a table, column by column: how many rows go from a store to code at little cost. */

export interface ColumnBlock {
  readonly rows: number;
  /** By the column's name; all of them have `rows` values. */
  readonly columns: Readonly<Record<string, BlockColumn>>;
}

/** Values of a column that is not a `double` with a null of its own: `nulls` has 1 where there is none. */
export type BlockColumn =
  /** timestamp (milliseconds since 1970), date (days since 1970), int64, double, boolean (0 or 1). */
  | { readonly kind: 'number'; readonly values: Float64Array; readonly nulls: Uint8Array | null }
  /** Ten-thousandths. */
  | { readonly kind: 'money'; readonly values: BigInt64Array; readonly nulls: Uint8Array | null }
  /** text, json. */
  | { readonly kind: 'text'; readonly values: readonly (string | null)[] };
