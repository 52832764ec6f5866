import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError, systemReason } from '../input_error';
import { makeStaging, removeAbandoned, removeStaging } from '../staging/staging_directory';
import { withDuckdb } from './open';

/**
 * Makes sure, before hours of work, that a batch run will be able to write its output: the file opens, is locked by nobody, and isn't a stream's. Returns a staging directory beside
 * it, made new; what killed runs left there is removed. Throws an {@link InputError} otherwise.
 */
export async function prepareOutput(file: string, runId: string, replace: boolean): Promise<string> {
  const directory = path.dirname(path.resolve(file));
  const existing = fs.statSync(file, { throwIfNoEntry: false });
  if (existing?.isDirectory())
    throw new InputError(
      `cannot write ${file}: it is a directory. Name a file, like ${path.join(file, 'funnel.duckdb')}`,
    );
  if (!fs.existsSync(directory))
    throw new InputError(`cannot write ${file}: the directory ${directory} does not exist. Make it first`);
  let staging: string;
  try {
    removeAbandoned(file);
    staging = makeStaging(file, runId);
  } catch (error) {
    throw new InputError(
      `cannot write ${file}: in its directory no files can be made (${systemReason(error)}). Choose another --output`,
    );
  }
  if (existing === undefined) return staging;
  try {
    await refuseStream(file, replace);
    return staging;
  } catch (error) {
    removeStaging(staging);
    throw error;
  }
}

/** Opens the file for writing, which shows that it can be, and looks who owns it. */
async function refuseStream(file: string, replace: boolean): Promise<void> {
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
}
