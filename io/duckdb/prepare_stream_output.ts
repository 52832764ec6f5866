import * as fs from 'node:fs';
import * as path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quote } from '../../schema/duckdb';
import { runs, STREAM_TABLES } from '../../schema/tables';
import type { StreamIdentity } from '../run_identity';
import { removeStaging } from '../staging/staging_directory';
import { refuseOther } from '../stream_owner';
import { latestWatermark, watermarkOf } from '../stream_watermark';
import { withDuckdb } from './open';
import { prepareOutput } from './prepare_output';
import { storeError } from './store_error';
import { createStreamTables, dropStreamTables, readOwner, tableNames } from './stream_tables';
import { timestampSql } from './timestamp_sql';
import { type LockWait, whenUnlocked } from './when_unlocked';

export interface StreamOutput extends LockWait {
  /** The DuckDB file. */
  readonly file: string;
  /** The run that begins; its watermark is the one it goes on from. */
  readonly run: StreamIdentity;
  /** Commits that the state holds: one that has some must find its own output. */
  readonly commits: number;
  /** Take the output over where it is another's, and empty it. Its own output keeps its rows. */
  readonly replace: boolean;
}

/**
 * Makes the output a stream's own, with all tables, before it reads anything, and enters the run in `runs`. Returns a staging directory beside it, made new; what killed runs left there is removed.
 *
 * @throws {InputError} where the output can't be written, is locked for longer than the patience, belongs to another stream or to a batch run, or lacks what the state has written before. Then it is as it
 * was.
 */
export async function prepareStreamOutput(output: StreamOutput): Promise<string> {
  const { file, run } = output;
  // Whose it is, is for this function to say: so the check for batch runs is told to replace.
  const staging = await whenUnlocked(() => prepareOutput(file, run.run_id, true), {
    ...output,
    writes: file,
  });
  try {
    if (fs.existsSync(file)) {
      await whenUnlocked(() => withDuckdb(file, 'READ_WRITE', (connection) => claim(connection, output)), {
        ...output,
        writes: file,
      });
    } else {
      const built = path.join(staging, 'new.duckdb');
      await withDuckdb(built, 'READ_WRITE', (connection) => claim(connection, output));
      // The log of a file that somebody has removed would be taken for this one's.
      fs.rmSync(`${file}.wal`, { force: true });
      fs.renameSync(built, file);
    }
    return staging;
  } catch (error) {
    removeStaging(staging);
    throw storeError(file, error);
  }
}

async function claim(connection: DuckDBConnection, output: StreamOutput): Promise<void> {
  const { file, run, commits, replace } = output;
  await connection.run('BEGIN TRANSACTION');
  const owner = await readOwner(connection);
  const isOwn = owner?.mode === 'streaming' && owner.stateId === run.state_id;
  if (!isOwn) {
    const { state_id: stateId } = run;
    const claimant = { output: file, kind: 'file' as const, stateId, commits };
    if (!replace) await refuseOther(claimant, owner, () => tableInTheWay(connection));
    await dropStreamTables(connection);
  }
  await createStreamTables(connection);
  const watermark = watermarkOf(run.watermark);
  const before = isOwn ? owner.watermark : null;
  await enterRun(connection, run, before === null ? watermark : latestWatermark(before, watermark));
  await connection.run('COMMIT');
}

/** A table of a stream's that is there, in words. */
async function tableInTheWay(connection: DuckDBConnection): Promise<string | null> {
  const names = await tableNames(connection);
  const found = STREAM_TABLES.find(({ name }) => names.has(name));
  return found === undefined ? null : `a table ${found.name}`;
}

async function enterRun(
  connection: DuckDBConnection,
  run: StreamOutput['run'],
  watermark: number | null,
): Promise<void> {
  await connection.run(`DELETE FROM ${quote(runs.name)} WHERE run_id = $1`, [run.run_id]);
  await connection.run(
    `INSERT INTO ${quote(runs.name)} VALUES ($1, $2, $3, $4, $5, '{}', ${watermark === null ? 'NULL' : timestampSql(watermark)}, $6::BIGINT, 'running', epoch_ms($7::BIGINT), NULL)`,
    [
      run.run_id,
      run.state_id,
      run.mode,
      run.input,
      run.options,
      run.allowed_lateness_ms,
      BigInt(run.started_at),
    ],
  );
}
