/**
 * One run at a time writes to a dataset. The dataset has a table of one row that says which, and until when; a run makes the row its own in one UPDATE, which BigQuery does for one of two that come
 * at the same time and then for the other, who finds it taken. The row is there from the table's beginning: two INSERTs would not exclude each other.
 *
 * A run renews its lease while it lives. One that was killed doesn't, so the next waits until it lapses, {@link LEASE_MS} at most, or not at all where it can see that the process is gone. A run that was thought dead and
 * is not finds out in its switch: the transaction asserts that the lease is still its own.
 */
import * as os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { InputError } from '../input_error';
import { isRunning } from '../is_running';
import { type DatasetName, qualified, textOf } from './dataset_name';
import { changedRows, type JobPlace, queryRows } from './jobs';

export const LEASE_TABLE = 'funnelpulse_lease';
export const LEASE_MS = 45_000;
const LOOK_MS = 1000;

/** Which run wants the dataset, and where it runs. */
export interface Holder {
  readonly runId: string;
  readonly host: string;
  readonly pid: number;
}

export function holderOf(runId: string): Holder {
  return { runId, host: os.hostname(), pid: process.pid };
}

interface Held {
  readonly run_id: string | null;
  readonly host: string | null;
  readonly pid: number | null;
  /** Changes with every renewal. */
  readonly expires: string | null;
}

/** Makes the lease the run's own; it may be already. Throws an {@link InputError} where another run that lives has it. */
export async function takeLease(
  place: JobPlace,
  dataset: DatasetName,
  holder: Holder,
  leaseMs: number = LEASE_MS,
): Promise<void> {
  const table = qualified(dataset, LEASE_TABLE);
  await queryRows(
    place,
    `CREATE TABLE IF NOT EXISTS ${table} AS SELECT CAST(NULL AS STRING) AS run_id, CAST(NULL AS STRING) AS host, CAST(NULL AS INT64) AS pid, CAST(NULL AS TIMESTAMP) AS expires`,
  );
  let seen: Held | null = null;
  let dead = '';
  while (!(await take(place, table, holder, dead, leaseMs))) {
    const [now] = (await queryRows(
      place,
      `SELECT run_id, host, pid, CAST(expires AS STRING) AS expires FROM ${table}`,
    )) as unknown as Held[];
    if (now?.run_id == null) continue;
    if (now.host === holder.host) {
      if (isRunning(Number(now.pid))) throw inUse(dataset, now);
      dead = now.run_id;
      continue;
    }
    if (seen !== null && (seen.run_id !== now.run_id || seen.expires !== now.expires))
      throw inUse(dataset, now);
    seen = now;
    await delay(Math.min(LOOK_MS, leaseMs / 4));
  }
}

async function take(
  place: JobPlace,
  table: string,
  holder: Holder,
  dead: string,
  leaseMs: number,
): Promise<boolean> {
  const changed = await changedRows(
    place,
    `UPDATE ${table} SET run_id = @run, host = @host, pid = @pid, expires = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL @lease MILLISECOND)
     WHERE run_id IS NULL OR run_id = @run OR run_id = @dead OR expires < CURRENT_TIMESTAMP()`,
    { run: holder.runId, host: holder.host, pid: holder.pid, lease: leaseMs, dead },
  );
  return changed > 0;
}

function inUse(dataset: DatasetName, { run_id, host, pid }: Held): InputError {
  return new InputError(
    `bigquery:${textOf(dataset)} is being written to by the run ${run_id} (process ${pid} on ${host}). Wait until it has ended, or choose another --output`,
  );
}

/** A lease that is renewed while its run lives. */
export interface KeptLease {
  /** Ends the renewals. */
  stop(): void;
  /**
   * For whoever writes without a transaction that asserts it: whether the lease is still the run's.
   *
   * @throws {InputError} where another run has it
   */
  assertOwn(): Promise<void>;
}

/** Renews the lease four times in its life until it is told to stop. That a renewal fails is no error yet: there is time for several, and who writes asks again. */
export function keepLease(
  place: JobPlace,
  dataset: DatasetName,
  holder: Holder,
  leaseMs: number = LEASE_MS,
): KeptLease {
  const everyMs = leaseMs / 4;
  let isLost = false;
  let renewedAt = Date.now();
  const renew = async (): Promise<void> => {
    const asked = Date.now();
    const changed = await changedRows(
      place,
      `UPDATE ${qualified(dataset, LEASE_TABLE)} SET expires = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL @lease MILLISECOND) WHERE run_id = @run`,
      { run: holder.runId, lease: leaseMs },
    );
    if (changed === 0) isLost = true;
    else renewedAt = asked;
  };
  const timer = setInterval(() => void renew().catch(() => {}), everyMs);
  timer.unref();
  return {
    stop: () => clearInterval(timer),
    assertOwn: async () => {
      if (!isLost && Date.now() - renewedAt > leaseMs - everyMs) await renew();
      if (isLost)
        throw new InputError(
          `cannot write to bigquery:${textOf(dataset)}: another run has taken it over. Stop one of the two; to go on here, start again with --replace and another --state`,
        );
    },
  };
}

/** Gives the lease back, if it is still the run's. */
export async function giveLeaseBack(place: JobPlace, dataset: DatasetName, runId: string): Promise<void> {
  await changedRows(
    place,
    `UPDATE ${qualified(dataset, LEASE_TABLE)} SET run_id = NULL, host = NULL, pid = NULL, expires = NULL WHERE run_id = @run`,
    { run: runId },
  );
}
