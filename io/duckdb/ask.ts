/** Puts a question to a DuckDB file and reads the answer without loss: money stays a whole number of ten-thousandths, a text its bytes. */
import type {
  DuckDBBlobValue,
  DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBResultReader,
  DuckDBTimestampValue,
} from '@duckdb/node-api';
import { type Column, MONEY_SCALE, MONEY_UNIT } from '../../schema/column';
import { quote } from '../../schema/duckdb';
import { DAY_MS } from '../../schema/events';
import type { Answer, Question } from '../../schema/question';

/** The rows of the answer, in the question's order. */
export async function ask<C extends Record<string, Column>>(
  connection: DuckDBConnection,
  question: Question<C>,
): Promise<Answer<C>[]> {
  const found = await connection.runAndReadAll(questionSql(question), parametersOf(question));
  return answersOf(found, question);
}

/** The question as DuckDB is asked it. */
export function questionSql({ sql, columns }: Question): string {
  const fields = Object.entries(columns).map(([name, column]) => handedOver(`answer.${quote(name)}`, column));
  return `SELECT ${fields.join(', ')} FROM (${sql}) AS answer`;
}

/** The question's parameters as the driver takes them. */
export function parametersOf({ parameters }: Question): Record<string, string | number | bigint> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      Number.isSafeInteger(value) ? BigInt(value) : value,
    ]),
  );
}

/** What {@link questionSql} has found, as code holds it. */
export function answersOf<C extends Record<string, Column>>(
  found: DuckDBResultReader,
  { columns }: Question<C>,
): Answer<C>[] {
  const entries = Object.entries(columns);
  return found
    .getRows()
    .map(
      (values) =>
        Object.fromEntries(
          entries.map(([name, column], i) => [name, codeValue(column, values[i])]),
        ) as Answer<C>,
    );
}

/** An expression in a type that the driver hands over whole. Its decoder takes a byte order mark off the front of a text, so texts come as bytes. */
function handedOver(expression: string, { type }: Column): string {
  return type === 'text' || type === 'json' ? `encode(${expression}::VARCHAR)` : expression;
}

/** A value as code holds it. The driver's own objects are exact; casting to simpler types within SQL would cost more than the question itself. */
function codeValue({ type }: Column, value: unknown): unknown {
  if (value === null) return null;
  if (type === 'timestamp') return Number((value as DuckDBTimestampValue).micros / 1000n);
  if (type === 'int64') return Number(value);
  if (type === 'date') return new Date((value as DuckDBDateValue).days * DAY_MS).toISOString().slice(0, 10);
  if (type === 'money') return moneyOf(value);
  if (type === 'text' || type === 'json')
    return Buffer.from((value as DuckDBBlobValue).bytes).toString('utf8');
  return value;
}

/** Ten-thousandths of a decimal of any scale, or of a whole number. */
function moneyOf(value: unknown): bigint {
  if (typeof value !== 'object') return BigInt(value as number | bigint) * BigInt(MONEY_UNIT);
  const { value: digits, scale } = value as DuckDBDecimalValue;
  if (scale <= MONEY_SCALE) return digits * 10n ** BigInt(MONEY_SCALE - scale);
  return digits / 10n ** BigInt(scale - MONEY_SCALE);
}
