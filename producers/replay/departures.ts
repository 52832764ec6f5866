/** When messages leave: events in order of their time become messages that are shuffled, late or sent twice, as on the way from real shops they are. */
import { Random } from '../shop/random';

/** What happens to messages on their way. Times are event time in milliseconds. */
export interface Disturbance {
  /** Each message leaves up to this much after its turn. */
  readonly shuffleMs: number;
  /** Which share of them, 0 to 1, leaves up to `lateByMs` after that. */
  readonly lateShare: number;
  readonly lateByMs: number;
  /** Which share of them, 0 to 1, leaves a second time, up to {@link DUPLICATE_AFTER_MS} after the first. */
  readonly duplicateShare: number;
  /** Equal seeds give equal departures. */
  readonly seed: number;
}

/** How long after the first one a duplicate leaves at most. */
export const DUPLICATE_AFTER_MS = 600_000;

/** A message on its way out. */
export interface Departure<M> {
  /** When it leaves, in event time: not before its event. */
  readonly at: number;
  readonly message: M;
  readonly late: boolean;
  /** Whether it left before. */
  readonly duplicate: boolean;
}

/** Streams of random numbers, one for each concern: another share of duplicates changes nothing about who is late. */
const STREAMS = { shuffle: 11, late: 12, lateBy: 13, duplicate: 14, duplicateAfter: 15 };
const TWO_32 = 4_294_967_296;

/**
 * Holds messages until they leave. Messages are added in order of event time; those that leave at the same moment leave in the order in which they were added.
 *
 * Memory: what falls into a span of event time of the longest delay.
 */
export class Departures<M> {
  private readonly heap: (Departure<M> & { readonly turn: number })[] = [];
  private turns = 0;
  private readonly shuffle: () => number;
  private readonly late: () => number;
  private readonly lateBy: () => number;
  private readonly duplicate: () => number;
  private readonly duplicateAfter: () => number;

  constructor(private readonly disturbance: Disturbance) {
    const stream = (number: number) => {
      const random = new Random(disturbance.seed, number);
      return () => (random.next() >>> 0) / TWO_32;
    };
    this.shuffle = stream(STREAMS.shuffle);
    this.late = stream(STREAMS.late);
    this.lateBy = stream(STREAMS.lateBy);
    this.duplicate = stream(STREAMS.duplicate);
    this.duplicateAfter = stream(STREAMS.duplicateAfter);
  }

  /** Messages held. */
  get size(): number {
    return this.heap.length;
  }

  /** Adds the message of an event; `time` is not before that of the one added last. */
  add(time: number, message: M): void {
    const { shuffleMs, lateShare, lateByMs, duplicateShare } = this.disturbance;
    const shuffled = time + Math.floor(this.shuffle() * (shuffleMs + 1));
    const late = this.late() < lateShare;
    const lateBy = Math.ceil((1 - this.lateBy()) * lateByMs);
    const at = late ? shuffled + lateBy : shuffled;
    this.push({ at, message, late, duplicate: false, turn: this.turns++ });
    const twice = this.duplicate() < duplicateShare;
    const after = Math.ceil((1 - this.duplicateAfter()) * DUPLICATE_AFTER_MS);
    if (twice) this.push({ at: at + after, message, late, duplicate: true, turn: this.turns++ });
  }

  /** Takes out what leaves up to a moment, in order; all of it if none is given. With the time of the next event nothing that is still to be added can leave before. */
  *take(upTo = Number.POSITIVE_INFINITY): Generator<Departure<M>> {
    while (this.heap.length > 0 && this.heap[0].at <= upTo) yield this.pop();
  }

  private push(item: (typeof this.heap)[number]): void {
    const { heap } = this;
    let at = heap.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(item, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = item;
  }

  private pop(): Departure<M> {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (child >= heap.length || !isBefore(heap[child], last)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

interface Turn {
  readonly at: number;
  readonly turn: number;
}

function isBefore(a: Turn, b: Turn): boolean {
  return a.at < b.at || (a.at === b.at && a.turn < b.turn);
}
