import { HOURS } from './profile';
import type { Random } from './random';

/**
 * How many rows each hour of the period gets: the hour-of-day curve times the day's own strength (sale days stand out) times a little noise.
 * The hours add up to `events` exactly.
 */
export class Calendar {
  private readonly upTo: number[] = [];

  constructor(events: number, days: number, random: Random) {
    const weights: number[] = [];
    for (let day = 0; day < days; day++) {
      const strength = dayStrength(random);
      for (const hour of HOURS) weights.push(strength * hour * (92 + random.below(17)));
    }
    let sum = 0n;
    for (const weight of weights) sum += BigInt(weight);
    let seen = 0n;
    for (const weight of weights) {
      seen += BigInt(weight);
      this.upTo.push(Number((BigInt(events) * seen) / sum));
    }
  }

  /** Hours of the period. */
  get hours(): number {
    return this.upTo.length;
  }

  /** Rows before the end of this hour of the period. */
  rowsUpTo(hour: number): number {
    return hour < 0 ? 0 : this.upTo[hour];
  }

  rowsIn(hour: number): number {
    return this.rowsUpTo(hour) - this.rowsUpTo(hour - 1);
  }
}

/** Most days within a quarter of the mean; one in fourteen a sale, one in thirty quiet. */
function dayStrength(random: Random): number {
  const kind = random.below(420);
  if (kind < 30) return 1350 + random.below(200);
  if (kind < 44) return 600 + random.below(150);
  return 780 + random.below(440);
}
