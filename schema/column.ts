/**
 * Column types, and what each is in TypeScript, DuckDB and BigQuery. Every table of the product is declared with these
 * (tables.ts); row types and every store's DDL derive from that one declaration.
 */

/**
 * - `text`: UTF-8.
 * - `timestamp`: milliseconds since 1970 UTC, a number in code.
 * - `date`: a UTC calendar day, `YYYY-MM-DD` in code.
 * - `int64`: a count; a safe integer in code.
 * - `money`: exact decimal with four fractional digits; in code a bigint of ten-thousandths.
 * - `double`: IEEE 754.
 * - `json`: a JSON document, as its text in code.
 */
export type ColumnType = 'text' | 'timestamp' | 'date' | 'int64' | 'money' | 'double' | 'boolean' | 'json';

/** One column: its type, whether it may be null, and what it says (goes into the stores' catalogs). */
export interface Column<T extends ColumnType = ColumnType, N extends boolean = boolean> {
  readonly type: T;
  readonly nullable: N;
  readonly description: string;
}

interface TypeScriptOf {
  text: string;
  timestamp: number;
  date: string;
  int64: number;
  money: bigint;
  double: number;
  boolean: boolean;
  json: string;
}

/** The TypeScript type of a column's value. */
export type ValueOf<C extends Column> =
  C extends Column<infer T, infer N> ? (N extends true ? TypeScriptOf[T] | null : TypeScriptOf[T]) : never;

/** Declares a column that always has a value. */
export function required<T extends ColumnType>(type: T, description: string): Column<T, false> {
  return { type, nullable: false, description };
}

/** Declares a column that may be null; the description says what null means. */
export function nullable<T extends ColumnType>(type: T, description: string): Column<T, true> {
  return { type, nullable: true, description };
}

/** Whether a text is a UTC calendar day that there is, `YYYY-MM-DD`: a value of a column of dates. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse takes 31 February for a day of March.
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}

/** Number of fractional digits that money keeps everywhere. */
export const MONEY_SCALE = 4;
/** One unit of currency in the integers that money is computed in. */
export const MONEY_UNIT = 10_000;

/** Ten-thousandths as an exact decimal with all its digits, like `-12.3400`: what stores and readers of JSON take. */
export function moneyDecimal(money: bigint | number): string {
  const digits = String(money < 0 ? -money : money).padStart(MONEY_SCALE + 1, '0');
  return `${money < 0 ? '-' : ''}${digits.slice(0, -MONEY_SCALE)}.${digits.slice(-MONEY_SCALE)}`;
}

/** Ten-thousandths of an exact decimal like `-12.34` or `12`, all of whose digits beyond the fourth are zero. @throws {RangeError} where it is none */
export function moneyOf(decimal: string): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,4})0*)?$/.exec(decimal) ?? [];
  if (whole === undefined) throw new RangeError(`${decimal}: an amount like 12.3400 was expected`);
  return BigInt(`${sign}${whole}${fraction.padEnd(MONEY_SCALE, '0')}`);
}
