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

/** The user stopped a command that has no end of its own, or had not come to it. What it did is done, and it has said so: there is nothing left to say. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
  /** What shells say of a program that the signal has ended: 128 and the signal's number. */
  readonly exitCode: number;

  constructor(name: StopSignal) {
    super('');
    this.exitCode = name === 'SIGINT' ? INTERRUPTED : 143;
  }
}

export type StopSignal = (typeof SIGNALS)[number];

/** What has aborted a signal of {@link interruptible}; null if nothing has. */
export function stoppedBy(signal: AbortSignal): StopSignal | null {
  return signal.aborted ? (signal.reason as InterruptReason).signal : null;
}

type InterruptReason = DOMException & { readonly signal: StopSignal };

/**
 * Does `work` with a signal that is aborted when the user interrupts it. A second interrupt ends the process at once: what it leaves behind is removed by the next run.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  const stop = (name: StopSignal): void => {
    ignore();
    const reason = new DOMException('interrupted', 'AbortError');
    interrupted.abort(Object.assign(reason, { signal: name }));
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
