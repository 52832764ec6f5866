/**
 * A stream's tables in BigQuery. Rows go by the Storage Write API (docs/bigquery-streaming.md); SQL is asked only before the first of them and after the last, since a statement can't change what was streamed.
 */
import { type LedgerRow, pipelineLedger, type RunRow, runs, STREAM_TABLES } from '../../../schema/tables';
import type { StreamFlush, StreamIdentity } from '../../run_identity';
import { rowBlocks } from '../../staging/block_writer';
import type { LoggedRows } from '../../staging/log_rows';
import { latestWatermark, watermarkOf } from '../../stream_watermark';
import { openBigquery, storageEmulator } from '../client';
import { openDataset } from '../dataset';
import { type DatasetName, qualified, textOf } from '../dataset_name';
import { idText, type JobPlace, queryRows } from '../jobs';
import { giveLeaseBack, holderOf, type KeptLease, keepLease, takeLease } from '../lease';
import { outputError } from '../service_error';
import type { BigQueryWriter } from '../write/bigquery_writer';
import { openWriter } from '../write/open_writer';
import { type Claim, claimDataset } from './claim_dataset';
import { StreamLedger } from './stream_ledger';

/** A stream holds its lease for days: it renews it once a minute. */
const STREAM_LEASE_MS = 240_000;

export interface StreamOptions extends Omit<Claim, 'stateId'> {
  readonly dataset: DatasetName;
  /** Where the dataset is made if it is missing, and has to be; null: BigQuery's default, or wherever it is. */
  readonly location: string | null;
  readonly run: StreamIdentity;
}

/** Rows that BigQuery does not take: they are dead letters there, and the run must not go on as if nothing were missing. */
export class RefusedRowsError extends Error {
  override readonly name = 'RefusedRowsError';
  readonly exitCode = 1;
}

export class BigqueryStream {
  private watermark: number | null;
  private time = 0;

  private constructor(
    readonly place: JobPlace,
    private readonly dataset: DatasetName,
    private readonly lease: KeptLease,
    private readonly holderId: string,
    private readonly writer: BigQueryWriter,
    private readonly ledger: StreamLedger,
    watermark: number,
  ) {
    this.watermark = watermark;
  }

  /**
   * Makes the dataset the stream's own, and enters the run in `runs`.
   *
   * @throws {InputError} where it can't be written, belongs to another stream or to a batch run, or lacks what the state has written before
   */
  static async open(options: StreamOptions): Promise<BigqueryStream> {
    const { dataset, run } = options;
    // Said before the dataset is anybody's.
    storageEmulator();
    try {
      const place = await openDataset(openBigquery(dataset.project), dataset, options.location);
      // The lease is the state's, which no two processes can have open: so a stream that comes back need not wait for its own.
      const holder = holderOf(`state_${idText(run.state_id)}`);
      await takeLease(place, dataset, holder, STREAM_LEASE_MS);
      const lease = keepLease(place, dataset, holder, STREAM_LEASE_MS);
      let writer: BigQueryWriter | undefined;
      try {
        const { watermark, ledger } = await claimDataset(place, dataset, {
          ...options,
          stateId: run.state_id,
        });
        writer = await openWriter(dataset, place.location);
        const begins = watermarkOf(run.watermark) ?? Number.NEGATIVE_INFINITY;
        const stream = new BigqueryStream(
          ...([place, dataset, lease, holder.runId, writer, new StreamLedger(ledger)] as const),
          Math.max(begins, watermark ?? begins),
        );
        await stream.begin(options);
        return stream;
      } catch (error) {
        lease.stop();
        await writer?.close();
        await giveLeaseBack(place, dataset, holder.runId).catch(() => {});
        throw error;
      }
    } catch (error) {
      throw outputError(dataset, error);
    }
  }

