import { setTimeout as delay } from 'node:timers/promises';
import { LockedError } from './open';
import { announceWriter, withdrawWriter } from './waiting_writer';

/** How long one waits for somebody who has a file open, reading say: long enough for a query. */
export const LOCK_PATIENCE_MS = 30_000;
const LOCK_INTERVAL_MS = 250;

export interface LockWait {
  /** Milliseconds after which the lock's error is thrown; 30,000 if left out. */
  readonly patienceMs?: number;
  /** Told each time that the file is found locked: milliseconds waited so far, and the error that says by whom. */
  readonly onWait?: (waitedMs: number, locked: LockedError) => void;
  /** The file that is waited for to be written: who reads it for long is told. */
  readonly writes?: string;
}

/** Does the work, and again while it fails for a lock. @throws {LockedError} when patience is at its end. */
export async function whenUnlocked<T>(work: () => Promise<T>, wait: LockWait = {}): Promise<T> {
  const { patienceMs = LOCK_PATIENCE_MS, onWait, writes } = wait;
  const start = Date.now();
  let announced = false;
  try {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const waited = Date.now() - start;
        if (!(error instanceof LockedError) || waited > patienceMs) throw error;
        onWait?.(waited, error);
        if (writes !== undefined) {
          announceWriter(writes);
          announced = true;
        }
        await delay(Math.min(LOCK_INTERVAL_MS, 10 + waited / 4));
      }
    }
  } finally {
    if (announced && writes !== undefined) withdrawWriter(writes);
  }
}
