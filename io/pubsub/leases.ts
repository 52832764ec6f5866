/** Leases of messages that have come and are not acked: Pub/Sub keeps them from others until a lease runs out, and delivers them again then. They are extended for as long as it takes, hours too. */
import type { AckIds, AckRange } from './ack_ids';

export interface Lease {
  readonly ids: AckIds;
  /** Those before are finalised. */
  from: number;
  /** When it runs out. */
  until: number;
  /** Nobody knows these ids any more. */
  isVoid: boolean;
}

export class Leases {
  /** Messages under lease. */
  size = 0;
  /** In the order in which they came, which is the order in which they are given out. */
  private queue: Lease[] = [];
  private finalised = 0;

  /** @param until when the lease runs out; any clock's milliseconds, the same clock's as in `due` */
  add(ids: AckIds, until: number): void {
    this.queue.push({ ids, from: 0, until, isVoid: false });
    this.size += ids.count;
  }

  /** Ends the leases of the first `count` messages there ever were; returns what is to be acked. */
  finalise(count: number): AckRange[] {
    const ranges: AckRange[] = [];
    let whole = 0;
    while (this.finalised < count && whole < this.queue.length) {
      const lease = this.queue[whole];
      const { ids, from, isVoid } = lease;
      const to = Math.min(ids.count, from + count - this.finalised);
      lease.from = to;
      this.finalised += to - from;
      this.size -= to - from;
      if (!isVoid && to > from) ranges.push({ ids, from, to });
      if (to === ids.count) whole++;
    }
    this.queue.splice(0, whole);
    return ranges;
  }

  /** The leases that run out before `time`. */
  due(time: number): Lease[] {
    return this.queue.filter(({ isVoid, until }) => !isVoid && until < time);
  }

  /** All that can be acked. */
  get all(): Lease[] {
    return this.due(Number.POSITIVE_INFINITY);
  }

  /** Nothing that came so far can be acked any more. */
  void(): void {
    for (const lease of this.queue) lease.isVoid = true;
  }
}

/** What is not finalised of a lease. */
export function rangeOf({ ids, from }: Lease): AckRange {
  return { ids, from, to: ids.count };
}