  private async begin({ run, commits }: StreamOptions): Promise<void> {
    const now = this.nextTime(Date.now());
    for (const row of this.ledger.doubtAfter(commits)) this.append(pipelineLedger, row, now, row.commit);
    await this.settle();
    await this.sayOfRun({ run, now, commit: commits, isLast: false }, {});
  }

  /**
   * Brings logged rows into the tables, each only if it is newer than what is there, and then the run's row up to date. When the promise is kept, BigQuery has all of it. Returns, per table, the rows that it
   * has taken.
   *
   * @throws {InputError} where another run has taken the dataset over, or BigQuery can't be written to
   * @throws {RefusedRowsError} where it refuses rows
   */
  async flush(logged: readonly LoggedRows[], flush: StreamFlush): Promise<Readonly<Record<string, number>>> {
    const { run, commit, isLast, audit } = flush;
    const books = logged.filter(({ table }) => table === pipelineLedger.name).map(({ blocks }) => blocks);
    this.ledger.take(books, commit);
    audit(this.ledger.open(run.watermark, run.allowed_lateness_ms));
    try {
      await this.lease.assertOwn();
      const now = this.nextTime(flush.now);
      for (const rows of logged) this.writer.append(rows, { time: now, commit });
      const written = await this.settle();
      this.watermark = latestWatermark(this.watermark, watermarkOf(run.watermark));
      // Only after the rows that it speaks of.
      await this.sayOfRun({ run, now, commit, isLast }, isLast ? { tables: await this.countTables() } : {});
      return written;
    } catch (error) {
      throw outputError(this.dataset, error);
    }
  }

  /** Ends the connections and the lease. What was not flushed may be lost. */
  async close(): Promise<void> {
    this.lease.stop();
    await this.writer.close();
    await giveLeaseBack(this.place, this.dataset, this.holderId).catch(() => {});
  }

  /** Of two changes of one commit the later counts: so no two flushes have the same time, though a clock may be set back. */
  private nextTime(now: number): number {
    this.time = Math.max(Math.trunc(now), this.time + 1);
    return this.time;
  }

  private append(table: typeof pipelineLedger, row: LedgerRow, time: number, commit: number): void;
  private append(table: typeof runs, row: RunRow, time: number, commit: number): void;
  private append(
    table: typeof runs | typeof pipelineLedger,
    row: object,
    time: number,
    commit: number,
  ): void {
    for (const blocks of rowBlocks(table, [row as Record<string, unknown>]))
      this.writer.append({ table: table.name, blocks }, { time, commit });
  }

  private async settle(): Promise<Readonly<Record<string, number>>> {
    const { written, refused, firstRefusal } = await this.writer.flush();
    if (refused > 0)
      throw new RefusedRowsError(
        `bigquery:${textOf(this.dataset)} has refused ${refused === 1 ? 'a row' : `${refused} rows`}, which ${refused === 1 ? 'is' : 'are'} in dead_letters as sink_refused: ${firstRefusal}. Put right what it says and start again: nothing was committed`,
      );
    return written;
  }

  private async sayOfRun(
    { run, now, commit, isLast }: Omit<StreamFlush, 'audit'>,
    counts: { tables?: Record<string, number> },
  ): Promise<void> {
    const row: RunRow = {
      ...run,
      watermark: this.watermark,
      counts: JSON.stringify({ ...this.ledger.sums, ...counts }),
      status: isLast ? 'done' : 'running',
      finished_at: isLast ? now : null,
    };
    this.append(runs, row, now, commit);
    await this.settle();
  }

  /** Rows of each table: what no flush knows, since rows replace others. */
  private async countTables(): Promise<Record<string, number>> {
    const counts = STREAM_TABLES.map(
      ({ name }) => `(SELECT COUNT(*) FROM ${qualified(this.dataset, name)}) AS \`${name}\``,
    );
    const [row] = await queryRows(this.place, `SELECT ${counts.join(', ')}`);
    return Object.fromEntries(Object.entries(row).map(([name, count]) => [name, Number(count)]));
  }
}
