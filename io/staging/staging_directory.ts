/**
 * The directory beside an output in which a run stages its rows. Its run removes it, however it ends; only a run that is killed can't, so the next one on the same output does.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { isRunning } from '../is_running';

/** The machine in a directory's name: outputs can lie on a disk that several share. */
function machine(host: string): string {
  return createHash('sha256').update(host).digest('hex').slice(0, 8);
}

/**
 * Name of the staging directory of a run. It says whose it is (machine and process), so that a directory has an owner from the moment it exists.
 */
export function stagingName(output: string, host: string, pid: number, runId: string): string {
  return `${stagingPrefix(output)}${machine(host)}-${pid}-${runId}`;
}

/** Where a run of this process stages, beside its output: known before anything is there. */
export function stagingOf(output: string, runId: string): string {
  return stagingName(output, os.hostname(), process.pid, runId);
}

/** Makes the staging directory of a run. Throws the system's error. */
export function makeStaging(output: string, runId: string): string {
  const staging = stagingOf(output, runId);
  fs.mkdirSync(staging, { mode: 0o700 });
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
    const owner = staging.startsWith(prefix)
      ? /^([0-9a-f]{8})-(\d+)-/.exec(staging.slice(prefix.length))
      : null;
    if (owner !== null && owner[1] === machine(os.hostname()) && !isRunning(Number(owner[2])))
      removeStaging(staging);
  }
}

function stagingPrefix(output: string): string {
  const file = path.resolve(output);
  return path.join(path.dirname(file), `.${path.basename(file)}.staging-`);
}
