/**
 * A stream's rows → BigQuery, by the Storage Write API: upserts and removals on each table's default stream, in any order, any of them twice (docs/bigquery-streaming.md). Rows are handed over as they were
 * logged (io/staging/log_rows.ts), wait until a request is full or for a moment, and are certain to be in BigQuery when {@link BigQueryWriter.flush} says so.
 */
import { deadLetters, runs, STREAM_TABLES } from '../../../schema/tables';
import { InputError } from '../../input_error';
import { aligned, readBlocks } from '../../staging/block_reader';
import { rowBlocks } from '../../staging/block_writer';
import type { Stamp } from '../../staging/stream_rows';
import { AppendPool, type PoolLimits } from './append_pool';
import { Destination } from './append_request';
import { type EncodedRows, encodeRows } from './encode_rows';
import { FlushAccount, type FlushResult } from './flush_account';
import { refusalLetter } from './refused_row';
import type { RowBatch, RowRange } from './row_batch';
import { RowBuffer } from './row_buffer';
import { type RowRefusal, WriteChannel, type WriteChannelOptions } from './write_channel';

export interface WriterLimits extends PoolLimits {
  /** Bytes from which on a request is full. A single row may be larger. */
  readonly requestBytes: number;
  /** How long a row may wait for others, milliseconds. */
  readonly delayMs: number;
}

export const WRITER_LIMITS: WriterLimits = {
  requestBytes: 1 << 20,
  delayMs: 100,
  connections: 4,
  requests: 16,
  bytes: 32 << 20,
  answerMs: 60_000,
  patienceMs: 600_000,
  unknownTableMs: 60_000,
};

/** Rows of a table, as blocks (io/staging/block_layout.ts). */
export interface BlockRows {
  readonly table: string;
  readonly blocks: Uint8Array;
}

export class BigQueryWriter {
  private readonly pool: AppendPool;
  private readonly waiting = new Map<string, RowBuffer>();
  private readonly limits: WriterLimits;
  private account = new FlushAccount();
  /** Kept when all flushes so far are. */
  private settled = Promise.resolve();
  private readonly flushes = new Set<(error: InputError) => void>();
  private failure: InputError | null = null;
  private delay: NodeJS.Timeout | undefined;

  private constructor(
    private readonly channel: WriteChannel,
    dataset: string,
    limits: Partial<WriterLimits>,
  ) {
    this.limits = { ...WRITER_LIMITS, ...limits };
    for (const table of [...STREAM_TABLES, runs])
      this.waiting.set(table.name, new RowBuffer(new Destination(dataset, table), this.limits.requestBytes));
    this.pool = new AppendPool(channel, dataset, this.limits, {
      taken: ({ destination: { table }, rowCount, account }) => {
        account.wrote(table.name, rowCount);
        account.closed();
      },
      refused: (batch, rows) => this.refused(batch, rows),
      failed: (error) => this.fail(error),
    });
  }

  /**
   * A writer to the tables of a dataset, which must be there, with their primary keys.
   *
   * @throws {InputError} where there are no credentials
   */
  static async open(
    options: WriteChannelOptions,
    limits: Partial<WriterLimits> = {},
  ): Promise<BigQueryWriter> {
    return new BigQueryWriter(await WriteChannel.open(options), options.dataset, limits);
  }

  /**
   * Hands rows over. Their memory belongs to the writer from now on.
   *
   * @param stamp of the flush that they belong to: a later one has no earlier time
   * @throws {InputError} where nothing can be written any more
   */
  append({ table: name, blocks }: BlockRows, stamp: Stamp): void {
    this.throwFailure();
    const waiting = this.waiting.get(name);
    if (waiting === undefined) throw new Error(`a stream does not write ${name}`);
    const { table } = waiting.destination;
    const whole = { ...stamp, time: Math.trunc(stamp.time) };
    for (const block of readBlocks(table, aligned(blocks))) {
      const rows = encodeRows(table, block, whole);
      this.add(waiting, rows, this.account);
    }
    this.delay ??= setTimeout(() => {
      this.delay = undefined;
      this.submitAll();
    }, this.limits.delayMs);
  }

