/** What an output holds at this moment: its run, how many rows each table has, and the newest of one. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { quote } from '../../schema/duckdb';
import { runs, TABLES } from '../../schema/tables';
import { InputError } from '../input_error';
import { withDuckdb } from './open';
import { type LockWait, whenUnlocked } from './when_unlocked';

/** A value as JSON has it: times as `YYYY-MM-DD HH:MM:SS`, money and large numbers as text. */
export type JsonValue = string | number | boolean | null;

/** The run that wrote last. Times are milliseconds since 1970. */
export interface InspectedRun {
  readonly run_id: string;
  readonly mode: string;
  readonly status: string;
  readonly state_id: string | null;
  readonly input: string;
  readonly started_at: number;
  readonly finished_at: number | null;
  /** Everything up to here is in the tables, but for late events; null where everything is. A stream that has seen nothing yet is at the year 1. */
  readonly watermark: number | null;
  readonly allowed_lateness_ms: number;
}

export interface Inspection {
  readonly run: InspectedRun;
  /** Rows by table. */
  readonly tables: Readonly<Record<string, number>>;
  readonly table: string;
  readonly columns: readonly string[];
  /** The newest rows of `table`, the newest first. */
  readonly rows: readonly Readonly<Record<string, JsonValue>>[];
}

/** Columns that say how new a row is, the more telling first: when it was written, then the time that it is about. */
const NEWNESS = [
  'computed_at',
  'commit',
  'rejected_at',
  'started_at',
  'window_start',
  'date',
  'event_time',
  'start',
];

/**
 * Looks into an output. It is opened for reading, for a moment: while a stream writes, one waits for it, and it waits for the reader.
 *
 * @throws {InputError} where the file can't be read, is no output, or has no such table.
 */
export function inspectOutput(
  file: string,
  { table, limit }: { table: string; limit: number },
  wait?: LockWait,
): Promise<Inspection> {
  return whenUnlocked(
    () =>
      withDuckdb(file, 'READ_ONLY', async (connection) => {
        const names = await namesIn(connection);
        const run = await lastRun(connection, file, names.tables);
        if (!names.tables.includes(table) && !names.views.includes(table))
          throw new InputError(
            `${file} has no table ${table}. There are ${[...names.tables, ...names.views].join(', ')}`,
          );
        const columns = await columnsOf(connection, table);
        const found = await connection.runAndReadAll(
          `SELECT * FROM ${quote(table)} ${newestFirst(table, columns)} LIMIT ${limit}`,
        );
        return {
          ...{ run, table, columns, tables: await countsOf(connection, names.tables) },
          rows: found.getRowObjectsJson() as Record<string, JsonValue>[],
        };
      }),
    wait,
  );
}

async function namesIn(connection: DuckDBConnection): Promise<{ tables: string[]; views: string[] }> {
  const read = async (sql: string): Promise<string[]> =>
    (await connection.runAndReadAll(sql)).getRows().map(([name]) => String(name));
  const where = "schema_name = 'main' AND NOT temporary AND NOT internal ORDER BY 1";
  const tables = await read(`SELECT table_name FROM duckdb_tables() WHERE ${where}`);
  const declared = [...TABLES, runs].map(({ name }) => name as string);
  const place = (name: string): number =>
    declared.includes(name) ? declared.indexOf(name) : declared.length;
  return {
    tables: tables.sort((a, b) => place(a) - place(b)),
    views: await read(`SELECT view_name FROM duckdb_views() WHERE ${where}`),
  };
}

/** The run that an output belongs to: the one that was begun last. */
export async function lastRun(
  connection: DuckDBConnection,
  file: string,
  tables?: readonly string[],
): Promise<InspectedRun> {
  const names = tables ?? (await namesIn(connection)).tables;
  const found = names.includes(runs.name)
    ? await connection.runAndReadAll(
        `SELECT run_id, mode, status, state_id, input, epoch_ms(started_at)::DOUBLE AS started_at, epoch_ms(finished_at)::DOUBLE AS finished_at, epoch_ms(watermark)::DOUBLE AS watermark, allowed_lateness_ms::DOUBLE AS allowed_lateness_ms FROM ${quote(runs.name)} ORDER BY runs.started_at DESC, rowid DESC LIMIT 1`,
      )
    : null;
  const [run] = found?.getRowObjectsJson() ?? [];
  if (run === undefined)
    throw new InputError(
      `${file} holds no run: it is no output of funnelpulse run, or of one that never began`,
    );
  return run as unknown as InspectedRun;
}

async function columnsOf(connection: DuckDBConnection, table: string): Promise<string[]> {
  const found = await connection.runAndReadAll(
    'SELECT column_name FROM duckdb_columns() WHERE table_name = $1 ORDER BY column_index',
    [table],
  );
  return found.getRows().map(([name]) => String(name));
}

async function countsOf(
  connection: DuckDBConnection,
  tables: readonly string[],
): Promise<Record<string, number>> {
  const counts = tables.map((name) => `(SELECT count(*)::DOUBLE FROM ${quote(name)}) AS ${quote(name)}`);
  const found = await connection.runAndReadAll(`SELECT ${counts.join(', ')}`);
  return found.getRowObjectsJson()[0] as Record<string, number>;
}

/** Rows of one moment come with the most views first, then in the order of their key, so that the same rows are the same text. */
function newestFirst(table: string, columns: readonly string[]): string {
  const key = [...TABLES, runs].find(({ name }) => table === name || table === `${name}_closed`)?.key ?? [];
  const newness = NEWNESS.filter((name) => columns.includes(name));
  const order = [
    ...newness.map((name) => `${quote(name)} DESC NULLS LAST`),
    ...(columns.includes('views') ? ['views DESC'] : []),
    ...key.filter((name) => !newness.includes(name)).map(quote),
  ];
  return order.length === 0 ? '' : `ORDER BY ${order.join(', ')}`;
}
