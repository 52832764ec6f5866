import type { Coder } from 'apache-beam/coders/coders';
import type { KeyedCombineFn } from '../../beam/combine';
import type { EventBatch } from '../clean/event_batch';
import { RecordSetCoder } from './coders';
import { PriceBands } from './price_bands';
import { RecordSet } from './record_set';
import { type Rollup, rollUp } from './rollup';

/** A set that is not used any more: filling fresh memory costs more than counting. At most one, since a combine has one at a time. */
const spare: RecordSet[] = [];

/** Batches of one hour, slot and shard → the set of their distinct records → its rollup. */
export class CountRecords implements KeyedCombineFn<EventBatch, RecordSet, Rollup> {
  /** `priceBandBounds`: see {@link PriceBands}. */
  constructor(readonly priceBandBounds: readonly number[]) {}

  createAccumulator(): RecordSet {
    return spare.pop() ?? new RecordSet();
  }

  addInput(set: RecordSet, batch: EventBatch): RecordSet {
    set.addBatch(batch);
    return set;
  }

  mergeAccumulators(sets: Iterable<RecordSet>): RecordSet {
    let union: RecordSet | undefined;
    for (const set of sets) {
      if (union === undefined) union = set;
      else union.addSet(set);
    }
    return union ?? new RecordSet();
  }

  extractOutput(set: RecordSet): Rollup {
    return rollUp(set, new PriceBands(this.priceBandBounds));
  }

  release(set: RecordSet): void {
    if (spare.length > 0) return;
    set.clear();
    spare.push(set);
  }

  accumulatorCoder(): Coder<RecordSet> {
    return new RecordSetCoder();
  }
}
