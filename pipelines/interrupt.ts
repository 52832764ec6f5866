/** Ctrl-C, and what a service manager sends. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** What shells say of a program that SIGINT has ended. */
export const INTERRUPTED = 130;

/** The user interrupted a run when it had replaced the tables already. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  readonly exitCode = INTERRUPTED;

  constructor(file: string) {
    super(
      `interrupted when the tables in ${file} were replaced already: they are this run's. An export is not complete`,
    );
  }
}

/**
 * Does `work` with a signal that is aborted when the user interrupts it. A second interrupt ends the process at once: what it leaves behind is removed by the next run.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  const stop = (): void => {
    ignore();
    interrupted.abort();
  };
  const ignore = (): void => {
    for (const name of SIGNALS) process.removeListener(name, stop);
  };
  for (const name of SIGNALS) process.on(name, stop);
  try {
    return await work(interrupted.signal);
  } finally {
    ignore();
  }
}
