/** Looks at what a stream writes, and tells of it, for as long as it runs. Never in the stream's way: what goes wrong here is one line, and is tried again. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Served } from '../served';
import type { AlertDesk } from './desk';

export interface WatchOptions {
  readonly served: Pick<Served, 'read' | 'onChange'>;
  readonly desk: AlertDesk;
  /** Told one line about what keeps it from looking. */
  readonly say: (line: string) => void;
  /** The tables are looked at this often at most, milliseconds; 1000 if left out. Where looking costs money, more. */
  readonly everyMs?: number;
}

export interface AlertWatch {
  /** Looks a last time, sends what there is to send within `patienceMs` in all, and ends; with 0 it ends at once and looks no more. Returns how many messages are left in the memory. What is served must not be closed before. */
  stop(patienceMs: number): Promise<number>;
}

const EVERY_MS = 1000;

export function watchForAlerts({ served, desk, say, everyMs = EVERY_MS }: WatchOptions): AlertWatch {
  const stopped = new AbortController();
  let hasChanged = true;
  let tellOfChange = (): void => {};
  let isFailing = false;

  const examine = async (): Promise<void> => {
    hasChanged = false;
    try {
      if ((await served.read((store) => desk.examine(store))) > 0) desk.wake();
      isFailing = false;
    } catch (error) {
      hasChanged = true;
      if (!isFailing) say(`cannot look: ${error instanceof Error ? error.message : String(error)}`);
      isFailing = true;
    }
  };
  const watch = async (): Promise<void> => {
    const { signal } = stopped;
    while (!signal.aborted) {
      if (!hasChanged)
        await new Promise<void>((resolve) => {
          tellOfChange = resolve;
        });
      // With no room for more messages it is not decided yet what to say: there may be less to say by then.
      else if (desk.roomInMs > 0) await idle(desk.roomInMs, signal);
      else {
        await examine();
        await idle(everyMs, signal);
      }
    }
  };
  const unlisten = served.onChange(() => {
    hasChanged = true;
    tellOfChange();
  });
  desk.start();
  const watching = watch();

  return {
    async stop(patienceMs) {
      const end = Date.now() + patienceMs;
      unlisten();
      stopped.abort();
      tellOfChange();
      if (patienceMs > 0)
        await Promise.race([watching.then(examine), idle(patienceMs, new AbortController().signal)]);
      return desk.stop(Math.max(0, end - Date.now()));
    },
  };
}

/** Keeps no process alive. */
function idle(milliseconds: number, signal: AbortSignal): Promise<void> {
  return delay(milliseconds, undefined, { signal, ref: false }).catch(() => {});
}
