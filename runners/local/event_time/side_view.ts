/**
 * A side input while it grows: a grouping of all its elements by window, of which each pane replaces the one before. A window is ready when it has had a pane, or when the watermark is
 * where its trigger must have fired: then there is nothing in it.
 */
import type { Coder } from 'apache-beam/coders/coders';
import type { Trigger, WindowingStrategy } from 'apache-beam/proto/beam_runner_api';
import type { Window } from 'apache-beam/values';
import Long from 'long';
import { FixedWindows, SlidingWindows, windowFnFromProto } from '../../../beam/windows';
import { bytesOf, decodeLatin1, latin1Of, ValueEncoder } from '../../harness/bytes';
import type { WindowMapping } from '../../harness/window_mapping';
import type { StateChange, StateStore } from '../checkpoint';
import type { EdgeBatch } from '../edge_batch';
import { EdgeBatchBuilder } from '../edge_batch_builder';
import { valueBytes } from '../edge_sources';
import type { GroupingNode } from './grouping_node';
import { lastMoment, MAX_INSTANT } from './instants';

export class SideView {
  /** Grows with every change. */
  version = 0;
  private readonly values = new Map<string, Uint8Array[]>();
  private readonly changed = new Set<string>();
  private readonly encoder = new ValueEncoder();
  /** Windows of the step's input, where it can be said from their time which can still come. */
  private readonly mainWindows: FixedWindows | SlidingWindows | undefined;
  private readonly mainLateness: number;

  constructor(
    /** The step that looks it up, and the input's name there. */
    readonly sideInput: { readonly transformId: string; readonly name: string },
    readonly node: GroupingNode,
    private readonly strategy: WindowingStrategy,
    private readonly windowCoder: Coder<unknown>,
    private readonly mapping: WindowMapping,
    /** Strategy of the input of the step that looks; null where that may have elements of any window at any time. */
    main: WindowingStrategy | null,
  ) {
    const windowFn = windowFnFromProto(main?.windowFn);
    this.mainWindows =
      windowFn instanceof FixedWindows || windowFn instanceof SlidingWindows ? windowFn : undefined;
    this.mainLateness = Number(main?.allowedLateness ?? 0);
  }

  /** Takes the panes that the grouping has given out. */
  update(panes: EdgeBatch | undefined): void {
    let entry = 0;
    for (const { window, values } of panes?.groups ?? []) {
      const from = entry;
      entry += values;
      // An empty pane says that nothing is new, not that nothing is there.
      if (values === 0 && this.values.has(window)) continue;
      this.values.set(
        window,
        Array.from({ length: values }, (_, at) => valueBytes(panes!, from + at)),
      );
      this.changed.add(window);
      this.version++;
    }
  }

  /** Forgets windows that no element can look at any more, by the watermark of the step's input: mappings keep windows in their order, so all before the one of the earliest window that can still come. */
  forget(mainWatermark: number): void {
    if (this.mainWindows === undefined || this.values.size === 0) return;
    const earliest = mainWatermark - this.mainLateness;
    if (!Number.isSafeInteger(earliest)) return;
    const windows = this.mainWindows.assignWindows(Long.fromNumber(earliest));
    const bound = lastMoment(this.mapping(windows[windows.length - 1]));
    for (const window of this.values.keys()) {
      if (lastMoment(decodeLatin1(this.windowCoder, window) as Window) >= bound) continue;
      this.values.delete(window);
      this.changed.add(window);
    }
  }

  /** Windows that there are values of. */
  get size(): number {
    return this.values.size;
  }

  /** What a checkpoint has to write: of each window that has changed all its values, with the length of each before it. */
  changes(): StateChange[] {
    const changes = [...this.changed].map((window) => {
      const values = this.values.get(window);
      return {
        space: this.space,
        key: bytesOf(window),
        value: values === undefined ? null : joined(values),
      };
    });
    this.changed.clear();
    return changes;
  }

  restore(store: StateStore): void {
    for (const [window, bytes] of store.entries(this.space))
      this.values.set(latin1Of(window), split(bytes.slice()));
    this.version++;
  }

  private get space(): string {
    return `side ${this.sideInput.transformId} ${this.sideInput.name}`;
  }

  /** Whether an element in a window of the main input may look. */
  isReady(mainWindow: Window): boolean {
    const window = this.mapping(mainWindow);
    if (this.values.has(this.encoder.latin1(this.windowCoder, window))) return true;
    return this.node.grouping.outputWatermark > firedBy(this.strategy.trigger, lastMoment(window));
  }

  /** All that there is, as bundles look it up. */
  batch(): EdgeBatch {
    const batch = new EdgeBatchBuilder();
    for (const [window, values] of this.values) {
      const at = batch.windows.position(window);
      for (const value of values) batch.add(batch.copy(value), 0, at, 0, 0, 0);
    }
    return batch.finish();
  }
}

/** The instant after which, by the watermark, a trigger has certainly fired for a window. */
function firedBy(trigger: Trigger | undefined, end: number): number {
  const part = (one: Trigger | undefined): number => firedBy(one, end);
  const kind = trigger?.trigger;
  switch (kind?.oneofKind) {
    case undefined:
    case 'default':
    case 'afterEndOfWindow':
      return end;
    case 'repeat':
      return part(kind.repeat.subtrigger);
    case 'afterAny':
      return Math.min(...kind.afterAny.subtriggers.map(part));
    case 'afterAll':
      return Math.max(...kind.afterAll.subtriggers.map(part));
    case 'afterEach':
      return part(kind.afterEach.subtriggers[0]);
    case 'orFinally':
      return Math.min(part(kind.orFinally.main), part(kind.orFinally.finally));
    default:
      return MAX_INSTANT;
  }
}

const LENGTH_BYTES = 4;

function joined(values: readonly Uint8Array[]): Uint8Array {
  const parts = values.flatMap((value) => {
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32LE(value.length);
    return [length, value];
  });
  return Buffer.concat([Buffer.from([0]), ...parts]);
}

function split(bytes: Uint8Array): Uint8Array[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: Uint8Array[] = [];
  for (let at = 1; at < bytes.length; ) {
    const length = view.readUInt32LE(at);
    values.push(bytes.slice(at + LENGTH_BYTES, at + LENGTH_BYTES + length));
    at += LENGTH_BYTES + length;
  }
  return values;
}
