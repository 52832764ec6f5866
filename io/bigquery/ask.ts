/** Puts a question to a dataset and reads the answer without loss: money stays a whole number of ten-thousandths. */
import { type Column, moneyOf } from '../../schema/column';
import type { Answer, Question } from '../../schema/question';
import type { JobPlace } from './jobs';

/**
 * The rows of the answer, in the question's order. The SELECT is sent as it is: around another one its order would be lost.
 *
 * @throws the service's error
 */
export async function ask<C extends Record<string, Column>>(
  { client, location }: JobPlace,
  { sql, parameters, columns }: Question<C>,
): Promise<Answer<C>[]> {
  const entries = Object.entries(columns);
  const given = Object.entries(parameters).map(([name, value]) => [name, parameterOf(value)] as const);
  const [rows] = await client.query(
    {
      ...{ query: sql, location },
      ...(given.length > 0 && {
        params: Object.fromEntries(given.map(([name, { value }]) => [name, value])),
        types: Object.fromEntries(given.map(([name, { type }]) => [name, type])),
      }),
    },
    { parseJSON: false },
  );
  return rows.map(
    (row: Record<string, unknown>) =>
      Object.fromEntries(entries.map(([name, column]) => [name, codeValue(column, row[name])])) as Answer<C>,
  );
}

/** With its type, which an empty text or a whole number would not show. Half a surrogate pair is no text for the service; it becomes the replacement character, as in what was written. */
function parameterOf(value: string | number): { type: string; value: string } {
  if (typeof value === 'string') return { type: 'STRING', value: Buffer.from(value).toString() };
  return { type: Number.isSafeInteger(value) ? 'INT64' : 'FLOAT64', value: String(value) };
}

/** A value as code holds it, of the driver's: objects for times, days and money. */
function codeValue({ type }: Column, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'timestamp') return Date.parse((value as { value: string }).value);
  if (type === 'date') return (value as { value: string }).value;
  if (type === 'money') return moneyOf((value as { toFixed(): string }).toFixed());
  if (type === 'int64' || type === 'double') return Number(value);
  return value;
}
