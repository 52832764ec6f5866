/** Hourly rows of brands, as a baseline takes them: from the file of an earlier run, or any that has such rows. */
import * as fs from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { goldFunnelHourlyBrand } from '../../schema/tables';
import { type BaselineHour, byHour } from '../baseline_hours';
import { InputError } from '../input_error';
import { withDuckdb } from './open';
import { whenUnlocked } from './when_unlocked';

const TABLE = goldFunnelHourlyBrand.name;

/**
 * The hours of a baseline file: a DuckDB file of an earlier run, or a Parquet or CSV file with the columns window_start, brand, views, purchases and revenue, as `--export` and `funnelpulse baseline` write
 * them.
 */
export async function readBaseline(file: string): Promise<BaselineHour[]> {
  if (!fs.existsSync(file))
    throw new InputError(
      `--baseline ${file}: no such file. Give run, trailing, or a .duckdb, .parquet or .csv file of hourly rows`,
    );
  const literal = `'${file.replaceAll("'", "''")}'`;
  if (isDatabase(file)) return readHours(`--baseline ${file}`, file, TABLE, 0);
  // Without their types a CSV's brand 007 would be the number 7, and revenue a double.
  const types = "types = {'brand': 'VARCHAR', 'revenue': 'DECIMAL(38,4)'}";
  const from = /\.csv(\.gz)?$/i.test(file) ? `read_csv(${literal}, ${types})` : `read_parquet(${literal})`;
  return readHours(`--baseline ${file}`, null, from, 0);
}

/** Whether a baseline file is a DuckDB file, by its name. */
export function isDatabase(file: string): boolean {
  return /\.(duckdb|db)$/i.test(file);
}

/** The hours of `--history duckdb:FILE`: those of an earlier run's brands with at least `minViews` views. */
export async function readHistory(file: string, minViews: number): Promise<BaselineHour[]> {
  if (!fs.existsSync(file))
    throw new InputError(
      `--history duckdb:${file}: no such file. Name the output of an earlier run, or leave --history out`,
    );
  return readHours(`--history duckdb:${file}`, file, TABLE, minViews);
}

/** The same of a run's own output, which may not be there yet, or have no tables: then there is no history. Waits for whoever has it locked. */
export async function readOwnHistory(file: string, minViews: number): Promise<BaselineHour[]> {
  if (!fs.existsSync(file)) return [];
  const found = await whenUnlocked(() =>
    withDuckdb(file, 'READ_ONLY', (connection) =>
      connection.runAndReadAll(`SELECT 1 FROM information_schema.tables WHERE table_name = '${TABLE}'`),
    ),
  );
  return found.getRows().length > 0 ? readHistory(file, minViews) : [];
}

/** Reads rows and puts those of an hour together. `database`: the file that is opened; null where `from` itself names one. Waits for whoever has it locked. */
function readHours(
  option: string,
  database: string | null,
  from: string,
  minViews: number,
): Promise<BaselineHour[]> {
  const mode = database === null ? 'READ_WRITE' : 'READ_ONLY';
  return whenUnlocked(() =>
    withDuckdb(database ?? ':memory:', mode, async (connection) => {
      try {
        const result = await connection.runAndReadAll(
          `SELECT epoch_ms(window_start)::BIGINT, brand::VARCHAR, views::BIGINT, purchases::BIGINT, (revenue::DECIMAL(38,4) * 10000)::HUGEINT::VARCHAR
           FROM ${await finishedRows(connection, from)} AND views >= ${minViews} ORDER BY 1, 2`,
        );
        return byHour(result.getRows());
      } catch (error) {
        const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
        throw new InputError(
          `${option}: cannot read hourly rows (${reason}). Needed are window_start, brand, views, purchases, revenue`,
        );
      }
    }),
  );
}

/**
 * The rows of a table or file, for a FROM clause to be gone on with by AND. Of an hour that a stream has not finished there are only early rows: it looks bad, and is left out. Files of other programs
 * need no panes.
 */
export async function finishedRows(connection: DuckDBConnection, from: string): Promise<string> {
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`);
  const hasPanes = described.getRows().some(([name]) => name === 'pane');
  return `${from} WHERE ${hasPanes ? "pane <> 'early'" : 'true'}`;
}
