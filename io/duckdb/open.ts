import * as fs from 'node:fs';
import * as path from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { InputError, systemReason } from '../input_error';

/** Memory that DuckDB may take for loading and reading: our tables are small, and its default is most of the machine's. */
export const MEMORY_LIMIT = '512MB';

/** Another process has the file open: DuckDB lets nobody write beside it. */
export class LockedError extends InputError {}

/**
 * Loads DuckDB's driver, which takes a tenth of a second and which not every command needs at once. (By `require`: `import()` would first parse all of the driver for the names that it
 * exports, another tenth.)
 */
export function loadDriver(): typeof import('@duckdb/node-api') {
  return require('@duckdb/node-api');
}

/** Opens a DuckDB file, with more `settings` of DuckDB's where given, works with it and closes it. A file that can't be opened is an {@link InputError} with the reason. */
export async function withDuckdb<T>(
  file: string,
  mode: 'READ_WRITE' | 'READ_ONLY',
  work: (connection: DuckDBConnection) => Promise<T>,
  settings: Readonly<Record<string, string>> = {},
): Promise<T> {
  if (mode === 'READ_ONLY' && !fs.existsSync(file)) throw new InputError(`cannot read ${file}: no such file`);
  const duckdb = loadDriver();
  let instance: DuckDBInstance;
  try {
    instance = await duckdb.DuckDBInstance.create(file, {
      access_mode: mode,
      memory_limit: MEMORY_LIMIT,
      threads: '2',
      ...settings,
    });
  } catch (error) {
    throw openError(file, error);
  }
  try {
    const connection = await instance.connect();
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/**
 * Attaches a DuckDB file to another database, as `output`.
 *
 * @throws {LockedError} where another process has it open
 * @throws {InputError} where it can't be opened otherwise
 */
export async function attachOutput(
  connection: DuckDBConnection,
  file: string,
  mode: 'READ_WRITE' | 'READ_ONLY',
): Promise<void> {
  const literal = path.resolve(file).replaceAll("'", "''");
  try {
    await connection.run(`ATTACH '${literal}' AS output (${mode})`);
  } catch (error) {
    throw openError(file, error);
  }
}

/** What an error of opening a file means to whoever named it. */
function openError(file: string, error: unknown): InputError {
  const text = error instanceof Error ? error.message : String(error);
  // The message holds the file's name, in which anything may stand.
  if (/lock/i.test(text.replaceAll(file, ''))) {
    const pid = /PID (\d+)/.exec(text)?.[1];
    return new LockedError(
      `cannot open ${file}: another process${pid === undefined ? '' : ` (PID ${pid})`} has it open. Close it there, or choose another output`,
    );
  }
  // A CSV or Parquet file it would read into memory.
  if (/not a valid DuckDB|in-memory database/i.test(text))
    return new InputError(`cannot open ${file}: it is not a DuckDB file. Name another one`);
  if (/newer|older|version/i.test(text))
    return new InputError(
      `cannot open ${file}: it is a DuckDB file of a version that can't be read here (${firstLine(text)})`,
    );
  const code = /Permission denied/i.test(text)
    ? 'EACCES'
    : /No such file/i.test(text)
      ? 'ENOENT'
      : /Is a directory/i.test(text)
        ? 'EISDIR'
        : /Read-only/i.test(text)
          ? 'EROFS'
          : '';
  return new InputError(
    `cannot open ${file}: ${code === '' ? firstLine(text) : systemReason(Object.assign(new Error(text), { code }))}`,
  );
}

function firstLine(text: string): string {
  return text.split('\n')[0];
}
