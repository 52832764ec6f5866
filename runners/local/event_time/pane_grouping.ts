/**
 * A grouping over event time: values by key and window, given out as panes when the windowing strategy's trigger says so. State, timers and holds of all its keys live here; the watermarks
 * are set from outside. What is done when is Beam's model as its Java runners carry it out; test/conformance compares every pane.
 */
import {
  AccumulationMode_Enum,
  ClosingBehavior_Enum,
  OnTimeBehavior_Enum,
  OutputTime_Enum,
  type WindowingStrategy,
} from 'apache-beam/proto/beam_runner_api';
import { type PaneInfo, Timing } from 'apache-beam/values';
import { Holds } from './holds';
import { expiryOf, MIN_INSTANT } from './instants';
import { nextPane } from './pane';
import { Timers } from './timers';
import { type MergedTriggerWindow, TriggerState, type TriggerWindow } from './trigger';
import { triggerTree } from './trigger_tree';
import type { WindowContents } from './window_contents';
import { WindowState } from './window_state';

/** A window with its bounds. */
export interface BoundedWindow {
  /** As its coder writes it, one character a byte. */
  readonly encoded: string;
  readonly start: number;
  readonly lastMoment: number;
}

/** Which windows become one, for strategies whose windows merge. */
export type MergeWindows = (windows: readonly BoundedWindow[]) => readonly {
  readonly into: BoundedWindow;
  readonly from: readonly BoundedWindow[];
}[];

export interface GroupedValue<V> {
  readonly value: V;
  readonly window: BoundedWindow;
  readonly timestamp: number;
}

export interface Pane<C> {
  readonly key: string;
  readonly window: string;
  readonly timestamp: number;
  readonly info: PaneInfo;
  readonly contents: C;
}

export interface GroupingEvents<V, C> {
  pane(pane: Pane<C>): void;
  /** An element in a window was dropped: it came too late, or its window's trigger has finished. */
  dropped(reason: 'late' | 'closed', key: string, window: string, value: V): void;
}

export class PaneGrouping<V, C> {
  inputWatermark = MIN_INSTANT;
  outputWatermark = MIN_INSTANT;
  processingTime = MIN_INSTANT;
  private readonly windows = new Map<string, Map<string, WindowState<C>>>();
  private readonly eventTimers = new Timers<WindowState<C>>();
  private readonly processingTimers = new Timers<WindowState<C>>();
  private readonly holds = new Holds();
  /** What has changed since the last checkpoint. */
  private changed = new Set<WindowState<C>>();
  private readonly tree;
  private readonly lateness: number;

  /** `merge`: null where windows don't merge. */
  constructor(
    private readonly strategy: WindowingStrategy,
    private readonly merge: MergeWindows | null,
    private readonly contents: WindowContents<V, C>,
    private readonly events: GroupingEvents<V, C>,
  ) {
    this.tree = triggerTree(strategy.trigger);
    this.lateness = Number(strategy.allowedLateness);
  }

  /** Windows of keys that there is state of. */
  get size(): number {
    let size = 0;
    for (const ofKey of this.windows.values()) size += ofKey.size;
    return size;
  }

  /** Contents of all windows. */
  *allContents(): Generator<C> {
    for (const ofKey of this.windows.values())
      for (const { contents } of ofKey.values()) if (contents !== undefined) yield contents;
  }

  /** The windows that have changed since this was asked last; those that are gone are marked so. */
  takeChanged(): { state: WindowState<C>; isGone: boolean }[] {
    const changed = [...this.changed].map((state) => ({
      state,
      isGone: this.windows.get(state.key)?.get(state.window) !== state,
    }));
    this.changed = new Set();
    return changed;
  }

  /** A new state of a window, as a checkpoint has it: to be filled in, then {@link restore}d. */
  blank(key: string, window: string, start: number, lastMoment: number): WindowState<C> {
    return new WindowState<C>(key, window, start, lastMoment, new TriggerState(this.tree.size));
  }

