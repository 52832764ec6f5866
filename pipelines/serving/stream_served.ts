/** What a streaming run serves of itself: its own output, which it reads beside its flushes, and its own numbers. */
import { EventEmitter } from 'node:events';
import type { PipelineStatus, Served } from '../../serving/served';
import type { StreamOutput } from '../outputs/stream_output';
import type { StreamNumbers } from '../stream_status';

export class StreamServed implements Served {
  private readonly changes = new EventEmitter().setMaxListeners(0);

  /** @param name the output as the user named it */
  constructor(
    readonly name: string,
    private readonly output: Pick<StreamOutput, 'read'>,
    private readonly numbers: () => StreamNumbers,
  ) {}

  get read(): Served['read'] {
    return this.output.read;
  }

  /** To be called after each flush. */
  changed(): void {
    this.changes.emit('change');
  }

  onChange(listener: () => void): () => void {
    this.changes.on('change', listener);
    return () => this.changes.off('change', listener);
  }

  status(): PipelineStatus {
    const of = this.numbers();
    return {
      ...{ read: of.read, rate: of.rate, late_dropped: of.lateDropped, watermark: of.watermark },
      ...{ open_windows: of.openWindows, state_bytes: of.stateBytes, is_full: of.isFull },
      ...{ unacked: of.unacked, flushes: of.flushes, rows_written: of.rowsWritten },
      ...{ last_flush_ms: of.lastFlushMs, outage_since: of.outage?.since ?? null },
    };
  }

  /** The output is the run's, which closes it. */
  async close(): Promise<void> {
    this.changes.removeAllListeners();
  }
}
