/** An unbounded source as the root of a running graph: pulls, encodes, and cuts what came into bundles. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Coder } from 'apache-beam/coders/coders';
import { BytesCoder } from '../../../beam/bytes_coder';
import type { Coders } from '../../harness/coders';
import type { SourceElement, UnboundedSource } from '../source';
import type { SharedProtos } from '../stages';
import type { Clock } from './clock';
import { MIN_INSTANT } from './instants';
import type { GraphRoot, RootElements } from './root';
import { RootBatchBuilder } from './root_batch';

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

  constructor(
    private readonly source: UnboundedSource,
    private readonly pcollection: string,
    private readonly bundles: number,
    private readonly protos: SharedProtos,
    private readonly coders: Coders,
  ) {
    this.watermarks = new Map([[pcollection, MIN_INSTANT]]);
    this.coder = coders.get(protos.pcollections[pcollection].coderId);
  }

  open(mark: Uint8Array | null): Promise<void> {
    return this.source.open(mark);
  }

  async next(wakeAt: number, isFull: boolean): Promise<readonly RootElements[]> {
    const wait = Math.max(0, Math.min(LONGEST_WAIT_MS, wakeAt - Date.now()));
    // The source is asked all the same: it knows its watermark, and has its own messages to keep.
    if (isFull) await delay(wait);
    const { elements, watermark, isOver } = await (isFull
      ? this.source.pull(0, 0)
      : this.source.pull(MOST_PULLED, wait));
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
    const batch = new RootBatchBuilder(this.pcollection, this.protos, this.coders);
    // Messages are bytes already.
    const areBytes = this.coder instanceof BytesCoder;
    for (const { value, timestamp } of elements) {
      if (areBytes) batch.addEncoded(value as Uint8Array, timestamp);
      else batch.addValue(this.coder, value, timestamp);
    }
    return { pcollection: this.pcollection, batch: batch.finish() };
  }
}
