import type { StateStore } from '../checkpoint';

export interface Flush {
  /** The watermark that all groupings have passed, in milliseconds since 1970. */
  readonly watermark: number;
  /** Nothing is still to come. */
  readonly isOver: boolean;
  /** This run ends with it. */
  readonly isLast: boolean;
}

/** Durable state, and how it is written. */
export interface Checkpoints {
  readonly store: StateStore;
  /** From the end of one checkpoint to the beginning of the next: what a flush keeps to itself is free for others as long, at least. */
  readonly everyMs: number;
  /** Makes what the sinks hold durable, before the state is. Called at rest; what it is to write it has to take before its first wait, for the graph goes on. */
  readonly flush?: (about: Flush) => Promise<void>;
  /** Told of each point between the steps of a checkpoint: for tests that kill the run there. */
  readonly reached?: (point: string) => void;
}