  /** Takes a window's state back in, after the watermarks. */
  restore(state: WindowState<C>): void {
    this.windowsOf(state.key).set(state.window, state);
    if (state.elementHold !== null) this.holds.add(state.elementHold);
    if (state.expiryHold !== null) this.holds.add(state.expiryHold);
    this.eventTimers.set(this.expiry(state), state);
    if (state.isActive) this.tree.root.awaken(this.triggerWindow(state));
  }

  /** What the output watermark may become: nothing that a pane's timestamp is held for, or a timer still has to do, lies before it. */
  get nextOutputWatermark(): number {
    return Math.max(
      this.outputWatermark,
      Math.min(this.inputWatermark, this.holds.least, this.eventTimers.earliest),
    );
  }

  get nextProcessingTimer(): number {
    return this.processingTimers.earliest;
  }

  /** Takes in what a bundle has for a key. Triggers are looked at once, at the end. */
  add(key: string, values: readonly GroupedValue<V>[]): void {
    const onTime = values.filter(({ window, value }) => {
      if (!this.isExpired(window.lastMoment)) return true;
      this.events.dropped('late', key, window.encoded, value);
      return false;
    });
    if (onTime.length === 0) return;
    const ofKey = this.windowsOf(key);
    const merged = this.merge === null ? undefined : this.mergeWindows(key, ofKey, onTime);
    const touched = new Set<WindowState<C>>();
    const stateOf = ({ encoded, start, lastMoment }: BoundedWindow): WindowState<C> => {
      const window = merged?.get(encoded);
      if (window !== undefined) return window;
      let state = ofKey.get(encoded);
      if (state === undefined) {
        state = new WindowState(key, encoded, start, lastMoment, new TriggerState(this.tree.size));
        ofKey.set(encoded, state);
      }
      return state;
    };
    // Before any value is added: one that is dropped does not make its window fire.
    for (const { window } of onTime) {
      const state = stateOf(window);
      if (!this.isClosed(state)) touched.add(state);
    }
    for (const { value, window, timestamp } of onTime) {
      const state = stateOf(window);
      if (this.isClosed(state)) this.events.dropped('closed', key, window.encoded, value);
      else this.addValue(state, value, timestamp);
    }
    for (const state of touched) if (this.tree.root.shouldFire(this.triggerWindow(state))) this.fire(state);
    if (ofKey.size === 0) this.windows.delete(key);
  }

  /** Does what timers have become due for, by the watermark and processing time as they are. Says whether there was any. */
  fireTimers(): boolean {
    const due = new Set<WindowState<C>>();
    for (const state of this.eventTimers.takeBefore(this.inputWatermark)) due.add(state);
    for (const state of this.processingTimers.takeBefore(this.processingTime)) {
      if (!this.isExpired(state.lastMoment)) due.add(state);
    }
    const keys = new Set<string>();
    for (const { key, window } of due) {
      const state = this.windows.get(key)?.get(window);
      if (state === undefined) continue;
      this.wake(state);
      keys.add(key);
    }
    for (const key of keys) if (this.windows.get(key)?.size === 0) this.windows.delete(key);
    return due.size > 0;
  }

  /** What is done for a window depends on where the watermarks are, not on which timer came: they may have leapt. */
  private wake(state: WindowState<C>): void {
    const isOpen = state.isActive && !this.isClosed(state);
    if (this.isExpired(state.lastMoment)) {
      if (isOpen) this.giveOut(state, true);
      this.forget(state);
      return;
    }
    const endsNow = this.inputWatermark > state.lastMoment && this.outputWatermark <= state.lastMoment;
    if (isOpen && this.tree.root.shouldFire(this.triggerWindow(state))) this.fire(state);
    if (endsNow) this.eventTimers.set(this.expiry(state), state);
  }

  private addValue(state: WindowState<C>, value: V, timestamp: number): void {
    this.changed.add(state);
    state.isActive = true;
    state.isEmpty = false;
    this.eventTimers.set(this.expiry(state), state);
    if (!this.holdForElement(state, timestamp)) this.holdForExpiry(state, false);
    state.contents = this.contents.add(state.contents ?? this.contents.create(), value);
    this.tree.root.onElement(this.triggerWindow(state));
  }

