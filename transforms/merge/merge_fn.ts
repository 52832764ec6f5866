import type { Coder } from 'apache-beam/coders/coders';
import type { KeyedCombineFn } from '../../beam/combine';
import { CellSums, type Cells } from '../count/cells';
import type { Rollup } from '../count/rollup';
import { SourcesCoder } from './sources_coder';

/** A rollup with the name of what it is of: an hour's slot and shard, or an hour. */
export interface SourcedRollup extends Rollup {
  readonly source: string;
}

/** The fullest rollup seen of each source. */
export type Sources = Map<string, SourcedRollup>;

/**
 * Adds up the rollups of several sources, of each the fullest one seen: the one with the largest (revision, absorbed).
 *
 * An accumulator only grows, so the largest is the latest whatever order panes come in, however a runner labels them, and however often
 * one comes again; an empty pane never wins. The accumulator is a state-based CRDT: a map that is joined by maximum.
 */
export class MergeSources implements KeyedCombineFn<SourcedRollup, Sources, Rollup> {
  createAccumulator(): Sources {
    return new Map();
  }

  addInput(sources: Sources, rollup: SourcedRollup): Sources {
    const known = sources.get(rollup.source);
    if (known === undefined || isFuller(rollup, known)) sources.set(rollup.source, rollup);
    return sources;
  }

  mergeAccumulators(all: Iterable<Sources>): Sources {
    const joined: Sources = new Map();
    for (const sources of all) for (const rollup of sources.values()) this.addInput(joined, rollup);
    return joined;
  }

  extractOutput(sources: Sources): Rollup {
    const rollups = [...sources.values()];
    const sum = (of: (rollup: Rollup) => number): number =>
      rollups.reduce((total, rollup) => total + of(rollup), 0);
    const add = (of: (rollup: Rollup) => Cells): Cells => {
      if (rollups.length === 1) return of(rollups[0]);
      const sums = new CellSums();
      for (const rollup of rollups) sums.add(of(rollup));
      return sums.cells();
    };
    return {
      revision: sum((rollup) => rollup.revision),
      absorbed: sum((rollup) => rollup.absorbed),
      counted: sum((rollup) => rollup.counted),
      brands: add((rollup) => rollup.brands),
      categories: add((rollup) => rollup.categories),
      priceBands: add((rollup) => rollup.priceBands),
    };
  }

  accumulatorCoder(): Coder<Sources> {
    return new SourcesCoder();
  }
}

/** What says how much an accumulator holds. */
type Fullness = Pick<Rollup, 'revision' | 'absorbed'>;

/** Whether `a` holds more than `b`: the order in which one pane of a source replaces another. */
export function isFuller(a: Fullness, b: Fullness): boolean {
  return a.revision > b.revision || (a.revision === b.revision && a.absorbed > b.absorbed);
}
