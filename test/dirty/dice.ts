/** Seeded choices, the same on every machine. */

/** Mulberry32, by Tommy Ettinger (public domain): 32 bits of state, integer arithmetic only. */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
    // Neighbouring seeds begin alike; a few steps part them.
    for (let step = 0; step < 4; step++) this.bits();
  }

  private bits(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer from 0 to `below` − 1. */
  under(below: number): number {
    return this.bits() % below;
  }

  /** True for `percent` of a hundred. */
  percent(percent: number): boolean {
    return this.under(1000) < percent * 10;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.under(values.length)];
  }

  /** The values in another order (Fisher–Yates). */
  shuffle<T>(values: readonly T[]): T[] {
    const shuffled = [...values];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.under(last + 1);
      [shuffled[last], shuffled[other]] = [shuffled[other], shuffled[last]];
    }
    return shuffled;
  }
}
