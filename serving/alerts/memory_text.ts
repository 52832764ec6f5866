/** A memory as a text and back. */
import type { AlertMemory } from './memory';

const VERSION = 1;
/** Amounts are whole numbers beyond what JSON's can hold. */
const AMOUNT = /^-?\d+n$/;

export function memoryText(memory: AlertMemory): string {
  const amounts = (key: string, value: unknown): unknown =>
    key === 'revenueAtRisk' && typeof value === 'bigint' ? `${value}n` : value;
  return `${JSON.stringify({ version: VERSION, ...memory }, amounts)}\n`;
}

/** @throws Error that says what is wrong, to be shown after the file's name */
export function memoryOf(text: string): AlertMemory {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text, (key, value) =>
      key === 'revenueAtRisk' && typeof value === 'string' && AMOUNT.test(value)
        ? BigInt(value.slice(0, -1))
        : value,
    );
  } catch {
    throw new Error('it is no memory of alerts');
  }
  const { version, ...memory } = (parsed ?? {}) as { version?: unknown } & Partial<AlertMemory>;
  if (typeof version === 'number' && version > VERSION)
    throw new Error('it is of a newer version of funnelpulse');
  const isOne =
    version === VERSION &&
    typeof memory.id === 'string' &&
    Number.isSafeInteger(memory.next) &&
    [memory.told, memory.outbox, memory.recent].every(Array.isArray);
  if (!isOne) throw new Error('it is no memory of alerts');
  return memory as AlertMemory;
}
