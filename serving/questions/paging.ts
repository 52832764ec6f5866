/** Pages of an answer that is in order: the next one begins behind the last row of this one, by that row's values, so that rows which come or go between two pages move no other ones. */
import type { QuestionDialect } from './store';

/** A column that rows are ordered by. */
export interface OrderColumn {
  /** The column, or an expression of it, as SQL. Never from outside. */
  readonly expression: string;
  /** What its values are; money is compared as a decimal, and given as whole ten-thousandths. */
  readonly type: 'text' | 'date' | 'timestamp' | 'money' | 'int64';
  readonly descending?: boolean;
}

/** The values of a row in the columns of an order, as code holds them; null comes last in either direction. */
export type Position = readonly (string | number | bigint | null)[];

/** A condition, and the parameters that stand in it. */
export interface Condition {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string | number>>;
}

/** `ORDER BY` for the columns. Nulls come last. */
export function orderBy(order: readonly OrderColumn[]): string {
  return `ORDER BY ${order
    .map(({ expression, descending }) => `${expression}${descending ? ' DESC' : ''} NULLS LAST`)
    .join(', ')}`;
}

/** Rows behind `position`; all of them where it is null. */
export function behind(
  dialect: QuestionDialect,
  order: readonly OrderColumn[],
  position: Position | null,
): Condition {
  if (position === null) return { sql: 'TRUE', parameters: {} };
  const values = order.map((column, i) => placeOf(dialect, column, `after${i}`));
  const equal = order.map(({ expression }, i) =>
    position[i] === null ? `${expression} IS NULL` : `${expression} = ${values[i]}`,
  );
  const beyond = order.map(({ expression, descending }, i) =>
    position[i] === null
      ? 'FALSE'
      : `(${expression} ${descending ? '<' : '>'} ${values[i]} OR ${expression} IS NULL)`,
  );
  const ways = order.map((_, i) => `(${[...equal.slice(0, i), beyond[i]].join(' AND ')})`);
  return {
    sql: `(${ways.join(' OR ')})`,
    parameters: Object.fromEntries(
      position.flatMap((value, i) => (value === null ? [] : [[`after${i}`, parameterOf(value)]])),
    ),
  };
}

function placeOf(dialect: QuestionDialect, { type }: OrderColumn, name: string): string {
  if (type === 'date') return dialect.date(name);
  if (type === 'timestamp') return dialect.time(name);
  if (type === 'money') return dialect.money(name);
  return dialect.parameter(name);
}

function parameterOf(value: string | number | bigint): string | number {
  if (typeof value !== 'bigint') return value;
  const digits = String(value < 0n ? -value : value).padStart(5, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}
