/** Errors as plain data, to cross threads with their name, message, stack, cause and JSON fields. */
import { StepError } from '../step_error';

export interface ErrorRecord {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Own enumerable fields that JSON can hold. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cause?: ErrorRecord;
}

export function recordError(thrown: unknown): ErrorRecord {
  if (typeof thrown !== 'object' || thrown === null)
    return { name: 'Error', message: String(thrown), fields: {} };
  const error = thrown as Partial<Error>;
  return {
    name: error.name ?? 'Error',
    message: error.message ?? String(thrown),
    fields: jsonFields(thrown),
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(error.cause !== undefined && { cause: recordError(error.cause) }),
  };
}

/** An error that looks like the recorded one; a StepError is one again, other classes are not. */
export function reviveError({ name, message, stack, fields, cause }: ErrorRecord): Error {
  const revivedCause = cause && reviveError(cause);
  if (name === 'StepError') {
    const revived = new StepError(String(fields.step), String(fields.origin), revivedCause);
    if (stack !== undefined) revived.stack = stack;
    return revived;
  }
  const error = new Error(message, revivedCause && { cause: revivedCause });
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  if (stack !== undefined) error.stack = stack;
  return Object.assign(error, fields);
}

function jsonFields(thrown: object): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(thrown)) {
    if (name === 'name' || name === 'message' || name === 'stack' || name === 'cause') continue;
    try {
      const json = JSON.stringify(value);
      if (json !== undefined) fields[name] = JSON.parse(json);
    } catch {
      // What JSON can't hold (cycles, big integers) stays behind; the message tells the story.
    }
  }
  return fields;
}
