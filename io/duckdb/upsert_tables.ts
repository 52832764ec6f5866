/**
 * The end of a streaming run's flush: logged rows become part of the tables, all in one transaction, each only if it is newer than what is there (upsert_rules.ts). What a flush did it may do again, in
 * any order. The file is open for the time of the flush only, so that others can read between.
 */
import * as fs from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quote } from '../../schema/duckdb';
import type { Table } from '../../schema/table';
import { pipelineLedger, runs, STREAM_TABLES } from '../../schema/tables';
import { InputError } from '../input_error';
import type { OpenBucket } from '../open_bucket';
import type { RunIdentity } from '../run_identity';
import type { LoggedRows } from '../staging/log_rows';
import { streamRows } from '../staging/stream_rows';
import type { Owner } from '../stream_owner';
import { latestWatermark, watermarkOf } from '../stream_watermark';
import { appendBlocks } from './append_blocks';
import type { AttachedFile } from './attached_file';
import { type BroughtIn, type FlushFollower, readChanges } from './flush_change';
import { doubtCutOff, openBuckets } from './open_buckets';
import { storeError } from './store_error';
import { readOwner, streamTombstones } from './stream_tables';
import type { TableCounts } from './switch_tables';
import { timestampSql } from './timestamp_sql';
import {
  addTombstones,
  countVoid,
  createIncoming,
  heedTombstones,
  incomingName,
  insertIncoming,
  keepLargest,
  replaceOlder,
} from './upsert_statements';
import { type LockWait, whenUnlocked } from './when_unlocked';

/** Rows from which on a flush is large. */
const MANY_ROWS = 20_000;

export interface UpsertOptions extends LockWait {
  /** The DuckDB file, which prepareStreamOutput has made sure of. */
  readonly output: AttachedFile;
  /**
   * The run as it is after this flush: `watermark` in milliseconds, null or beyond the year 9999 for complete. One id is one start of the program: its watermark never goes back in `runs`.
   */
  readonly run: RunIdentity;
  /** Time of the flush in milliseconds since 1970, which its rows get as computed_at. */
  readonly now: number;
  /** Number of the commit that the flush belongs to, which ledger rows get. */
  readonly commit: number;
  /** The run ends with this flush, drained or since its input is over. */
  readonly isLast?: boolean;
  /**
   * Told, before the flush takes effect, which rows of the ledger should balance by now and don't. What it throws undoes the flush and comes out as it is. For flushes of a graph at rest, with all rows of its
   * ledger or none.
   */
  readonly audit?: (open: readonly OpenBucket[]) => void;
  /** Told what the flush has changed. */
  readonly follow?: FlushFollower;
}

/**
 * Brings logged rows of any tables into the output and the run's row up to date; without any that row alone. When the promise is kept it is all on disk.
 *
 * Returns, per table, the rows that took effect: written, or removed as void.
 *
 * @throws {InputError} where the file is gone, locked for longer than the patience, no longer this stream's, or can't be written. Then nothing of the flush is in it.
 */
export async function upsertTables(
  logged: readonly LoggedRows[],
  options: UpsertOptions,
): Promise<TableCounts> {
  const { output, isLast = false } = options;
  const { file } = output;
  return whenUnlocked(
    () => {
      if (!fs.existsSync(file))
        throw new InputError(
          `cannot write ${file}: it is gone. Put it back, or begin anew with another --state, which reads only what the source still has`,
        );
      const isLarge = rowsOf(logged) >= MANY_ROWS;
      return output.use((connection) => flush(connection, logged, options), { isLarge, isLast });
    },
    { ...options, writes: file },
  );
}

async function flush(
  connection: DuckDBConnection,
  logged: readonly LoggedRows[],
  options: UpsertOptions,
): Promise<TableCounts> {
  const { output, audit, follow } = options;
  const stored = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw storeError(output.file, error);
    }
  };
  const flushed = await stored(bringIn(connection, logged, options));
  if (audit !== undefined) audit(await stored(openBuckets(connection, options.run)));
  // Read before it takes effect, so that it either does and is told of, or fails as a whole.
  const changes = follow === undefined ? [] : await stored(readChanges(connection, follow, flushed));
  await stored(connection.run('COMMIT'));
  follow?.onFlush(changes);
  return flushed.accepted;
}

