/** The worker's end of the edges that leave a stage: elements become entries of a batch. */
import { type Coder, Context } from 'apache-beam/coders/coders';
import { IterableCoder, PaneInfoCoder } from 'apache-beam/coders/standard_coders';
import type { PaneInfo, Window } from 'apache-beam/values';
import { latin1Of } from '../harness/bytes';
import type { Coders } from '../harness/coders';
import type { BundleSink, StageDescriptor } from '../harness/descriptor';
import type { Element } from '../harness/elements';
import { KeyedMap } from '../harness/keyed_map';
import type { EdgeBatch } from './edge_batch';
import { EdgeBatchBuilder } from './edge_batch_builder';
import type { EdgeKind } from './stages';

export interface EdgeSink extends BundleSink {
  /** What the bundle sent, or undefined if nothing. */
  finish(): EdgeBatch | undefined;
}

/** Makes a bundle's sink for an edge that carries the PCollection. */
export function openSink(
  kind: EdgeKind,
  pcollectionId: string,
  stage: StageDescriptor,
  coders: Coders,
): EdgeSink {
  const { coderId, windowingStrategyId } = stage.pcollections[pcollectionId];
  const windowCoder = coders.get(stage.windowingStrategies[windowingStrategyId].windowCoderId);
  switch (kind) {
    case 'group':
    case 'combine': {
      const [keyCoder, valueCoder] = coders.keyAndValue(coderId)!.map((id) => coders.get(id));
      return new KeyedSink(keyCoder, valueCoder, windowCoder);
    }
    case 'side':
      return new WindowedSink(coders.get(coderId), windowCoder);
    case 'elements':
    case 'reshuffle':
      return new ElementSink(coders.get(coderId), windowCoder);
  }
}

abstract class Sink implements EdgeSink {
  protected readonly batch = new EdgeBatchBuilder();
  private lastWindow: Window | undefined;
  private lastWindowAt = 0;

  abstract write(element: Element): void;

  finish(): EdgeBatch | undefined {
    return this.batch.entries === 0 ? undefined : this.batch.finish();
  }

  /** The window's position in the batch. Elements that follow one another are often of one window. */
  protected windowAt(window: Window, coder: Coder<unknown>): number {
    if (window !== this.lastWindow) {
      this.lastWindow = window;
      this.lastWindowAt = this.batch.windows.position(this.batch.encoder.latin1(coder, window));
    }
    return this.lastWindowAt;
  }
}

/** For a grouping: values by key and window. An element's pane ends here. */
class KeyedSink extends Sink {
  private readonly keysAt: KeyedMap<number>;
  private readonly encodeKey: (key: unknown) => number;

  constructor(
    keyCoder: Coder<unknown>,
    private readonly valueCoder: Coder<unknown>,
    private readonly windowCoder: Coder<unknown>,
  ) {
    super();
    this.keysAt = new KeyedMap(keyCoder);
    this.encodeKey = (key) => this.batch.keys.position(this.batch.encoder.latin1(keyCoder, key));
  }

  override write({ value, windows, timestamp }: Element): void {
    const { batch } = this;
    const { key, value: grouped } = value as { key: unknown; value: unknown };
    const keyAt = this.keysAt.getOrMake(key, this.encodeKey);
    const placed = batch.encode(this.valueCoder, grouped);
    for (const window of windows) {
      batch.add(placed, keyAt, this.windowAt(window, this.windowCoder), 0, timestamp.low, timestamp.high);
    }
  }
}

/** For a side input: elements by window. */
class WindowedSink extends Sink {
  constructor(
    private readonly coder: Coder<unknown>,
    private readonly windowCoder: Coder<unknown>,
  ) {
    super();
  }

  override write({ value, windows, timestamp }: Element): void {
    const placed = this.batch.encode(this.coder, value);
    for (const window of windows) {
      this.batch.add(placed, 0, this.windowAt(window, this.windowCoder), 0, timestamp.low, timestamp.high);
    }
  }
}

/** For another stage: elements as they are. */
class ElementSink extends Sink {
  private readonly windowsCoder: Coder<Iterable<unknown>>;
  private lastWindows: Window[] | undefined;
  private lastWindowsAt = 0;
  private lastPane: PaneInfo | undefined;
  private lastPaneAt = 0;

  constructor(
    private readonly coder: Coder<unknown>,
    windowCoder: Coder<unknown>,
  ) {
    super();
    this.windowsCoder = new IterableCoder(windowCoder);
  }

  override write({ value, windows, timestamp, pane }: Element): void {
    const placed = this.batch.encode(this.coder, value);
    this.batch.add(placed, 0, this.windowsAt(windows), this.paneAt(pane), timestamp.low, timestamp.high);
  }

  private windowsAt(windows: Window[]): number {
    if (windows !== this.lastWindows) {
      this.lastWindows = windows;
      this.lastWindowsAt = this.batch.windows.position(this.batch.encoder.latin1(this.windowsCoder, windows));
    }
    return this.lastWindowsAt;
  }

  private paneAt(pane: PaneInfo): number {
    if (pane !== this.lastPane) {
      this.lastPane = pane;
      const bytes = this.batch.encoder.bytes(
        PaneInfoCoder.INSTANCE as Coder<PaneInfo>,
        pane,
        Context.needsDelimiters,
      );
      this.lastPaneAt = this.batch.panes.position(latin1Of(bytes));
    }
    return this.lastPaneAt;
  }
}
