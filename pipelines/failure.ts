import { INTERRUPTED } from './interrupt';

/** What an error means to who started the command. */
export interface Failure {
  readonly message: string;
  readonly exitCode: number;
}

/**
 * One message and an exit code. An error that carries an exit code, or that was caused by one, speaks for itself: its message says what is wrong outside. Anything else is a defect of the
 * program or of a step, and is shown with its trace.
 */
export function describeFailure(error: unknown): Failure {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('exitCode' in cause && typeof cause.exitCode === 'number')
      return { message: cause.message, exitCode: cause.exitCode };
    if (cause.name === 'AbortError')
      return { message: 'interrupted: nothing was changed', exitCode: INTERRUPTED };
  }
  if (error instanceof Error) {
    const cause = error.cause instanceof Error ? `\n${error.cause.stack ?? error.cause.message}` : '';
    return { message: `${error.message}${cause === '' ? `\n${error.stack ?? ''}` : cause}`, exitCode: 1 };
  }
  return { message: String(error), exitCode: 1 };
}
