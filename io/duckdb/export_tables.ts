import * as fs from 'node:fs';
import * as path from 'node:path';
import { quote } from '../../schema/duckdb';
import { silverEvents, TABLES } from '../../schema/tables';
import { InputError, systemReason } from '../input_error';
import { withDuckdb } from './open';

/** Writes every table of a DuckDB file to `directory` as `TABLE.parquet`, ordered by key; silver_events as a directory partitioned by event date. Existing files of these names are replaced. */
export async function exportTables(file: string, directory: string): Promise<void> {
  try {
    fs.mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new InputError(`--export ${directory}: ${systemReason(error)}`);
  }
  await withDuckdb(file, 'READ_ONLY', async (connection) => {
    const present = await connection.runAndReadAll('SELECT table_name FROM information_schema.tables');
    const names = new Set(present.getRows().map(([name]) => String(name)));
    for (const table of TABLES) {
      if (!names.has(table.name)) continue;
      const isSilver = table.name === silverEvents.name;
      const target = path.join(directory, isSilver ? table.name : `${table.name}.parquet`);
      const options = isSilver
        ? 'FORMAT parquet, PARTITION_BY (event_date), OVERWRITE_OR_IGNORE'
        : 'FORMAT parquet';
      try {
        await connection.run(
          `COPY (FROM ${quote(table.name)} ORDER BY ${table.key.map(quote).join(', ')}) TO '${target.replaceAll("'", "''")}' (${options})`,
        );
      } catch (error) {
        throw new InputError(
          `--export ${directory}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
        );
      }
    }
  });
}
