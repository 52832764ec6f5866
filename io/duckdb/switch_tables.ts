/**
 * The last step of a batch run: staged rows become the tables, all in one transaction. Readers see the old run or the new one; a run that is stopped before, at any point,
 * leaves the old one.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { duckdbCreateTable, duckdbViews, quote } from '../../schema/duckdb';
import type { Table } from '../../schema/table';
import { runs, TABLES } from '../../schema/tables';
import { viewStatements } from '../../schema/views';
import type { RunIdentity } from '../run_identity';
import type { Staged } from '../staging/stage_rows';
import { appendBlocks } from './append_blocks';
import { withDuckdb } from './open';
import { storeError } from './store_error';
import { whenUnlocked } from './when_unlocked';

export interface SwitchOptions {
  /** The DuckDB file. */
  readonly file: string;
  /** The run's own directory beside it: where a new file is built, and DuckDB puts what it has no memory for. */
  readonly staging: string;
  readonly run: RunIdentity;
  /** Tables that this run doesn't write: silver_events unless asked for. They are dropped, since they would show another run. */
  readonly omit: readonly string[];
}

/** Rows per table. */
export type TableCounts = Record<string, number>;

/**
 * Replaces all tables of the output by the staged rows. Running it again with the same staged rows changes nothing. A new file is built in the staging directory and appears whole.
 */
export async function switchTables(staged: readonly Staged[], options: SwitchOptions): Promise<TableCounts> {
  const { file, staging } = options;
  if (fs.existsSync(file)) return whenUnlocked(() => writeTables(file, staged, options), { writes: file });
  const built = path.join(staging, 'new.duckdb');
  fs.rmSync(built, { force: true });
  const counts = await writeTables(built, staged, options);
  // The log of a file that somebody has removed would be taken for this one's.
  fs.rmSync(`${file}.wal`, { force: true });
  fs.renameSync(built, file);
  return counts;
}

function writeTables(file: string, staged: readonly Staged[], options: SwitchOptions): Promise<TableCounts> {
  const work = async (connection: DuckDBConnection): Promise<TableCounts> => {
    try {
      const written = TABLES.filter(({ name }) => !options.omit.includes(name));
      await runAll(connection, [
        'BEGIN TRANSACTION',
        ...TABLES.map(({ name }) => `DROP TABLE IF EXISTS ${quote(name)} CASCADE`),
        ...written.map((table) => duckdbCreateTable(table)),
        duckdbCreateTable(runs, runs.name, 'TABLE IF NOT EXISTS'),
      ]);
      const counts: TableCounts = {};
      for (const table of written) {
        const parts = staged.filter((part) => part.table === table.name);
        if (parts.length > 0) await loadTable(connection, table, parts);
        counts[table.name] = parts.reduce((sum, { rows }) => sum + rows, 0);
      }
      await recordRun(connection, options.run, counts);
      await runAll(connection, [...viewStatements(duckdbViews()), 'COMMIT']);
      return counts;
    } catch (error) {
      throw storeError(options.file, error);
    }
  };
  return withDuckdb(file, 'READ_WRITE', work, { temp_directory: path.join(options.staging, 'spilled') });
}

/** Runs statements in one call: there and back takes longer than most of them. */
async function runAll(connection: DuckDBConnection, statements: readonly string[]): Promise<void> {
  await connection.run(statements.join(';\n'));
}

/** Loads staged rows, file after file in order of their keys: not sorted, which would take as long as loading, but what is near in time lies near in the table. */
async function loadTable(
  connection: DuckDBConnection,
  table: Table,
  parts: readonly Staged[],
): Promise<void> {
  const appender = await connection.createAppender(table.name);
  for (const { file } of parts.toSorted(byFirst)) appendBlocks(appender, table, fs.readFileSync(file));
  appender.closeSync();
}

function byFirst(a: Staged, b: Staged): number {
  return a.first < b.first ? -1 : a.first > b.first ? 1 : 0;
}

async function recordRun(connection: DuckDBConnection, run: RunIdentity, counts: TableCounts): Promise<void> {
  const ledger = await connection.runAndReadAll(
    'SELECT sum(read)::BIGINT, sum(counted)::BIGINT, sum(duplicates)::BIGINT, sum(rejected)::BIGINT FROM pipeline_ledger',
  );
  const [read, counted, duplicates, rejected] = (ledger.getRows()[0] ?? []).map(Number);
  const all = { read, counted, duplicates, rejected, tables: counts };
  await connection.run(`DELETE FROM ${quote(runs.name)} WHERE run_id = $1`, [run.run_id]);
  await connection.run(
    `INSERT INTO ${quote(runs.name)} VALUES ($1, $2, $3, $4, $5, $6, NULL, $7::BIGINT, 'done', epoch_ms($8::BIGINT), epoch_ms($9::BIGINT))`,
    [
      run.run_id,
      run.state_id,
      run.mode,
      run.input,
      run.options,
      JSON.stringify(all),
      run.allowed_lateness_ms,
      BigInt(run.started_at),
      BigInt(Date.now()),
    ],
  );
}
