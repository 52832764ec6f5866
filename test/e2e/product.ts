/** The product as a process that a test can watch, interrupt and take rights from. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export const CLI = join(__dirname, '../../dist/bundle/cli.js');
export const SAMPLE = join(__dirname, '../../samples/2019-Oct.sample.csv');

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Outcome>;
}

export interface StartOptions {
  readonly cwd?: string;
  /** Run as this user: only root may choose one. */
  readonly uid?: number;
  /** A program to start instead, which gets the command line after its own arguments. */
  readonly by?: readonly string[];
  /** Standard input is there to be written to. */
  readonly typing?: boolean;
}

/** Starts `funnelpulse` with these arguments. Throws if the program has not been built. */
export function start(
  args: readonly string[],
  { cwd, uid, by = [], typing = false }: StartOptions = {},
): Started {
  if (!existsSync(CLI)) throw new Error(`${CLI} is missing: build it with "npm run build"`);
  const [program, ...rest] = [...by, process.execPath, CLI, ...args];
  const child = spawn(program, rest, {
    stdio: [typing ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    // The test's own, which need not be what this process was started with.
    env: process.env,
    ...(cwd !== undefined && { cwd }),
    ...(uid !== undefined && { uid, gid: uid }),
  });
  const text = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (piece) => {
    text.stdout += piece;
  });
  child.stderr?.setEncoding('utf8').on('data', (piece) => {
    text.stderr += piece;
  });
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...text }));
  });
  return { process: child, ended };
}

/** The staging directories that stand beside an output. */
export function stagingOf(output: string): string[] {
  return readdirSync(dirname(output))
    .filter((name) => name.startsWith(`.${basename(output)}.staging-`))
    .map((name) => join(dirname(output), name));
}

/** Waits until the condition holds; throws when the process ended before. */
export async function until(condition: () => boolean, started: Started): Promise<void> {
  let over = false;
  void started.ended.then(() => {
    over = true;
  });
  while (!condition()) {
    if (over) throw new Error(`ended too early: ${JSON.stringify(await started.ended)}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
