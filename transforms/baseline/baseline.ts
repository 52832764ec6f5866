/**
 * The baseline that hours are scored against: per brand, and per brand and hour of day, how conversion was in the hours that count for it.
 */
import { HOUR_MS } from '../../schema/events';

/** Conversion of a group of hours. */
export interface ConversionStats {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation; null for one hour. */
  readonly std: number | null;
}

export interface BrandBaseline {
  readonly all: ConversionStats;
  /** By hour of day, 0 to 23; absent where the brand had no hour. */
  readonly byHourOfDay: Readonly<Record<number, ConversionStats>>;
  readonly purchases: number;
  /** Revenue in ten-thousandths, as decimal text. */
  readonly revenue: string;
}

/** Where a baseline's hours come from: the run itself, the weeks before each hour, or a file. */
export type BaselineName = 'run' | 'trailing' | 'file';

export interface Baseline {
  /** Of two baselines over the same time the one with the larger revision knows more: the sum of the revisions of what it was made of. */
  readonly revision: number;
  readonly brands: Readonly<Record<string, BrandBaseline>>;
}

/** What hours are scored against where there is nothing: no mean, no deviation, so no score but 0. */
const NO_BASELINE: Baseline = { revision: 0, brands: {} };

/** Of the panes of a baseline the one that knows most; an empty one where there is none. */
export function fullestBaseline(panes: readonly Baseline[]): Baseline {
  return panes.reduce(
    (fullest, pane) => (pane.revision > fullest.revision ? pane : fullest),
    panes[0] ?? NO_BASELINE,
  );
}

/**
 * Mean and sample deviation of purchases / views over hours that are given in hour order. The deviation is exactly 0 when all rates are equal as fractions, which a sum of
 * squares would miss by an ulp; else it is computed in two passes.
 */
function conversionStats(views: readonly number[], purchases: readonly number[]): ConversionStats {
  const n = views.length;
  let sum = 0;
  for (let at = 0; at < n; at++) sum += purchases[at] / views[at];
  const mean = sum / n;
  if (n < 2) return { n, mean, std: null };
  if (views.every((_, at) => areEqual(purchases[0], views[0], purchases[at], views[at])))
    return { n, mean, std: 0 };
  let squares = 0;
  for (let at = 0; at < n; at++) {
    const distance = purchases[at] / views[at] - mean;
    squares += distance * distance;
  }
  return { n, mean, std: Math.sqrt(squares / (n - 1)) };
}

/** Whether two fractions of whole numbers are equal: a / b and c / d. */
function areEqual(a: number, b: number, c: number, d: number): boolean {
  const [left, right] = [a * d, c * b];
  const isExact = left <= Number.MAX_SAFE_INTEGER && right <= Number.MAX_SAFE_INTEGER;
  return isExact ? left === right : BigInt(a) * BigInt(d) === BigInt(c) * BigInt(b);
}

/** The hours of a brand that a baseline is made of, in columns: there may be half a million of them. */
export class BrandHours {
  private readonly starts: number[] = [];
  private readonly views: number[] = [];
  private readonly purchases: number[] = [];
  private isInOrder = true;
  private revenue = 0;
  /** What `revenue` could not hold exactly. */
  private largeRevenue = 0n;

  constructor(private readonly leastViews: number) {}

  /** Adds an hour, in any order, each once: its start in milliseconds since 1970, revenue in ten-thousandths. One with too few views doesn't count. */
  add(start: number, views: number, purchases: number, revenue: number | bigint): void {
    if (views < this.leastViews) return;
    if (this.starts.length > 0 && start < this.starts[this.starts.length - 1]) this.isInOrder = false;
    this.starts.push(start);
    this.views.push(views);
    this.purchases.push(purchases);
    const sum = typeof revenue === 'number' ? this.revenue + revenue : Number.NaN;
    if (Number.isSafeInteger(sum)) this.revenue = sum;
    else this.largeRevenue += BigInt(revenue);
  }

  get isEmpty(): boolean {
    return this.starts.length === 0;
  }

  baseline(): BrandBaseline {
    const order = this.starts.map((_, at) => at);
    if (!this.isInOrder) order.sort((a, b) => this.starts[a] - this.starts[b]);
    const byHourOfDay = new Map<number, number[]>();
    for (const at of order) {
      const hourOfDay = hourOfDayOf(this.starts[at]);
      const known = byHourOfDay.get(hourOfDay);
      if (known === undefined) byHourOfDay.set(hourOfDay, [at]);
      else known.push(at);
    }
    return {
      all: this.statsOf(order),
      byHourOfDay: Object.fromEntries(
        [...byHourOfDay].map(([hourOfDay, ofHour]) => [hourOfDay, this.statsOf(ofHour)]),
      ),
      purchases: this.purchases.reduce((sum, purchases) => sum + purchases, 0),
      revenue: String(this.largeRevenue + BigInt(this.revenue)),
    };
  }

  private statsOf(hours: readonly number[]): ConversionStats {
    return conversionStats(
      hours.map((at) => this.views[at]),
      hours.map((at) => this.purchases[at]),
    );
  }
}

/** Makes a baseline of hours of brands, which come in any order. Hours with fewer views than `minViews`, or none at all, don't count. */
export class BaselineBuilder {
  private readonly brands = new Map<string, BrandHours>();

  constructor(private readonly minViews: number) {}

  /** A brand's hours, to add to. */
  brand(name: string): BrandHours {
    let hours = this.brands.get(name);
    if (hours === undefined) {
      hours = new BrandHours(Math.max(this.minViews, 1));
      this.brands.set(name, hours);
    }
    return hours;
  }

  baseline(revision: number): Baseline {
    const counted = [...this.brands].filter(([, hours]) => !hours.isEmpty);
    // A brand may be called __proto__: entries, not assignments.
    return { revision, brands: Object.fromEntries(counted.map(([name, hours]) => [name, hours.baseline()])) };
  }
}

/** Hour of the UTC day, 0 to 23, of an hour's start. */
export function hourOfDayOf(hour: number): number {
  return ((Math.floor(hour / HOUR_MS) % 24) + 24) % 24;
}
