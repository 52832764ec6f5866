import type { EdgeBatchBuilder } from '../edge_batch_builder';
import type { StoredValue } from '../stored_values';
import type { Pane } from './pane_grouping';

/** How a grouping keeps the values of a key's window until they are given out: `V` what comes, `C` what is kept. */
export interface WindowContents<V, C> {
  create(): C;
  /** Takes a value in; returns the contents with it. */
  add(contents: C, value: V): C;
  /** Makes one of the contents of windows that have become one; these are not used again. */
  merge(contents: readonly C[]): C;
  /** The contents will not be used again. */
  release(contents: C): void;
}

/** Contents as a checkpoint sees them: records in order, of which the store may have the first ones already. */
export interface SavedContents {
  /** About how many bytes it holds. */
  readonly bytes: number;
  /** How many records the store has to have. */
  readonly records: number;
  /** The first this many are there as they are. */
  readonly saved: number;
  /** Whether the first record is no value, but an accumulator that stands for many. */
  readonly beginsWithAccumulator: boolean;
  /** A record that is not saved yet. */
  record(at: number): Uint8Array;
  /** Called before records are asked for. */
  beginSaving(): void;
  /** Called when they have been handed to the store. */
  endSaving(): void;
}

/** Contents of encoded values that a stage of the graph takes its bundles from. */
export interface StageContents<C extends SavedContents> extends WindowContents<StoredValue, C> {
  /** Adds a pane to the batch that leaves. */
  pack(pane: Pane<C>, batch: EdgeBatchBuilder): void;
  /** Whether a batch has any pane in it. */
  hasPanes(batch: EdgeBatchBuilder): boolean;
  /** Contents of records as a store has them. */
  restore(records: readonly Uint8Array[], beginsWithAccumulator: boolean): C;
}
