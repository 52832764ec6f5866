import type { Timing } from 'apache-beam/values';
import type { TriggerState } from './trigger';

/** What a grouping knows of one key's window. Instants are milliseconds. */
export class WindowState<C> {
  /** What is to be given out with the next pane; where panes accumulate, all so far. */
  contents: C | undefined;
  /** Whether a value has come since the last pane. */
  isEmpty = true;
  /** Holds the output watermark for the pane's timestamp: the values' timestamps, combined. */
  elementHold: number | null = null;
  /** Holds it for a pane that has to come before the window expires. */
  expiryHold: number | null = null;
  /** The last pane; null before the first. */
  pane: { readonly index: number; readonly onTimeIndex: number; readonly timing: Timing } | null = null;
  /** Not yet seen, or merged into another window, or finished: state is kept of active windows alone, but for what has finished. */
  isActive = false;
  /** How many records of contents the last checkpoint has. */
  records = 0;

  constructor(
    readonly key: string,
    /** The window as its coder writes it, one character a byte. */
    readonly window: string,
    readonly start: number,
    /** The last moment that belongs to it. */
    readonly lastMoment: number,
    readonly triggers: TriggerState,
  ) {}
}
