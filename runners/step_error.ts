/** How a run fails: which step, at which element, and why. */

/** An error that user code threw in a step of the graph, or a coder at its edge. */
export class StepError extends Error {
  override readonly name = 'StepError';

  /**
   * @param step the unique name of the step in the graph
   * @param origin what was being worked on, in at most about 300 characters: the element, its window and timestamp
   * @param cause what was thrown
   */
  constructor(
    readonly step: string,
    readonly origin: string,
    override readonly cause: unknown,
  ) {
    super(`${step}: ${cause instanceof Error ? cause.message : messageOf(cause)} (at ${origin})`);
  }
}

/** A pipeline that holds something this runner can't do as the model says; nothing has been run. */
export class UnsupportedStepError extends Error {
  override readonly name = 'UnsupportedStepError';

  /**
   * @param step the unique name of the step in the graph
   * @param reason what isn't supported
   */
  constructor(
    readonly step: string,
    readonly reason: string,
  ) {
    super(`${step}: ${reason}`);
  }
}

/** The message of what was thrown; errors of another thread or realm are no instances of this one's Error. */
function messageOf(thrown: unknown): string {
  const message = (thrown as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : String(thrown);
}
