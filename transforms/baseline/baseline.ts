/**
 * The baseline that hours are scored against: per brand, and per brand and hour of day, how conversion was in the hours that count for it.
 */
import { HOUR_MS } from '../../schema/events';

/** One hour of one brand in the baseline. `revenue` is in ten-thousandths. */
export interface BrandHour {
  readonly brand: string;
  /** Start, milliseconds since 1970. */
  readonly hour: number;
  readonly views: number;
  readonly purchases: number;
  readonly revenue: bigint;
}

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
export function conversionStats(hours: readonly Pick<BrandHour, 'views' | 'purchases'>[]): ConversionStats {
  const n = hours.length;
  const rates = hours.map(({ views, purchases }) => purchases / views);
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / n;
  if (n < 2) return { n, mean, std: null };
  const [first] = hours;
  const allEqual = hours.every(
    ({ views, purchases }) =>
      BigInt(purchases) * BigInt(first.views) === BigInt(first.purchases) * BigInt(views),
  );
  if (allEqual) return { n, mean, std: 0 };
  const squares = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0);
  return { n, mean, std: Math.sqrt(squares / (n - 1)) };
}

/** The baseline over some hours of some brands, in any order. Hours with fewer views than `minViews` don't count. */
export function buildBaseline(revision: number, hours: Iterable<BrandHour>, minViews: number): Baseline {
  const byBrand = new Map<string, BrandHour[]>();
  for (const hour of hours) {
    if (hour.views < Math.max(minViews, 1)) continue;
    const known = byBrand.get(hour.brand);
    if (known === undefined) byBrand.set(hour.brand, [hour]);
    else known.push(hour);
  }
  // A brand may be called __proto__: entries, not assignments.
  const brands = Object.fromEntries([...byBrand].map(([brand, ofBrand]) => [brand, brandBaseline(ofBrand)]));
  return { revision, brands };
}

function brandBaseline(hours: BrandHour[]): BrandBaseline {
  hours.sort((a, b) => a.hour - b.hour);
  const byHour = new Map<number, BrandHour[]>();
  for (const hour of hours) {
    const hourOfDay = hourOfDayOf(hour.hour);
    const known = byHour.get(hourOfDay);
    if (known === undefined) byHour.set(hourOfDay, [hour]);
    else known.push(hour);
  }
  return {
    all: conversionStats(hours),
    byHourOfDay: Object.fromEntries(
      [...byHour].map(([hourOfDay, ofHour]) => [hourOfDay, conversionStats(ofHour)]),
    ),
    purchases: hours.reduce((sum, hour) => sum + hour.purchases, 0),
    revenue: String(hours.reduce((sum, hour) => sum + hour.revenue, 0n)),
  };
}

/** Hour of the UTC day, 0 to 23, of an hour's start. */
export function hourOfDayOf(hour: number): number {
  return ((Math.floor(hour / HOUR_MS) % 24) + 24) % 24;
}
