import * as fs from 'node:fs';
import * as path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quote } from '../../schema/duckdb';
import type { Table } from '../../schema/table';
import { silverEvents, TABLES } from '../../schema/tables';
import { InputError, systemReason } from '../input_error';
import { withDuckdb } from './open';

/** Files are written here first, within the export's directory, and moved when all are whole. */
const UNFINISHED = '.unfinished';

/** Makes the directory of an export, and sure that it can be written. Throws an {@link InputError} otherwise. */
export function prepareExport(directory: string): void {
  const unfinished = path.join(directory, UNFINISHED);
  try {
    fs.mkdirSync(directory, { recursive: true });
    fs.rmSync(unfinished, { recursive: true, force: true });
    fs.mkdirSync(unfinished);
    fs.rmdirSync(unfinished);
  } catch (error) {
    throw new InputError(
      `--export ${directory}: no files can be written there (${systemReason(error)}). Choose another directory`,
    );
  }
}

/**
 * Writes every table of a DuckDB file to `directory` as `TABLE.parquet`, ordered by key; silver_events as a directory partitioned by event date. Existing files of these names are replaced, when all new
 * ones are whole, or removed where the database has no such table: they would show another run. Throws an {@link InputError} where that fails, and the signal's reason between two tables.
 */
export async function exportTables(file: string, directory: string, signal: AbortSignal): Promise<void> {
  const unfinished = path.join(directory, UNFINISHED);
  try {
    fs.mkdirSync(unfinished, { recursive: true });
    const written = await withDuckdb(file, 'READ_ONLY', (connection) =>
      copyTables(connection, unfinished, signal),
    );
    for (const table of TABLES) {
      const target = path.join(directory, exportName(table));
      fs.rmSync(target, { recursive: true, force: true });
      if (written.has(table)) fs.renameSync(path.join(unfinished, exportName(table)), target);
    }
  } catch (error) {
    if (signal.aborted) throw error;
    const [reason] = (
      error instanceof Error && 'code' in error ? systemReason(error) : (error as Error).message
    ).split('\n');
    throw new InputError(
      `--export ${directory}: ${reason}. The tables in ${file} are complete; export them again`,
    );
  } finally {
    fs.rmSync(unfinished, { recursive: true, force: true });
  }
}

function exportName(table: Table): string {
  return table.name === silverEvents.name ? table.name : `${table.name}.parquet`;
}

/** Copies each table that the database holds; returns them. */
async function copyTables(
  connection: DuckDBConnection,
  directory: string,
  signal: AbortSignal,
): Promise<Set<Table>> {
  const present = await connection.runAndReadAll('SELECT table_name FROM information_schema.tables');
  const held = new Set(present.getRows().map(([name]) => String(name)));
  const written = new Set<Table>();
  for (const table of TABLES.filter(({ name }) => held.has(name))) {
    signal.throwIfAborted();
    const options =
      table.name === silverEvents.name ? 'FORMAT parquet, PARTITION_BY (event_date)' : 'FORMAT parquet';
    const target = path.join(directory, exportName(table)).replaceAll("'", "''");
    await connection.run(
      `COPY (FROM ${quote(table.name)} ORDER BY ${table.key.map(quote).join(', ')}) TO '${target}' (${options})`,
    );
    written.add(table);
  }
  return written;
}
