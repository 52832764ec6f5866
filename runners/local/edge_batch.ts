/**
 * Encoded elements on their way between a worker and the runner.
 *
 * Values stay bytes outside of the workers. A large value has a buffer of its own, which moves from thread to thread without
 * being copied; small ones share chunks. What goes with an element (key, windows, pane) comes from few different ones in a
 * bundle, so entries hold positions in tables of strings, one character a byte, which serve as the keys of Maps as they are.
 *
 * Buffers are transferred and not shared: V8 does not count shared memory toward garbage collection, so that dropped blocks of
 * a shuffle would stay until the end of the run.
 */

export interface EdgeBatch {
  /** FIELDS numbers an entry. */
  readonly index: Int32Array;
  readonly keys: string[];
  readonly windows: string[];
  readonly panes: string[];
  readonly chunks: Uint8Array[];
  /** On the way out of a grouping: the groups whose values the entries are, in order. */
  readonly groups?: readonly GroupHeader[];
}

export interface GroupHeader {
  readonly key: string;
  readonly window: string;
  readonly pane: string;
  readonly timestampLow: number;
  readonly timestampHigh: number;
  /** How many of the entries are its values. */
  readonly values: number;
}

/** The numbers of an entry: where its value is, and positions in the batch's tables. */
export const FIELDS = 8;
export const FIELD = {
  chunk: 0,
  offset: 1,
  length: 2,
  key: 3,
  window: 4,
  pane: 5,
  timestampLow: 6,
  timestampHigh: 7,
} as const;

/**
 * Values of this many bytes and more have a buffer of their own. Measured with 307 MB in values of 15 kB: at 64 KiB the copies
 * of handing them out raised the peak by 130 MB. In values of 1.5 kB: a limit of 1 KiB saved 50 MB and doubled the CPU time.
 */
export const OWN_BUFFER_BYTES = 4 * 1024;

export function entriesOf(batch: EdgeBatch): number {
  return batch.index.length / FIELDS;
}

/** What to hand to postMessage with the batch: its memory moves, and the sender keeps none of it. */
export function transferablesOf(batch: EdgeBatch): ArrayBuffer[] {
  return [batch.index, ...batch.chunks].map(({ buffer }) => buffer as ArrayBuffer);
}
