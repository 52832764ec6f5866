/** A grouping in a running graph: batches in, panes out, values as the bytes that they came in. */
import type { Coder } from 'apache-beam/coders/coders';
import { MergeStatus_Enum, type WindowingStrategy } from 'apache-beam/proto/beam_runner_api';
import { IntervalWindow, type Window } from 'apache-beam/values';
import Long from 'long';
import { decodeLatin1, ValueEncoder } from '../../harness/bytes';
import { mergeOverlapping } from '../../harness/operators/windowing';
import type { StateChange, StateStore } from '../checkpoint';
import type { EdgeBatch } from '../edge_batch';
import { EdgeBatchBuilder } from '../edge_batch_builder';
import { type StoredValue, storedElements } from '../stored_values';
import { lastMoment, MIN_INSTANT } from './instants';
import { type BoundedWindow, type GroupedValue, type MergeWindows, PaneGrouping } from './pane_grouping';
import type { SavedContents, StageContents } from './window_contents';
import { decodeWindow, encodeWindow, parseRecordKey, recordKey } from './window_record';
import type { WindowState } from './window_state';

/** Something that a grouping did not take in, for the observer. */
export interface DroppedElement {
  /** The grouping's unique name. */
  readonly step: string;
  readonly reason: 'late' | 'closed';
  /** Encoded, one character a byte, as the window. */
  readonly key: string;
  readonly window: Window;
  /** The element's value, encoded. */
  readonly value: Uint8Array;
}

export class GroupingNode<C extends SavedContents = SavedContents> {
  readonly grouping: PaneGrouping<StoredValue, C>;
  private batch = new EdgeBatchBuilder();
  private readonly windows = new Map<string, BoundedWindow>();
  private readonly encoder = new ValueEncoder();

  constructor(
    readonly step: string,
    strategy: WindowingStrategy,
    private readonly windowCoder: Coder<unknown>,
    private readonly contents: StageContents<C>,
    onDropped: (dropped: DroppedElement) => void,
  ) {
    const merges = strategy.mergeStatus === MergeStatus_Enum.NEEDS_MERGE;
    this.grouping = new PaneGrouping(strategy, merges ? this.mergeWindows : null, contents, {
      pane: (pane) => contents.pack(pane, this.batch),
      dropped: (reason, key, window, { chunk, offset, length }) =>
        onDropped({
          ...{ step, reason, key, window: this.decode(window) },
          value: chunk.bytes.subarray(offset, offset + length),
        }),
    });
  }

  /** Takes a bundle's elements in; returns the panes that come of it. */
  add(batch: EdgeBatch): EdgeBatch | undefined {
    const byKey = new Map<string, GroupedValue<StoredValue>[]>();
    for (const { key, window, timestampLow, timestampHigh, chunk, offset, length } of storedElements(batch)) {
      const value = {
        value: { chunk, offset, length },
        window: this.bounded(window),
        timestamp: new Long(timestampLow, timestampHigh).toNumber(),
      };
      const values = byKey.get(key);
      if (values === undefined) byKey.set(key, [value]);
      else values.push(value);
    }
    for (const [key, values] of byKey) this.grouping.add(key, values);
    return this.take();
  }

  /** Has the timers that are due do their work; returns the panes that come of it. Says by `fired` whether there was any. */
  fireTimers(): { fired: boolean; panes: EdgeBatch | undefined } {
    const fired = this.grouping.fireTimers();
    return { fired, panes: this.take() };
  }

  /** What a checkpoint has to write, in two spaces: windows, and the records of their contents. */
  changes(): StateChange[] {
    const changes: StateChange[] = [];
    const spaces = this.spaces;
    for (const { state, isGone } of this.grouping.takeChanged()) {
      const contents = isGone ? undefined : state.contents;
      contents?.beginSaving();
      const keep = contents?.saved ?? 0;
      for (let at = keep; at < state.records; at++)
        changes.push({ space: spaces.contents, key: recordKey(state, at), value: null });
      if (isGone) {
        changes.push({ space: spaces.windows, key: recordKey(state), value: null });
        state.records = 0;
        continue;
      }
      const records = contents?.records ?? 0;
      for (let at = keep; at < records; at++)
        changes.push({ space: spaces.contents, key: recordKey(state, at), value: contents!.record(at) });
      changes.push({ space: spaces.windows, key: recordKey(state), value: encodeWindow(state) });
      contents?.endSaving();
      state.records = records;
    }
    // Of a window that is gone and there again, what is there now has to stand.
    return changes.sort((a, b) => Number(a.value !== null) - Number(b.value !== null));
  }

  /** Takes a checkpoint's windows back in; the watermarks have to be there already. */
  restore(store: StateStore): void {
    const spaces = this.spaces;
    const stored = new Map<string, Uint8Array>();
    for (const [key, value] of store.entries(spaces.contents))
      stored.set(Buffer.from(key).toString('utf8'), value.slice());
    for (const [bytes, record] of store.entries(spaces.windows)) {
      const { key, window } = parseRecordKey(bytes);
      let state!: WindowState<C>;
      const { records, beginsWithAccumulator } = decodeWindow(record, (start, last) => {
        state = this.grouping.blank(key, window, start, last);
        return state;
      });
      if (records > 0) {
        const keys = Array.from({ length: records }, (_, at) => recordKey(state, at));
        const values = keys.map((each) => stored.get(Buffer.from(each).toString('utf8'))!);
        state.contents = this.contents.restore(values, beginsWithAccumulator);
      }
      state.records = records;
      this.grouping.restore(state);
    }
  }

  private get spaces(): { windows: string; contents: string } {
    return { windows: `windows ${this.step}`, contents: `contents ${this.step}` };
  }

  private take(): EdgeBatch | undefined {
    const { batch } = this;
    if (!this.contents.hasPanes(batch)) return undefined;
    this.batch = new EdgeBatchBuilder();
    return batch.finish();
  }

  private readonly mergeWindows: MergeWindows = (windows) => {
    const bounded = new Map<Window, BoundedWindow>();
    const decoded = windows.map((window) => {
      const interval = this.decode(window.encoded) as IntervalWindow;
      bounded.set(interval, window);
      return interval;
    });
    return mergeOverlapping(decoded).map(({ into, from }) => ({
      into: this.bounded(this.encoder.latin1(this.windowCoder, into)),
      from: from.map((window) => bounded.get(window)!),
    }));
  };

  private bounded(encoded: string): BoundedWindow {
    let window = this.windows.get(encoded);
    if (window === undefined) {
      const decoded = this.decode(encoded);
      const start = decoded instanceof IntervalWindow ? decoded.start.toNumber() : MIN_INSTANT;
      window = { encoded, start, lastMoment: lastMoment(decoded) };
      if (this.windows.size >= MOST_WINDOWS) this.windows.clear();
      this.windows.set(encoded, window);
    }
    return window;
  }

  private decode(window: string): Window {
    return decodeLatin1(this.windowCoder, window) as Window;
  }
}

/** Windows whose bounds are remembered; beyond it they are decoded anew. */
const MOST_WINDOWS = 10_000;
