/** The state of a run can't be used: the folder holds another one, somebody else has it, or the disk refuses. The message says what to do; no stack trace is shown. */
export class StateError extends Error {
  override readonly name = 'StateError';
  /** What the process exits with. */
  readonly exitCode = 2;
}
