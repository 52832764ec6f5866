import type { EdgeBatch } from '../edge_batch';
import type { Clock } from './clock';

export interface RootElements {
  readonly pcollection: string;
  readonly batch: EdgeBatch;
}

/** What gives out elements while a graph runs; asked whenever the graph has come to rest. */
export interface GraphRoot {
  readonly clock: Clock;
  /** By PCollection that it gives out. */
  readonly watermarks: ReadonlyMap<string, number>;
  readonly isOver: boolean;
  /** Begins, behind a mark where there is one. */
  open(mark: Uint8Array | null): Promise<void>;
  /** Gives out what comes next, as bundles; waits for it no longer than until processing time is beyond `wakeAt`. `isFull`: only waits, since there is no room; a test's events come all the same. */
  next(wakeAt: number, isFull: boolean): Promise<readonly RootElements[]>;
  /** Stands for all that was given out; null where it can't be gone on behind. */
  mark(): Uint8Array | null;
  finalise(mark: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
