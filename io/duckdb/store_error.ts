import { InputError } from '../input_error';

/** What the system said when DuckDB could not write, among all that DuckDB says. */
const SYSTEM_REASONS =
  /No space left on device|File too large|Disk quota exceeded|Read-only file system|Input\/output error/i;

/** The error as an {@link InputError} where DuckDB could not write `file`; itself otherwise. */
export function storeError(file: string, error: unknown): unknown {
  const text = error instanceof Error ? error.message : String(error);
  const reason =
    SYSTEM_REASONS.exec(text)?.[0] ?? (/could not write/i.test(text) ? text.split('\n')[0] : null);
  if (reason === null) return error;
  return new InputError(
    `cannot write ${file}: ${reason.toLowerCase()}. The tables are as they were. Make room, or choose another --output`,
  );
}
