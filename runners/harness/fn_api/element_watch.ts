/** Sees every element of a bundle pass: counts them by PCollection, and ends the bundle where the worker has ended. */
import type { ElementObserver } from '../bundle_processor';

export class ElementWatch {
  /** One in several windows counts once in each. */
  private readonly counters = new Map<string, { count: number }>();

  /** @param checkStopped throws where the worker has ended */
  constructor(private readonly checkStopped: () => void) {}

  /** The observer of a PCollection. */
  readonly observe = (pcollectionId: string): ElementObserver => {
    const counter = { count: 0 };
    this.counters.set(pcollectionId, counter);
    return ({ windows }) => {
      this.checkStopped();
      counter.count += windows.length;
    };
  };

  /** By PCollection, since the last reset. */
  get counts(): Map<string, number> {
    return new Map([...this.counters].map(([id, { count }]) => [id, count]));
  }

  reset(): void {
    for (const counter of this.counters.values()) counter.count = 0;
  }
}