  /** Fires the trigger, which wants to. */
  private fire(state: WindowState<C>): void {
    const window = this.triggerWindow(state);
    this.tree.root.onFire(window);
    const isFinished = this.isClosed(state);
    this.giveOut(state, isFinished);
    state.isEmpty = true;
    if (isFinished || this.strategy.accumulationMode === AccumulationMode_Enum.DISCARDING) {
      this.empty(state);
    }
    if (!isFinished) return;
    // What is left is that it has finished, until it expires.
    this.tree.root.clear(window);
    state.pane = null;
    state.isActive = false;
  }

  /** Gives out the next pane, unless it is empty and not wanted so. */
  private giveOut(state: WindowState<C>, isLast: boolean): void {
    this.changed.add(state);
    const timestamp = this.releaseHolds(state);
    if (!isLast) this.holdForExpiry(state, true);
    const { closingBehavior, onTimeBehavior } = this.strategy;
    const closesAlways = closingBehavior === ClosingBehavior_Enum.EMIT_ALWAYS;
    const onTimeAlways = onTimeBehavior === OnTimeBehavior_Enum.FIRE_ALWAYS;
    const info = nextPane(state, this.inputWatermark, this.outputWatermark, isLast);
    const wanted =
      !state.isEmpty || (info.timing === Timing.ON_TIME && onTimeAlways) || (isLast && closesAlways);
    if (!wanted) return;
    state.pane = info;
    state.contents ??= this.contents.create();
    this.events.pane({ key: state.key, window: state.window, timestamp, info, contents: state.contents });
  }

  /** Makes one window of those that overlap; returns the states that the windows of the values go to where they were merged. */
  private mergeWindows(
    key: string,
    ofKey: Map<string, WindowState<C>>,
    values: readonly GroupedValue<V>[],
  ): Map<string, WindowState<C>> {
    const all = new Map<string, BoundedWindow>();
    for (const { window, start, lastMoment, isActive } of ofKey.values()) {
      if (isActive) all.set(window, { encoded: window, start, lastMoment });
    }
    for (const { window } of values) all.set(window.encoded, window);
    const merged = new Map<string, WindowState<C>>();
    for (const { into, from } of this.merge!([...all.values()])) {
      if (from.length < 2) continue;
      const state = this.mergeInto(key, ofKey, into, from);
      for (const { encoded } of from) merged.set(encoded, state);
    }
    return merged;
  }

  private mergeInto(
    key: string,
    ofKey: Map<string, WindowState<C>>,
    into: BoundedWindow,
    from: readonly BoundedWindow[],
  ): WindowState<C> {
    const sources = from
      .map(({ encoded }) => ofKey.get(encoded))
      .filter((state): state is WindowState<C> => state?.isActive === true);
    const known = sources.find(({ window }) => window === into.encoded);
    const state = new WindowState<C>(
      key,
      into.encoded,
      into.start,
      into.lastMoment,
      new TriggerState(this.tree.size),
    );
    const contents = sources.map((source) => source.contents).filter((each) => each !== undefined);
    state.contents = contents.length === 0 ? undefined : this.contents.merge(contents);
    state.isEmpty = sources.every(({ isEmpty }) => isEmpty);
    state.isActive = sources.length > 0;
    state.pane = known?.pane ?? null;
    const elementHolds = sources.map(({ elementHold }) => elementHold).filter((hold) => hold !== null);
    this.changed.add(state);
    for (const source of sources) {
      this.changed.add(source);
      this.setHold(source, 'elementHold', null);
      this.setHold(source, 'expiryHold', null);
      ofKey.delete(source.window);
      if (source === known) continue;
      this.eventTimers.delete(source.lastMoment, source);
      this.eventTimers.delete(this.expiry(source), source);
    }
    ofKey.set(into.encoded, state);
    // Merged of new windows alone it may begin closed: then nothing else would wake it to be forgotten.
    this.eventTimers.set(this.expiry(state), state);
    if (sources.length > 0) {
      if (this.strategy.outputTime === OutputTime_Enum.END_OF_WINDOW) this.holdForElement(state, MIN_INSTANT);
      else for (const hold of elementHolds) this.combineHold(state, hold);
      this.holdForExpiry(state, false);
    }
    const window: MergedTriggerWindow = {
      ...this.triggerWindow(state),
      merged: sources.map(({ triggers }) => triggers),
      before: known?.triggers,
    };
    this.tree.root.onMerge(window);
    return state;
  }

