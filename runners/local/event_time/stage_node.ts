/** A stage in a running graph: what waits for it, and its watermarks. */
import type { Coder } from 'apache-beam/coders/coders';
import { IterableCoder } from 'apache-beam/coders/standard_coders';
import type { Window } from 'apache-beam/values';
import { bytesOf, decodeLatin1, latin1Of, ValueEncoder } from '../../harness/bytes';
import type { StateChange, StateStore } from '../checkpoint';
import type { EdgeBatch } from '../edge_batch';
import { EdgeBatchBuilder } from '../edge_batch_builder';
import type { Stage, StageDefinition } from '../stages';
import { copyOut, type StoredElement, storedElements } from '../stored_values';
import { MIN_INSTANT } from './instants';
import { leastTimestamp } from './least_timestamp';
import type { SideView } from './side_view';

export class StageNode {
  inputWatermark = MIN_INSTANT;
  /** Bundles that are ready to be processed. */
  readonly queue: EdgeBatch[] = [];
  /** Elements whose side inputs are not there yet, one window each. */
  private waiting: StoredElement[] = [];
  /** How many of them the last checkpoint has. */
  private saved = 0;
  private readonly windowsCoder: Coder<Iterable<unknown>>;
  private readonly encoder = new ValueEncoder();

  constructor(
    readonly stage: Stage,
    readonly definition: StageDefinition,
    windowCoder: Coder<unknown>,
    readonly sideViews: readonly SideView[],
  ) {
    this.windowsCoder = new IterableCoder(windowCoder);
  }

  /** What still has to be done holds the watermark back. */
  get pending(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const batch of this.queue) least = Math.min(least, leastTimestamp(batch));
    for (const { timestampLow, timestampHigh } of this.waiting)
      least = Math.min(least, timestampHigh * 4_294_967_296 + (timestampLow >>> 0));
    return least;
  }

  add(batch: EdgeBatch): void {
    if (this.sideViews.length === 0) {
      this.queue.push(batch);
      return;
    }
    for (const element of storedElements(batch)) {
      for (const window of decodeLatin1(this.windowsCoder, element.window))
        this.waiting.push({ ...element, window: this.encoder.latin1(this.windowsCoder, [window]) });
    }
    this.releaseReady();
  }

  /** What a checkpoint has to write: the elements that wait, all anew, since they are few or none. */
  changes(): StateChange[] {
    if (this.sideViews.length === 0 || (this.waiting.length === 0 && this.saved === 0)) return [];
    const changes: StateChange[] = this.waiting.map(({ chunk, offset, length, ...rest }, at) => ({
      space: this.space,
      key: Buffer.from(String(at)),
      value: Buffer.from(
        JSON.stringify({ ...rest, value: latin1Of(chunk.bytes.subarray(offset, offset + length)) }),
        'utf8',
      ),
    }));
    for (let at = changes.length; at < this.saved; at++)
      changes.push({ space: this.space, key: Buffer.from(String(at)), value: null });
    this.saved = this.waiting.length;
    return changes;
  }

  restore(store: StateStore): void {
    for (const [, bytes] of store.entries(this.space)) {
      const { value, ...rest } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Omit<
        StoredElement,
        'chunk' | 'offset' | 'length'
      > & { value: string };
      const content = bytesOf(value);
      this.waiting.push({ ...rest, chunk: { bytes: content, values: 1 }, offset: 0, length: content.length });
    }
    this.saved = this.waiting.length;
  }

  private get space(): string {
    return `waiting ${this.stage.id}`;
  }

  /** Queues the elements whose side inputs have come. Says whether there were any. */
  releaseReady(): boolean {
    if (this.waiting.length === 0) return false;
    const isReady = new Map<string, boolean>();
    const ready: StoredElement[] = [];
    const waiting: StoredElement[] = [];
    for (const element of this.waiting) {
      let known = isReady.get(element.window);
      if (known === undefined) {
        const [window] = decodeLatin1(this.windowsCoder, element.window) as Iterable<Window>;
        known = this.sideViews.every((view) => view.isReady(window));
        isReady.set(element.window, known);
      }
      (known ? ready : waiting).push(element);
    }
    if (ready.length === 0) return false;
    this.waiting = waiting;
    this.queue.push(packed(ready));
    return true;
  }
}

function packed(elements: readonly StoredElement[]): EdgeBatch {
  const batch = new EdgeBatchBuilder();
  for (const element of elements) {
    const window = batch.windows.position(element.window);
    const pane = batch.panes.position(element.pane);
    batch.add(copyOut(element, batch), 0, window, pane, element.timestampLow, element.timestampHigh);
  }
  return batch.finish();
}
