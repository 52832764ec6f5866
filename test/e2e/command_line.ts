/** Starts the product as a user does: the built command line in a process of its own. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const CLI = join(__dirname, '../../dist/bundle/cli.js');

export interface Ended {
  /** Exit code; null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `funnelpulse` with these arguments. Throws if the program has not been built. */
export function funnelpulse(...args: string[]): Promise<Ended> {
  if (!existsSync(CLI)) throw new Error(`${CLI} is missing: build it with "npm run build"`);
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ code, stdout, stderr });
    });
  });
}
