import '../../../beam/node24';
import { type RunRow, runs } from '../../../schema/tables';
import { rowBlocks } from '../../staging/block_writer';
import { watermarkOf } from '../../stream_watermark';
import type { WrittenDataset } from './shared_writer';

/** What a stream's run says of itself, but for what changes. */
export type EnteredRun = Omit<RunRow, 'counts' | 'finished_at' | 'status' | 'watermark'>;

interface HourRow {
  readonly window_end: number;
  readonly pane: string;
}

/**
 * Keeps the run's row in `runs`, where no runner tells its watermark: an hour that has spoken on time says that the watermark has passed its end. So `runs.watermark` is the latest such end, which is never more
 * than the watermark, and the views of closed rows hold none that may still change.
 *
 * Its input are rows of hours, or anything else, which only says that the run has begun. Of what many workers write at a time the latest watermark stays: it is in the place of the time by which changes of a run are
 * ordered.
 */
export class EnterRun {
  private watermark = BEFORE_ALL;
  private said: number | undefined;

  constructor(
    readonly run: EnteredRun,
    readonly written: WrittenDataset,
  ) {}

  process(rows: readonly HourRow[] | Uint8Array): undefined {
    if (!Array.isArray(rows)) return;
    for (const { window_end, pane } of rows as readonly HourRow[])
      if (pane !== 'early' && window_end > this.watermark) this.watermark = window_end;
  }

  async finishBundle(): Promise<undefined> {
    if (this.said !== undefined && this.watermark <= this.said) return;
    const { sharedWriter, discardWriter } = require('./shared_writer') as typeof import('./shared_writer');
    const writer = await sharedWriter(this.written);
    const { watermark } = this;
    const row: RunRow = {
      ...this.run,
      watermark: watermarkOf(watermark),
      counts: '{}',
      status: 'running',
      finished_at: null,
    };
    try {
      for (const blocks of rowBlocks(runs, [{ ...row }]))
        writer.append({ table: runs.name, blocks }, { time: Math.max(0, watermark), commit: 0 });
      await writer.flush();
    } catch (error) {
      await discardWriter(this.written, writer);
      throw error;
    }
    this.said = watermark;
  }
}

const BEFORE_ALL = Date.parse('0001-01-01T00:00:00Z');
