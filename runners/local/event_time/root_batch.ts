import { type Coder, Context } from 'apache-beam/coders/coders';
import { IterableCoder, PaneInfoCoder } from 'apache-beam/coders/standard_coders';
import { GlobalWindow, type PaneInfo } from 'apache-beam/values';
import { latin1Of } from '../../harness/bytes';
import type { Coders } from '../../harness/coders';
import { NO_FIRING } from '../../harness/elements';
import type { EdgeBatch } from '../edge_batch';
import { EdgeBatchBuilder, type Placed } from '../edge_batch_builder';
import type { SharedProtos } from '../stages';
import { toInstant } from './instants';

/** Builds a batch of elements as a root gives them out: in the global window, of no pane. */
export class RootBatchBuilder {
  private readonly batch = new EdgeBatchBuilder();
  private readonly window: number;
  private readonly pane: number;

  constructor(pcollection: string, protos: SharedProtos, coders: Coders) {
    const { batch } = this;
    const { windowingStrategyId } = protos.pcollections[pcollection];
    const windowCoder = coders.get(protos.windowingStrategies[windowingStrategyId].windowCoderId);
    const pane = PaneInfoCoder.INSTANCE as Coder<PaneInfo>;
    this.pane = batch.panes.position(latin1Of(batch.encoder.bytes(pane, NO_FIRING, Context.needsDelimiters)));
    this.window = batch.windows.position(
      batch.encoder.latin1(new IterableCoder(windowCoder), [new GlobalWindow()]),
    );
  }

  addEncoded(value: Uint8Array, timestamp: number): void {
    this.add(this.batch.copy(value), timestamp);
  }

  addValue<T>(coder: Coder<T>, value: T, timestamp: number): void {
    this.add(this.batch.encode(coder, value), timestamp);
  }

  finish(): EdgeBatch {
    return this.batch.finish();
  }

  private add(placed: Placed, timestamp: number): void {
    const { low, high } = toInstant(timestamp);
    this.batch.add(placed, 0, this.window, this.pane, low, high);
  }
}
