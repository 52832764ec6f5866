/** The tables of a stream's output: all that a run writes, what the stream keeps besides, and whose they are. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { required } from '../../schema/column';
import { duckdbCreateTable, duckdbViews, quote } from '../../schema/duckdb';
import { table } from '../../schema/table';
import { runs, STREAM_TABLES, TABLES } from '../../schema/tables';
import { viewStatements } from '../../schema/views';
import type { Owner } from '../stream_owner';

/**
 * Rows of gold tables that were removed because all their records lost against duplicates. Without it, an older row that comes again would be taken for a new one. Kept until the window is two days past
 * its expiry.
 */
export const streamTombstones = table({
  name: 'stream_tombstones',
  description: 'Gold rows that a stream has removed, so that older ones of the same key stay away',
  columns: {
    table_name: required('text', 'The gold table'),
    start: required('timestamp', 'Start of the hour or day, the first column of the row’s key'),
    dimension: required('text', 'Brand, category root or price band, the second one'),
    revision: required('int64', 'Revision of the row that removed it'),
    pane: required('text', 'Its pane'),
    expires_at: required('timestamp', 'Watermark from which on nothing older can come'),
  },
  key: ['table_name', 'start', 'dimension'],
});

/** Makes what is missing of the tables and their views. */
export async function createStreamTables(connection: DuckDBConnection): Promise<void> {
  const tables = [...STREAM_TABLES, runs, streamTombstones];
  await connection.run(
    [
      ...tables.map((each) => duckdbCreateTable(each, each.name, 'TABLE IF NOT EXISTS')),
      ...viewStatements(duckdbViews()),
    ].join(';\n'),
  );
}

/** Drops everything that a run writes, but not the account of earlier runs. */
export async function dropStreamTables(connection: DuckDBConnection): Promise<void> {
  const names = [...TABLES, streamTombstones].map(({ name }) => quote(name));
  await connection.run(names.map((name) => `DROP TABLE IF EXISTS ${name} CASCADE`).join(';\n'));
}

/** Whose the tables are; null where no run is known. */
export async function readOwner(connection: DuckDBConnection): Promise<Owner | null> {
  if (!(await tableNames(connection)).has(runs.name)) return null;
  const found = await connection.runAndReadAll(
    `SELECT run_id, mode, state_id, epoch_ms(watermark) FROM ${quote(runs.name)} ORDER BY started_at DESC, rowid DESC LIMIT 1`,
  );
  const [row] = found.getRows();
  if (row === undefined) return null;
  const [runId, mode, stateId, watermark] = row;
  return {
    runId: String(runId),
    mode: String(mode),
    stateId: stateId === null ? null : String(stateId),
    watermark: watermark === null ? null : Number(watermark),
  };
}

/** Names of the tables that the database holds. */
export async function tableNames(connection: DuckDBConnection): Promise<Set<string>> {
  const found = await connection.runAndReadAll(
    "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'main' AND NOT temporary",
  );
  return new Set(found.getRows().map(([name]) => String(name)));
}