/** All of a flush but its commit: what is not committed is gone with the connection. */
async function bringIn(
  connection: DuckDBConnection,
  logged: readonly LoggedRows[],
  options: UpsertOptions,
): Promise<BroughtIn> {
  const { run, now, commit, audit } = options;
  const stamp = { time: now, commit };
  const tables = tablesOf(logged);
  const before = await ownRun(connection, options);
  // What several statements give is what the last one does.
  const begun = await connection.run(
    [
      'BEGIN TRANSACTION',
      ...tables.map(createIncoming),
      ...(audit === undefined ? [] : [doubtCutOff(commit)]),
    ].join(';\n'),
  );
  const doubted = audit === undefined ? 0 : begun.rowsChanged;
  for (const table of tables) await loadIncoming(connection, table, logged);
  const [tombstones, ...voids] = await numbers(connection, [
    countOf(streamTombstones.name),
    ...tables.map(countVoid),
  ]);
  for (const [at, table] of tables.entries()) {
    const rows = rowsOf(logged.filter((part) => part.table === table.name));
    await connection.run(
      [
        keepLargest(table, rows),
        ...(tombstones > 0 && streamRows(table).removesVoid ? heedTombstones(table) : []),
        ...replaceOlder(table, stamp),
        ...(voids[at] > 0 ? [addTombstones(table, run.allowed_lateness_ms)] : []),
        insertIncoming(table, stamp),
      ].join(';\n'),
    );
  }
  const watermark = latestWatermark(before.watermark, watermarkOf(run.watermark));
  await connection.run(`DELETE FROM ${quote(streamTombstones.name)} WHERE ${expired(watermark)}`);
  const accepted = await recordRun(connection, tables, options, watermark);
  const voiding = new Set(tables.filter((_, at) => voids[at] > 0).map(({ name }) => name));
  return { stamp, accepted, voiding, doubted };
}

function rowsOf(logged: readonly LoggedRows[]): number {
  return logged.reduce((sum, { rows }) => sum + rows, 0);
}

/** Logged tables, in the order in which they are declared. */
function tablesOf(logged: readonly LoggedRows[]): Table[] {
  const names = new Set(logged.map(({ table }) => table));
  const tables = STREAM_TABLES.filter(({ name }) => names.delete(name));
  if (names.size > 0) throw new Error(`a stream does not write ${[...names].join(', ')}`);
  return tables;
}

/** The row of this run; refuses an output that has another owner by now. */
async function ownRun(connection: DuckDBConnection, { output, run }: UpsertOptions): Promise<Owner> {
  const owner = await readOwner(connection);
  if (owner?.runId === run.run_id) return owner;
  const whose =
    owner === null
      ? 'its tables are gone'
      : owner.mode === 'streaming'
        ? `the stream with the state ${owner.stateId} has taken it over`
        : `a batch run has replaced its tables`;
  throw new InputError(
    `cannot write ${output.file}: ${whose}. Stop one of the two; to go on here, start again with --replace and another --state`,
  );
}

async function loadIncoming(
  connection: DuckDBConnection,
  table: Table,
  logged: readonly LoggedRows[],
): Promise<void> {
  const appender = await connection.createAppender(incomingName(table), null, 'temp');
  for (const part of logged) if (part.table === table.name) appendBlocks(appender, table, part.blocks);
  appender.closeSync();
}

/** Condition for tombstones that nothing can come for any more. */
function expired(watermark: number | null): string {
  return watermark === null ? 'true' : `expires_at <= ${timestampSql(watermark)}`;
}

function countOf(name: string): string {
  return `(SELECT count(*) FROM ${quote(name)})`;
}

/** Several numbers in one query. */
async function numbers(connection: DuckDBConnection, expressions: readonly string[]): Promise<number[]> {
  return (await connection.runAndReadAll(`SELECT ${expressions.join(', ')}`)).getRows()[0].map(Number);
}

/** Numbers of the ledger that `runs` repeats. */
const SUMS = ['read', 'counted', 'duplicates', 'rejected', 'late_dropped'];

/** Says in `runs` what the tables hold by now. Returns the incoming rows that took effect. */
async function recordRun(
  connection: DuckDBConnection,
  tables: readonly Table[],
  { run, isLast = false, now }: UpsertOptions,
  watermark: number | null,
): Promise<TableCounts> {
  const found = await numbers(connection, [
    ...SUMS.map((sum) => `(SELECT sum(${quote(sum)}) FROM ${quote(pipelineLedger.name)})`),
    ...STREAM_TABLES.map(({ name }) => countOf(name)),
    ...tables.map((table) => countOf(incomingName(table))),
  ]);
  const taken = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, found.shift()!]));
  const sums = taken(SUMS);
  const counts = { ...sums, tables: taken(STREAM_TABLES.map(({ name }) => name)) };
  await connection.run(
    [
      `UPDATE ${quote(runs.name)} SET counts = $1, watermark = ${watermark === null ? 'NULL' : timestampSql(watermark)},`,
      isLast
        ? `status = 'done', finished_at = ${timestampSql(now)}`
        : `status = 'running', finished_at = NULL`,
      'WHERE run_id = $2',
    ].join(' '),
    [JSON.stringify(counts), run.run_id],
  );
  return taken(tables.map(({ name }) => name));
}
