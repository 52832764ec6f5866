/** The smallest event time of the last minute or so, in buckets of arrival time: its size doesn't depend on how many messages came. */

/** Length of a bucket, milliseconds. */
export const BUCKET_MS = 5000;
/** A leap of the watermark needs as many messages … */
export const SUPPORTING_MESSAGES = 10;
/** … in as many buckets: a burst of one sender with a wrong clock is no support. */
export const SUPPORTING_BUCKETS = 2;

interface Bucket {
  /** When it ends: what came before then and not before the bucket before it. */
  readonly end: number;
  /** Smallest event time in it. */
  min: number;
  messages: number;
}

export class WatermarkMemory {
  /** Oldest first. Those before `remembered` are older than the memory; they are kept only as support, where the memory has too little of it. */
  private buckets: Bucket[] = [];
  private remembered = 0;
  /** When the last bucket left the memory. */
  private leftAt = Number.NEGATIVE_INFINITY;

  /** @param lengthMs how long a message counts; up to a bucket's length more */
  constructor(private readonly lengthMs: number) {}

  get isEmpty(): boolean {
    return this.remembered === this.buckets.length;
  }

  /** When the memory last became empty, or -Infinity. */
  get emptySince(): number {
    return this.leftAt;
  }

  add(eventTime: number, now: number): void {
    const last = this.buckets.at(-1);
    if (last !== undefined && now < last.end) {
      if (eventTime < last.min) last.min = eventTime;
      last.messages++;
    } else {
      const end = (Math.floor(now / BUCKET_MS) + 1) * BUCKET_MS;
      this.buckets.push({ end, min: eventTime, messages: 1 });
    }
  }

  /** Lets go of what came too long before `now`. */
  forget(now: number): void {
    while (!this.isEmpty && this.buckets[this.remembered].end + this.lengthMs <= now) {
      this.leftAt = this.buckets[this.remembered].end + this.lengthMs;
      this.remembered++;
    }
    const needed = this.support();
    this.buckets.splice(0, Math.min(this.remembered, needed.from));
    this.remembered -= Math.min(this.remembered, needed.from);
  }

  /** Smallest event time in memory; not where it is empty. */
  get min(): number {
    return smallest(this.buckets, this.remembered);
  }

  /**
   * The smallest event time of the newest messages that are enough to bear a leap out, all in memory among them; -Infinity where fewer came. In a stream of a few messages an hour they reach back beyond the
   * memory.
   */
  get supportedMin(): number {
    const { from, isEnough } = this.support();
    return isEnough ? smallest(this.buckets, Math.min(from, this.remembered)) : Number.NEGATIVE_INFINITY;
  }

  /** The newest buckets that are enough together begin at `from`. */
  private support(): { readonly from: number; readonly isEnough: boolean } {
    let messages = 0;
    for (let from = this.buckets.length - 1; from >= 0; from--) {
      messages += this.buckets[from].messages;
      const isEnough = messages >= SUPPORTING_MESSAGES && this.buckets.length - from >= SUPPORTING_BUCKETS;
      if (isEnough) return { from, isEnough };
    }
    return { from: 0, isEnough: false };
  }
}

function smallest(buckets: readonly Bucket[], from: number): number {
  let min = Number.POSITIVE_INFINITY;
  for (let at = from; at < buckets.length; at++) min = Math.min(min, buckets[at].min);
  return min;
}
