/**
 * A side input while it grows: a grouping of all its elements by window, of which each pane replaces the one before. A window is ready when it has had a pane, or when the watermark is
 * where its trigger must have fired: then there is nothing in it.
 */
import type { Coder } from 'apache-beam/coders/coders';
import type { Trigger, WindowingStrategy } from 'apache-beam/proto/beam_runner_api';
import type { Window } from 'apache-beam/values';
import { bytesOf, latin1Of, ValueEncoder } from '../../harness/bytes';
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

  constructor(
    /** The step that looks it up, and the input's name there. */
    readonly sideInput: { readonly transformId: string; readonly name: string },
    readonly node: GroupingNode,
    private readonly strategy: WindowingStrategy,
    private readonly windowCoder: Coder<unknown>,
    private readonly mapping: WindowMapping,
  ) {}

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

  /** What a checkpoint has to write: of each window that has changed all its values, with the length of each before it. */
  changes(): StateChange[] {
    const changes = [...this.changed].map((window) => ({
      space: this.space,
      key: bytesOf(window),
      value: joined(this.values.get(window)!),
    }));
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
