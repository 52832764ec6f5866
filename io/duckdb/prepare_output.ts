import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError, systemReason } from '../input_error';
import { withDuckdb } from './open';

/**
 * Makes sure, before hours of work, that a batch run will be able to write its output: the file opens, is locked by nobody, and isn't a stream's. Returns a staging directory beside
 * it, made new. Throws an {@link InputError} otherwise.
 */
export async function prepareOutput(file: string, runId: string, replace: boolean): Promise<string> {
  const directory = path.dirname(path.resolve(file));
  const existed = fs.existsSync(file);
  if (existed && fs.statSync(file).isDirectory())
    throw new InputError(
      `cannot write ${file}: it is a directory. Name a file, like ${path.join(file, 'funnel.duckdb')}`,
    );
  if (!fs.existsSync(directory))
    throw new InputError(`cannot write ${file}: the directory ${directory} does not exist`);
  const staging = path.join(directory, `.${path.basename(file)}.staging-${runId}`);
  try {
    fs.mkdirSync(staging, { mode: 0o700 });
  } catch (error) {
    throw new InputError(`cannot write ${file}: ${systemReason(error)}`);
  }
  try {
    await withDuckdb(file, 'READ_WRITE', async (connection) => {
      const tables = await connection.runAndReadAll(
        "SELECT 1 FROM information_schema.tables WHERE table_name = 'runs'",
      );
      if (tables.getRows().length === 0 || replace) return;
      const stream = await connection.runAndReadAll(
        "SELECT state_id FROM runs WHERE mode = 'streaming' ORDER BY started_at DESC LIMIT 1",
      );
      const [row] = stream.getRows();
      if (row !== undefined) {
        throw new InputError(
          `${file} belongs to the stream with the state ${String(row[0])}: a batch run would replace its tables. Choose another --output, or --replace to do so`,
        );
      }
    });
  } catch (error) {
    fs.rmSync(staging, { recursive: true, force: true });
    if (!existed) removeDatabase(file);
    throw error;
  }
  if (!existed) removeDatabase(file);
  return staging;
}

/** Removes a DuckDB file that holds nothing yet, and its log. */
function removeDatabase(file: string): void {
  for (const leftover of [file, `${file}.wal`]) fs.rmSync(leftover, { force: true });
}
