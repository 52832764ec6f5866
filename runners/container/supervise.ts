/** Keeps the worker processes of a container alive. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** Starts of a worker that crashes, the first one included. */
const MOST_STARTS = 4;
/** How long a worker that is told to stop may take. */
const STOP_MS = 5000;

export interface Supervised {
  readonly id: string;
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
}

export interface SupervisionOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** Aborted: all are told to stop. */
  readonly signal: AbortSignal;
  /** Told of each crash, in words. */
  readonly onCrash: (message: string) => void;
}

/**
 * Runs each worker until it ends by itself, which it does when the runner has no more work. One that crashes is started again, three times; at its fourth crash all are stopped.
 *
 * @returns whether all ended well, or were told to stop
 */
export async function supervise(
  workers: readonly Supervised[],
  { environment, signal, onCrash }: SupervisionOptions,
): Promise<boolean> {
  const giveUp = new AbortController();
  const stop = AbortSignal.any([signal, giveUp.signal]);
  const ends = workers.map(async ({ id, command }) => {
    for (let start = 1; !stop.aborted; start++) {
      const how = await ended(command, environment, stop);
      if (how === null || stop.aborted) return true;
      const isLast = start === MOST_STARTS;
      onCrash(
        `Worker ${id} ${how}. ${isLast ? 'It is not started again: too many crashes' : 'It is started again'}`,
      );
      if (isLast) {
        giveUp.abort();
        return false;
      }
    }
    return true;
  });
  return (await Promise.all(ends)).every((isWell) => isWell);
}

/** How a process ended, in words; null where it ended well. */
async function ended(
  [program, ...args]: Supervised['command'],
  environment: NodeJS.ProcessEnv,
  stop: AbortSignal,
): Promise<string | null> {
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env: environment });
  const terminate = (): void => void terminated(child);
  stop.addEventListener('abort', terminate, { once: true });
  try {
    return await new Promise((resolve) => {
      child.on('error', (error) => resolve(`could not be started: ${error.message}`));
      child.on('exit', (code, signal) => {
        if (code === 0) resolve(null);
        else resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`);
      });
    });
  } finally {
    stop.removeEventListener('abort', terminate);
  }
}

async function terminated(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await delay(STOP_MS, undefined, { ref: false });
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
}
