import '../../../beam/node24';
import { pipelineLedger, tableNamed } from '../../../schema/tables';
import { BlockWriter } from '../../staging/block_writer';
import type { BigQueryWriter } from './bigquery_writer';
import type { WrittenDataset } from './shared_writer';

type Rows = readonly Record<string, unknown>[];

interface Counting {
  update(by: number): void;
}

/** What the step counts. */
export interface WriteCounters {
  readonly rows: Counting;
  readonly refused: Counting;
  /** Rows of anomalies that are open. */
  readonly open?: Counting;
}

/** A row of the ledger as far as it counts. */
const COUNTS = ['read', 'counted', 'duplicates', 'rejected', 'redriven'];

/**
 * The last step of a stream's graph where no runner waits for a flush before it commits: a bundle's rows are in BigQuery when the bundle has ended. A bundle that is repeated writes the same rows again, which
 * changes nothing, since BigQuery keeps the change with the largest sequence number (docs/bigquery-streaming.md).
 *
 * Nobody numbers commits here. A row of the ledger has in the place of its commit's number the records that it accounts for: panes accumulate, so that it only grows.
 */
export class WriteRows {
  private writer: BigQueryWriter | undefined;
  private block: BlockWriter | undefined;

  constructor(
    readonly table: string,
    readonly written: WrittenDataset,
  ) {}

  async startBundle(): Promise<void> {
    this.block = undefined;
    const { sharedWriter } = require('./shared_writer') as typeof import('./shared_writer');
    this.writer = await sharedWriter(this.written);
  }

  /** Void rows are written as well: they say that a stored row has to go. */
  process(rows: Rows, counters: WriteCounters): undefined {
    if (rows.length === 0) return;
    counters.rows.update(rows.length);
    if (counters.open !== undefined)
      counters.open.update(rows.filter(({ status }) => status === 'open').length);
    if (this.table !== pipelineLedger.name) this.take(rows);
    else for (const row of rows) this.hand([row], recordsOf(row));
  }

  async finishBundle(counters: WriteCounters): Promise<undefined> {
    const { writer } = this;
    if (writer === undefined) return;
    try {
      this.handBlock(0);
      const { refused } = await writer.flush();
      if (refused > 0) counters.refused.update(refused);
    } catch (error) {
      const { discardWriter } = require('./shared_writer') as typeof import('./shared_writer');
      await discardWriter(this.written, writer);
      throw error;
    }
  }

  private take(rows: Rows): void {
    this.block ??= new BlockWriter(tableNamed(this.table));
    for (let next = 0; ; this.handBlock(0)) {
      next = this.block.append(rows, next);
      if (next === rows.length) return;
    }
  }

  private hand(rows: Rows, commit: number): void {
    this.take(rows);
    this.handBlock(commit);
  }

  private handBlock(commit: number): void {
    if (this.block === undefined || this.block.rows === 0) return;
    this.writer!.append({ table: this.table, blocks: this.block.take() }, { time: Date.now(), commit });
  }
}

function recordsOf(row: Record<string, unknown>): number {
  return COUNTS.reduce((sum, name) => sum + Number(row[name] ?? 0), 0);
}
