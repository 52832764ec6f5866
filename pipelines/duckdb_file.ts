import * as path from 'node:path';
import { InputError } from '../io/input_error';

/** The path of `duckdb:PATH`. Throws an {@link InputError} that names the option where it is anything else. */
export function duckdbFile(option: string, text: string): string {
  const match = /^duckdb:(.+)$/.exec(text);
  if (match === null)
    throw new InputError(
      `--${option} ${text}: duckdb:FILE was expected, like duckdb:${path.join('out', 'funnel.duckdb')}`,
    );
  return match[1];
}