  /**
   * Resolves when BigQuery has taken or refused every row that was handed over before; refused ones are dead letters there by then.
   *
   * @throws {InputError} where a table is gone, the permission is missing, the rows don't fit the tables, or BigQuery could not be reached for longer than the patience. Nothing can be written any more then.
   */
  async flush(): Promise<FlushResult> {
    this.throwFailure();
    clearTimeout(this.delay);
    this.delay = undefined;
    this.submitAll();
    const { account } = this;
    this.account = new FlushAccount();
    const settled = Promise.all([this.settled, account.settled()]).then(() => {});
    this.settled = settled;
    let reject: (error: InputError) => void = () => {};
    const failed = new Promise<never>((_resolve, fail) => {
      reject = fail;
    });
    this.flushes.add(reject);
    try {
      await Promise.race([settled, failed]);
    } finally {
      this.flushes.delete(reject);
    }
    return account.result;
  }

  /** Ends the connections. What was not flushed may be lost. */
  async close(): Promise<void> {
    clearTimeout(this.delay);
    this.pool.close();
    this.failure ??= new InputError('cannot write to BigQuery: the writer is closed');
    for (const reject of this.flushes) reject(this.failure);
    await this.channel.close();
  }

  /** Adds rows to a buffer, and sends it whenever it is full. */
  private add(buffer: RowBuffer, rows: EncodedRows, account: FlushAccount): void {
    for (let row = 0; row < rows.block.rows; row++) {
      let added = buffer.add(rows, row);
      if (added === 'full') {
        this.send(buffer.take(account));
        added = buffer.add(rows, row);
      }
      if (added !== 'too large') continue;
      const reason = `a row of ${rows.starts[row + 1] - rows.starts[row]} bytes; a request has room for less than 10 MB`;
      this.refuse([{ row: { rows, from: row, to: row + 1 }, reason }], account);
    }
  }

  private submitAll(): void {
    for (const buffer of this.waiting.values()) if (!buffer.isEmpty) this.send(buffer.take(this.account));
  }

  private send(batch: RowBatch): void {
    batch.account.opened();
    this.pool.submit(batch);
  }

  private refused(batch: RowBatch, refusals: readonly RowRefusal[]): void {
    const { account, rowCount } = batch;
    const known = refusals.filter(({ index }) => index < rowCount);
    const rest = batch.without(new Set(known.map(({ index }) => index)));
    if (known.length === 0)
      this.fail(new InputError(`BigQuery refuses rows that it was not sent: ${refusals[0].reason}`));
    else {
      this.refuse(
        known.map(({ index, reason }) => ({ row: batch.row(index), reason })),
        account,
      );
      if (rest.rowCount > 0) this.send(rest);
    }
    account.closed();
  }

  /** Rows → their dead letters, which go at once, with the flush that the rows belong to. */
  private refuse(rows: readonly { row: RowRange; reason: string }[], account: FlushAccount): void {
    const now = Date.now();
    const letters: Record<string, unknown>[] = [];
    for (const { row, reason } of rows) {
      const { name } = row.rows.table;
      account.refused(`${name}: ${reason}`);
      const letter = refusalLetter(row, reason, now);
      if (letter === null) {
        this.fail(
          new InputError(
            `BigQuery does not take a row of ${name}, nor can that be written there: ${reason}. Compare the table with the declared columns`,
          ),
        );
        return;
      }
      letters.push({ ...letter });
    }
    const buffer = new RowBuffer(this.waiting.get(deadLetters.name)!.destination, this.limits.requestBytes);
    for (const blocks of rowBlocks(deadLetters, letters))
      for (const block of readBlocks(deadLetters, blocks))
        this.add(buffer, encodeRows(deadLetters, block, { time: now, commit: 0 }), account);
    if (!buffer.isEmpty) this.send(buffer.take(account));
  }

  private fail(error: InputError): void {
    if (this.failure !== null) return;
    this.failure = error;
    this.pool.close();
    for (const reject of this.flushes) reject(error);
  }

  private throwFailure(): void {
    if (this.failure !== null) throw this.failure;
  }
}
