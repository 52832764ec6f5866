/** Errors between threads, where an object's class does not get across. */
import { InputError } from '../../../io/input_error';
import { BusyError } from '../../../serving/served';
import type { SentError } from './messages';

export function sentError(error: unknown): SentError {
  if (error instanceof InputError) return { kind: 'input', message: error.message };
  if (error instanceof BusyError) return { kind: 'busy', message: error.message };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'defect', message, ...(stack !== undefined && { stack }) };
}

export function receivedError({ kind, message, stack }: SentError): Error {
  if (kind === 'input') return new InputError(message);
  if (kind === 'busy') return new BusyError(message);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
