import type { Calendar } from './calendar';
import { type BrandRange, SLOTS } from './catalogue';
import { VIEWS_PER_MILLE } from './profile';
import type { Random } from './random';

/** Something that goes wrong, or unexpectedly well, for some whole hours. */
export interface Incident {
  /** drop and spike: the purchases of one brand; outage: nobody can pay. */
  readonly kind: 'drop' | 'spike' | 'outage';
  /** null: all brands. */
  readonly brand: string | null;
  /** ISO 8601, UTC, included. */
  readonly start: string;
  /** Excluded. */
  readonly end: string;
  /** What the conversion rate is multiplied by. */
  readonly factor: number;
}

/** An incident as the shop acts on it. */
export interface PlannedIncident {
  readonly kind: Incident['kind'];
  /** Index in the catalogue's brands; −1 for all. */
  readonly brand: number;
  /** Hours of the period, the end excluded. */
  readonly from: number;
  readonly to: number;
  /** Factor in hundredths. */
  readonly percent: number;
}

/** Views an hour below which an anomaly detector rightly keeps silent. */
const MIN_VIEWS = 50;
const STRONGEST = 12;
const STRONGEST_BRAND = 1;
const ALL_BRANDS = -1;
const TRIES = 400;

/**
 * Draws `count` incidents, one in each equal part of the period so that they do not overlap; kinds take turns. Every hour of an incident has
 * at least 50 expected views of its brand (for an outage: of the strongest brand).
 * @throws Error when the shop is too small for that, or the period too short for so many
 */
export function planIncidents(
  count: number,
  calendar: Calendar,
  brands: readonly BrandRange[],
  random: Random,
): PlannedIncident[] {
  const kinds = random.shuffle<Incident['kind']>(['drop', 'spike', 'outage']);
  const taken = new Set<number>();
  return Array.from({ length: count }, (_, i) => {
    const kind = kinds[i % kinds.length];
    const partFrom = Math.floor((calendar.hours * i) / count) + 2;
    const partTo = Math.floor((calendar.hours * (i + 1)) / count);
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const hours = kind === 'outage' ? 2 + random.below(2) : 3 + random.below(3);
      const from = partFrom + random.below(Math.max(1, partTo - partFrom - hours));
      // First a brand that had none yet: two incidents in one baseline make each other less unusual. At last the strongest.
      const strong = attempt < (3 * TRIES) / 4 ? 1 + random.below(STRONGEST) : STRONGEST_BRAND;
      if (attempt < TRIES / 2 && taken.has(strong)) continue;
      const brand = kind === 'outage' ? ALL_BRANDS : strong;
      const to = from + hours;
      if (to > partTo || !isBusy(from, to, calendar, brands[kind === 'outage' ? STRONGEST_BRAND : strong]))
        continue;
      taken.add(brand);
      return { kind, brand, from, to, percent: kind === 'spike' ? 200 + 25 * random.below(4) : 0 };
    }
    throw new Error(
      `no room for ${count} incidents: each needs some hours in which one brand has at least ${MIN_VIEWS} views; ` +
        'ask for more events, for fewer days or for fewer incidents',
    );
  });
}

/** The same for the truth file. */
export function describeIncident(
  planned: PlannedIncident,
  brands: readonly BrandRange[],
  startMs: number,
): Incident {
  const at = (hour: number) => new Date(startMs + hour * 3_600_000).toISOString();
  return {
    kind: planned.kind,
    brand: planned.brand < 0 ? null : brands[planned.brand].name,
    start: at(planned.from),
    end: at(planned.to),
    factor: planned.percent / 100,
  };
}

function isBusy(from: number, to: number, calendar: Calendar, brand: BrandRange): boolean {
  for (let hour = from; hour < to; hour++) {
    const views = Math.floor((calendar.rowsIn(hour) * VIEWS_PER_MILLE * brand.slots) / (1000 * SLOTS));
    // A fifth more than needed: the actual number varies.
    if (views * 5 < MIN_VIEWS * 6) return false;
  }
  return true;
}
