/** Whoever runs bundles for the runner: a worker thread, or the calling thread itself. */
import { BundleStopped } from '../harness/operators/operator';
import type { EdgeBatch } from './edge_batch';
import { type BundleResult, type SideInputBatch, StageHost } from './stage_host';
import type { SharedProtos, StageDefinition } from './stages';

export interface StageExecutor {
  /** Bundles it may be given at a time: one at work, and one ready so that it need not wait for the next. */
  readonly capacity: number;
  open(stage: StageDefinition, sideInputs: readonly SideInputBatch[]): Promise<void>;
  process(stage: string, batch: EdgeBatch): Promise<BundleResult>;
  /** Ends a stage: its DoFns' teardown has run when this resolves. */
  close(stage: string): Promise<void>;
  /** Ends everything: gives up what is at work between two elements, tears DoFns down where that is possible. */
  stop(): Promise<void>;
}

/** The calling thread. */
export class DirectExecutor implements StageExecutor {
  readonly capacity = 1;
  private readonly host: StageHost;
  private stopped = false;

  constructor(protos: SharedProtos) {
    this.host = new StageHost(protos, () => {
      if (this.stopped) throw new BundleStopped('The run has ended');
    });
  }

  async open(stage: StageDefinition, sideInputs: readonly SideInputBatch[]): Promise<void> {
    this.host.open(stage, sideInputs);
  }

  async process(stage: string, batch: EdgeBatch): Promise<BundleResult> {
    // Lets timers and signals of this thread have their turn.
    await new Promise<void>((resolve) => setImmediate(resolve));
    return this.host.process(stage, batch);
  }

  close(stage: string): Promise<void> {
    return this.host.close(stage);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    // The run has ended, well or with an error that says more than a teardown after it.
    await this.host.closeAll(() => undefined);
  }
}
