/** Ctrl-C, and what a service manager sends. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

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
