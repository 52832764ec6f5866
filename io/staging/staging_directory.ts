/**
 * The directory beside an output in which a run stages its rows. Its run removes it, however it ends; only a run that is killed can't, so the next one on the same output does.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const OWNER = 'owner.json';
/** A directory without an owner is one that is being made, or whose maker was killed then. */
const MAKING_MS = 60_000;

interface Owner {
  readonly host: string;
  readonly pid: number;
}

/** Makes the staging directory of a run beside its output. Throws the system's error. */
export function makeStaging(output: string, runId: string): string {
  const staging = `${stagingPrefix(output)}${runId}`;
  fs.mkdirSync(staging, { mode: 0o700 });
  try {
    const owner: Owner = { host: os.hostname(), pid: process.pid };
    fs.writeFileSync(path.join(staging, OWNER), JSON.stringify(owner));
  } catch (error) {
    removeStaging(staging);
    throw error;
  }
  return staging;
}

/** Removes a staging directory and all that is in it. */
export function removeStaging(staging: string): void {
  fs.rmSync(staging, { recursive: true, force: true });
}

/** Removes the staging directories of this output whose process is gone. One on another machine can't be looked at and stays. */
export function removeAbandoned(output: string): void {
  const prefix = stagingPrefix(output);
  for (const name of fs.readdirSync(path.dirname(prefix))) {
    const staging = path.join(path.dirname(prefix), name);
    if (staging.startsWith(prefix) && isAbandoned(staging)) removeStaging(staging);
  }
}

function stagingPrefix(output: string): string {
  const file = path.resolve(output);
  return path.join(path.dirname(file), `.${path.basename(file)}.staging-`);
}

function isAbandoned(staging: string): boolean {
  let owner: Owner;
  try {
    owner = JSON.parse(fs.readFileSync(path.join(staging, OWNER), 'utf8'));
  } catch {
    const made = fs.statSync(staging, { throwIfNoEntry: false });
    return made !== undefined && Date.now() - made.mtimeMs > MAKING_MS;
  }
  return owner.host === os.hostname() && !isRunning(owner.pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs as somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