  /** Holds the output watermark at a value's time, if that still can be: it must not be behind the output watermark, nor its window over. */
  private holdForElement(state: WindowState<C>, timestamp: number): boolean {
    const hold = this.strategy.outputTime === OutputTime_Enum.END_OF_WINDOW ? state.lastMoment : timestamp;
    if (hold < this.outputWatermark || state.lastMoment < this.inputWatermark) return false;
    this.combineHold(state, hold);
    return true;
  }

  private combineHold(state: WindowState<C>, hold: number): void {
    const { elementHold } = state;
    const latest = this.strategy.outputTime === OutputTime_Enum.LATEST_IN_PANE;
    const combined =
      elementHold === null ? hold : latest ? Math.max(elementHold, hold) : Math.min(elementHold, hold);
    this.setHold(state, 'elementHold', combined);
  }

  /** Holds it at the window's expiry, for what must come out before: values that are late, or an empty last pane where one is asked for. */
  private holdForExpiry(state: WindowState<C>, isEmpty: boolean): void {
    const expiry = this.expiry(state);
    if (expiry < this.inputWatermark) return;
    if (isEmpty && this.strategy.closingBehavior !== ClosingBehavior_Enum.EMIT_ALWAYS) return;
    this.setHold(state, 'expiryHold', expiry);
  }

  /** Lets go of both holds; returns the timestamp of the pane that they were for. */
  private releaseHolds(state: WindowState<C>): number {
    const least = Math.min(
      state.elementHold ?? Number.POSITIVE_INFINITY,
      state.expiryHold ?? Number.POSITIVE_INFINITY,
    );
    this.setHold(state, 'elementHold', null);
    this.setHold(state, 'expiryHold', null);
    return Math.min(least, state.lastMoment);
  }

  private setHold(state: WindowState<C>, kind: 'elementHold' | 'expiryHold', hold: number | null): void {
    const before = state[kind];
    if (before === hold) return;
    if (before !== null) this.holds.remove(before);
    if (hold !== null) this.holds.add(hold);
    state[kind] = hold;
  }

  private forget(state: WindowState<C>): void {
    this.changed.add(state);
    this.empty(state);
    this.setHold(state, 'elementHold', null);
    this.setHold(state, 'expiryHold', null);
    this.windows.get(state.key)?.delete(state.window);
  }

  private empty(state: WindowState<C>): void {
    if (state.contents !== undefined) this.contents.release(state.contents);
    state.contents = undefined;
  }

  private windowsOf(key: string): Map<string, WindowState<C>> {
    let ofKey = this.windows.get(key);
    if (ofKey === undefined) {
      ofKey = new Map();
      this.windows.set(key, ofKey);
    }
    return ofKey;
  }

  private triggerWindow(state: WindowState<C>): TriggerWindow {
    return {
      state: state.triggers,
      lastMoment: state.lastMoment,
      inputWatermark: this.inputWatermark,
      processingTime: this.processingTime,
      merging: this.merge !== null,
      wakeAtEventTime: (instant) => this.eventTimers.set(instant, state),
      wakeAtProcessingTime: (instant) => this.processingTimers.set(instant, state),
    };
  }

  private isClosed({ triggers }: WindowState<C>): boolean {
    return triggers.finished[this.tree.root.number] === 1;
  }

  private isExpired(lastMoment: number): boolean {
    return this.inputWatermark > expiryOf(lastMoment, this.lateness);
  }

  private expiry({ lastMoment }: WindowState<C>): number {
    return expiryOf(lastMoment, this.lateness);
  }
}
