/** Where rows wait for an output that is not on this machine. */
import * as os from 'node:os';
import * as path from 'node:path';
import { InputError, systemReason } from '../../io/input_error';
import { makeStaging, removeAbandoned } from '../../io/staging/staging_directory';

/** What staging directories of an output lie beside, in the system's directory for temporary files. */
export function temporaryPlace(output: string): string {
  return path.join(os.tmpdir(), `funnelpulse-${output.replaceAll(/[^A-Za-z0-9.-]/g, '_')}`);
}

/** Makes a run's staging directory there, and removes what killed runs have left. @throws {InputError} where it can't */
export function makeTemporaryStaging(output: string, runId: string): string {
  const beside = temporaryPlace(output);
  try {
    removeAbandoned(beside);
    return makeStaging(beside, runId);
  } catch (error) {
    throw new InputError(
      `cannot stage rows in ${os.tmpdir()}: ${systemReason(error)}. Name another directory for temporary files in TMPDIR`,
    );
  }
}
