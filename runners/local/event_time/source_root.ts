/** An unbounded source as the root of a running graph: pulls, encodes, and cuts what came into bundles. */
import { type Coder, Context } from 'apache-beam/coders/coders';
import { IterableCoder, PaneInfoCoder } from 'apache-beam/coders/standard_coders';
import { GlobalWindow, type PaneInfo } from 'apache-beam/values';
import { latin1Of } from '../../harness/bytes';
import type { Coders } from '../../harness/coders';
import { NO_FIRING } from '../../harness/elements';
import { EdgeBatchBuilder } from '../edge_batch_builder';
import type { SourceElement, UnboundedSource } from '../source';
import type { SharedProtos } from '../stages';
import type { Clock } from './clock';
import { MIN_INSTANT, toInstant } from './instants';
import type { GraphRoot, RootElements } from './root';

/** Most elements of a pull: enough to keep workers busy, few enough that a commit is never far. */
const MOST_PULLED = 10_000;
/** How long a pull waits at most: so that a run that is to end does. */
const LONGEST_WAIT_MS = 200;

const SYSTEM_CLOCK: Clock = {
  get now() {
    return Date.now();
  },
};

export class SourceRoot implements GraphRoot {
  readonly clock = SYSTEM_CLOCK;
  readonly watermarks: Map<string, number>;
  isOver = false;
  private readonly coder: Coder<unknown>;
  private readonly windowsCoder: Coder<Iterable<unknown>>;

  constructor(
    private readonly source: UnboundedSource,
    private readonly pcollection: string,
    private readonly bundles: number,
    protos: SharedProtos,
    coders: Coders,
  ) {
    this.watermarks = new Map([[pcollection, MIN_INSTANT]]);
    const { coderId, windowingStrategyId } = protos.pcollections[pcollection];
    this.coder = coders.get(coderId);
    this.windowsCoder = new IterableCoder(
      coders.get(protos.windowingStrategies[windowingStrategyId].windowCoderId),
    );
  }

  open(mark: Uint8Array | null): Promise<void> {
    return this.source.open(mark);
  }

  async next(wakeAt: number): Promise<readonly RootElements[]> {
    const wait = Math.max(0, Math.min(LONGEST_WAIT_MS, wakeAt - Date.now()));
    const { elements, watermark, isOver } = await this.source.pull(MOST_PULLED, wait);
    this.watermarks.set(this.pcollection, Math.max(watermark, this.watermarks.get(this.pcollection)!));
    this.isOver = isOver;
    const perBundle = Math.ceil(elements.length / this.bundles);
    const cuts: RootElements[] = [];
    for (let from = 0; from < elements.length; from += perBundle)
      cuts.push(this.pack(elements.slice(from, from + perBundle)));
    return cuts;
  }

  mark(): Uint8Array {
    return this.source.mark();
  }

  finalise(mark: Uint8Array): Promise<void> {
    return this.source.finalise(mark);
  }

  close(): Promise<void> {
    return this.source.close();
  }

  private pack(elements: readonly SourceElement[]): RootElements {
    const batch = new EdgeBatchBuilder();
    const pane = batch.panes.position(
      latin1Of(
        batch.encoder.bytes(PaneInfoCoder.INSTANCE as Coder<PaneInfo>, NO_FIRING, Context.needsDelimiters),
      ),
    );
    const window = batch.windows.position(batch.encoder.latin1(this.windowsCoder, [new GlobalWindow()]));
    for (const { value, timestamp } of elements) {
      const { low, high } = toInstant(timestamp);
      batch.add(batch.encode(this.coder, value), 0, window, pane, low, high);
    }
    return { pcollection: this.pcollection, batch: batch.finish() };
  }
}
