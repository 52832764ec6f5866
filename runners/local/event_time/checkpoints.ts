import type { StateStore } from '../checkpoint';

export interface Flush {
  /** The watermark that all groupings have passed, in milliseconds since 1970. */
  readonly watermark: number;
  /** Nothing is still to come. */
  readonly isOver: boolean;
  /** This run ends with it. */
  readonly isLast: boolean;
}

/** Durable state, and how often it is written. */
export interface Checkpoints {
  readonly store: StateStore;
  readonly everyMs: number;
  /** Makes what the sinks hold durable, before the state is. */
  readonly flush?: (about: Flush) => Promise<void>;
  /** Told of each point between the steps of a checkpoint: for tests that kill the run there. */
  readonly reached?: (point: string) => void;
}
