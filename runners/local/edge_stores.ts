/** What the runner keeps of each edge until the stage behind it may begin. */
import { Coders } from '../harness/coders';
import { type Bundles, elementBundles, groupBundles, reshuffledBundles } from './bundles';
import type { EdgeBatch } from './edge_batch';
import { EdgeBatchBuilder } from './edge_batch_builder';
import { Grouping } from './grouping';
import type { Edge, SharedProtos } from './stages';
import { copyOut, type StoredElement, storedElements } from './stored_values';

export interface EdgeStore {
  add(batch: EdgeBatch): void;
  /** Hands everything out, once. */
  takeBundles(workers: number): Bundles;
  /** A copy of everything, for a side input: each worker gets one. */
  copy(): EdgeBatch;
}

export function openStore(edge: Edge, protos: SharedProtos): EdgeStore {
  if (edge.kind !== 'group') return new ElementStore(edge.kind === 'reshuffle');
  const strategy = protos.windowingStrategies[protos.pcollections[edge.pcollection].windowingStrategyId];
  const grouping = new Grouping(strategy, new Coders(protos.coders).get(strategy.windowCoderId));
  return {
    add: (batch) => grouping.add(batch),
    takeBundles: (workers) => groupBundles(grouping.takeGroups(), workers),
    copy: () => {
      throw new Error('A grouping is no side input');
    },
  };
}

class ElementStore implements EdgeStore {
  private elements: StoredElement[] = [];

  constructor(private readonly reshuffled: boolean) {}

  add(batch: EdgeBatch): void {
    for (const element of storedElements(batch)) this.elements.push(element);
  }

  takeBundles(workers: number): Bundles {
    const { elements } = this;
    this.elements = [];
    return this.reshuffled ? reshuffledBundles(elements) : elementBundles(elements, workers);
  }

  copy(): EdgeBatch {
    const batch = new EdgeBatchBuilder();
    for (const element of this.elements) {
      const window = batch.windows.position(element.window);
      batch.add(copyOut(element, batch), 0, window, 0, element.timestampLow, element.timestampHigh);
    }
    return batch.finish();
  }
}
