/** What goes wrong between us and Dataflow, as one message for who started it. */

/** An option, a permission or the service is not as it must be; nothing of ours is broken. The message says what to do. */
export class DataflowError extends Error {
  override readonly name: string = 'DataflowError';
  /** What the process exits with. */
  readonly exitCode: number = 2;
}

/** The job was accepted, and has not ended well. */
export class JobFailedError extends DataflowError {
  override readonly name = 'JobFailedError';
  override readonly exitCode = 1;
}
