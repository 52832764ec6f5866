/** What Beam hands to a DoFn beside the element, as the DoFns here see it: no part of the SDK's graph library is needed at run time. */
import type { PaneInfo, Window } from 'apache-beam/values';

export interface Lookup<T> {
  lookup(): T;
}

export interface WindowContext {
  readonly window: Lookup<Window>;
}

export interface PaneContext extends WindowContext {
  readonly pane: Lookup<PaneInfo>;
}

/** Start of an interval window, in milliseconds since 1970. */
export function windowStart(window: Window): number {
  return (window as Window & { start: { toNumber(): number } }).start.toNumber();
}

/** A counter, as a DoFn sees it. */
export interface Counting {
  update(by: number): void;
}

/** The same kind of counter under another name: for names that are only known from the data. */
export function renamedCounter(counter: Counting, name: string): Counting {
  return Object.assign(Object.create(counter) as Counting, { name });
}
