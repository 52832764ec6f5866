/** Groups encoded values by key and window; keys and values are never decoded here. */

import type { Coder } from 'apache-beam/coders/coders';
import { MergeStatus_Enum, type WindowingStrategy } from 'apache-beam/proto/beam_runner_api';
import type { Instant, IntervalWindow, Window } from 'apache-beam/values';
import Long from 'long';
import { decodeLatin1, ValueEncoder } from '../harness/bytes';
import { mergeOverlapping } from '../harness/operators/windowing';
import { type TimestampCombiner, timestampCombiner } from '../harness/timestamps';
import type { EdgeBatch } from './edge_batch';
import { type StoredElement, type StoredValue, storedElements } from './stored_values';

/** The values of a key in a window. */
export interface Group {
  readonly key: string;
  readonly window: string;
  readonly values: StoredValue[];
  readonly bytes: number;
  readonly timestamp: Instant;
}

interface Collecting {
  values: StoredValue[];
  bytes: number;
  /** Combined of the values' timestamps. */
  timestampLow: number;
  timestampHigh: number;
}

export class Grouping {
  /** By window, then by key: there are few windows, and their strings are looked up for each value. */
  private readonly collected = new Map<string, Map<string, Collecting>>();
  private readonly encoder = new ValueEncoder();
  private readonly timestamps: TimestampCombiner;

  constructor(
    private readonly strategy: WindowingStrategy,
    private readonly windowCoder: Coder<unknown>,
  ) {
    this.timestamps = timestampCombiner(strategy.outputTime);
  }

  add(batch: EdgeBatch): void {
    for (const element of storedElements(batch)) this.addElement(element);
  }

  /** Ends the input and gives out its groups, once: the caller then is all that holds their values. */
  takeGroups(): Group[] {
    if (this.strategy.mergeStatus === MergeStatus_Enum.NEEDS_MERGE) this.mergeWindows();
    const groups: Group[] = [];
    for (const [window, byKey] of this.collected) {
      const decoded = this.decodeWindow(window);
      for (const [key, { values, bytes, timestampLow, timestampHigh }] of byKey) {
        const collected = new Long(timestampLow, timestampHigh);
        groups.push({ key, window, values, bytes, timestamp: this.timestamps.of(decoded, collected) });
      }
    }
    this.collected.clear();
    return groups;
  }

  private addElement(element: StoredElement): void {
    let byKey = this.collected.get(element.window);
    if (byKey === undefined) {
      byKey = new Map();
      this.collected.set(element.window, byKey);
    }
    const group = byKey.get(element.key);
    const { chunk, offset, length } = element;
    // Without what the group has once: there may be a million of them.
    const value = { chunk, offset, length };
    if (group === undefined) {
      const { timestampLow, timestampHigh } = element;
      byKey.set(element.key, { values: [value], bytes: length, timestampLow, timestampHigh });
      return;
    }
    group.values.push(value);
    group.bytes += length;
    this.combineInto(group, element);
  }

  private combineInto(group: Collecting, other: { timestampLow: number; timestampHigh: number }): void {
    const a = new Long(group.timestampLow, group.timestampHigh);
    const b = new Long(other.timestampLow, other.timestampHigh);
    const { low, high } = this.timestamps.merge(a, b);
    group.timestampLow = low;
    group.timestampHigh = high;
  }

  /** Sessions: the windows of each key that share a moment become one. */
  private mergeWindows(): void {
    const windowsByKey = new Map<string, Map<IntervalWindow, Collecting>>();
    for (const [window, byKey] of this.collected) {
      const decoded = this.decodeWindow(window) as IntervalWindow;
      for (const [key, group] of byKey) {
        const windows = windowsByKey.get(key) ?? new Map<IntervalWindow, Collecting>();
        windowsByKey.set(key, windows.set(decoded, group));
      }
    }
    this.collected.clear();
    for (const [key, windows] of windowsByKey) {
      for (const { into, from } of mergeOverlapping(windows.keys())) {
        const [first, ...others] = from.map((window) => windows.get(window)!);
        for (const other of others) this.mergeGroups(first, other);
        const window = this.encoder.latin1(this.windowCoder, into);
        const byKey = this.collected.get(window) ?? new Map<string, Collecting>();
        this.collected.set(window, byKey.set(key, first));
      }
    }
  }

  private mergeGroups(into: Collecting, other: Collecting): void {
    into.values = into.values.concat(other.values);
    into.bytes += other.bytes;
    this.combineInto(into, other);
  }

  private decodeWindow(window: string): Window {
    return decodeLatin1(this.windowCoder, window) as Window;
  }
}
