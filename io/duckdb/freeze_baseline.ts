/** Writes the hours of a run as a baseline file, which stays as it is while the run's tables change. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quote } from '../../schema/duckdb';
import { goldFunnelHourlyBrand } from '../../schema/tables';
import { InputError, systemCode, systemReason } from '../input_error';
import { withDuckdb } from './open';
import { finishedRows, isDatabase } from './read_baseline';
import { whenUnlocked } from './when_unlocked';

const TABLE = goldFunnelHourlyBrand.name;
/** All that a baseline is made of. */
const COLUMNS = ['window_start', 'brand', 'views', 'purchases', 'revenue'];

export interface FrozenBaseline {
  /** Hours of brands, brands, and first and last hour as ISO 8601. */
  readonly rows: number;
  readonly brands: number;
  readonly first: string;
  readonly last: string;
}

/**
 * Writes the finished hours of the DuckDB file `from` to `out`: Parquet, CSV (.csv, .csv.gz) or a DuckDB file (.duckdb, .db), as {@link readBaseline} reads them. An earlier file of that name is replaced when the new one is whole.
 *
 * @throws InputError where one can't be read or the other not be written, where there are no hours, and where `out` is a DuckDB file with more than a baseline in it
 */
export async function freezeBaseline(from: string, out: string): Promise<FrozenBaseline> {
  await checkTarget(from, out);
  const unfinished = path.join(path.dirname(out), `.${path.basename(out)}.${process.pid}`);
  const [rows, database] = [`${unfinished}.rows`, `${unfinished}.duckdb`];
  try {
    const frozen = await whenUnlocked(() =>
      withDuckdb(from, 'READ_ONLY', (connection) =>
        copyHours(connection, from, rows, isDatabase(out) ? 'FORMAT parquet' : formatOf(out)),
      ),
    );
    if (isDatabase(out)) {
      await withDuckdb(database, 'READ_WRITE', (connection) =>
        connection.run(`CREATE TABLE ${quote(TABLE)} AS FROM read_parquet(${literal(rows)})`),
      );
      fs.renameSync(database, out);
    } else fs.renameSync(rows, out);
    return frozen;
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = systemCode(error) === '' ? (error as Error).message.split('\n')[0] : systemReason(error);
    throw new InputError(`cannot write ${out}: ${reason}. Choose another --out`);
  } finally {
    for (const file of [rows, database, `${database}.wal`]) fs.rmSync(file, { force: true });
  }
}

const formatOf = (out: string): string =>
  /\.csv\.gz$/i.test(out)
    ? 'FORMAT csv, HEADER, COMPRESSION gzip'
    : /\.csv$/i.test(out)
      ? 'FORMAT csv, HEADER'
      : 'FORMAT parquet';

async function copyHours(
  connection: DuckDBConnection,
  from: string,
  to: string,
  format: string,
): Promise<FrozenBaseline> {
  const tables = await connection.runAndReadAll(
    `SELECT 1 FROM information_schema.tables WHERE table_name = '${TABLE}'`,
  );
  if (tables.getRows().length === 0)
    throw new InputError(`${from} has no table ${TABLE}. Name the output of a run`);
  const finished = await finishedRows(connection, TABLE);
  const counted = await connection.runAndReadAll(
    `SELECT count(*), count(DISTINCT brand), strftime(min(window_start), '%Y-%m-%dT%H:%M:%SZ'), strftime(max(window_start), '%Y-%m-%dT%H:%M:%SZ') FROM ${finished}`,
  );
  const [rows, brands, first, last] = counted.getRows()[0];
  if (Number(rows) === 0)
    throw new InputError(
      `${from} has no finished hour to make a baseline of. Name the output of a longer run`,
    );
  await connection.run(
    `COPY (SELECT ${COLUMNS.map(quote).join(', ')} FROM ${finished} ORDER BY window_start, brand) TO ${literal(to)} (${format})`,
  );
  return { rows: Number(rows), brands: Number(brands), first: String(first), last: String(last) };
}

/** Says before the work what would make it fail after it, and what it would destroy. */
async function checkTarget(from: string, out: string): Promise<void> {
  const folder = path.dirname(path.resolve(out));
  if (!/\.(parquet|csv|csv\.gz|duckdb|db)$/i.test(out))
    throw new InputError(
      `--out ${out}: a name ending in .parquet, .csv, .csv.gz or .duckdb was expected, like ${path.join('out', 'baseline.parquet')}`,
    );
  if (!fs.existsSync(folder))
    throw new InputError(`cannot write ${out}: the directory ${folder} does not exist. Make it first`);
  const existing = fs.statSync(out, { throwIfNoEntry: false });
  if (existing === undefined) return;
  if (existing.isDirectory())
    throw new InputError(`cannot write ${out}: it is a directory. Choose another --out`);
  if (fs.existsSync(from) && fs.realpathSync(from) === fs.realpathSync(out))
    throw new InputError(`--out ${out} is the file that the hours are in. Choose another --out`);
  if (isDatabase(out) && (await holdsMore(out)))
    throw new InputError(
      `${out} has other tables than a baseline, which would be lost. Choose another --out, or delete it first`,
    );
}

async function holdsMore(file: string): Promise<boolean> {
  return withDuckdb(file, 'READ_ONLY', async (connection) => {
    const others = await connection.runAndReadAll(
      `SELECT 1 FROM information_schema.tables WHERE table_name <> '${TABLE}'`,
    );
    return others.getRows().length > 0;
  });
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
