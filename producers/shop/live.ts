import { STEP_BYTES } from './behaviour';
import { Catalogue } from './catalogue';
import type { Incident, PlannedIncident } from './incidents';
import { Random } from './random';
import { HEADER } from './rows';
import { Shop, type Traffic } from './shop';
import { Storefront } from './storefront';
import { Visitors } from './visitors';

/** Columns of a live shop's rows. */
export const ROW_COLUMNS: readonly string[] = HEADER.trimEnd().split(',');

export interface LiveShopOptions {
  /** Any integer from 0 to 2^53 − 1; another seed is another shop. */
  readonly seed: number;
  /** When it opens, in milliseconds since 1970; the second that this lies in. */
  readonly startMs: number;
  /** Events a second of its time, on average and evenly; above 0, may be a fraction. */
  readonly perSecond: number;
  /** Events after which it closes; Infinity for never. */
  readonly events: number;
}

const STREAMS = { catalogue: 1, visitors: 4, visits: 5 };
const DAY_MS = 86_400_000;
const HOUR_SECONDS = 3600;
const NEWLINE = 10;
/** Hours of a commanded incident have no end of their own. */
const ALWAYS = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
const ALL_BRANDS = -1;
/** What a commanded drop and spike make of a brand's purchases, in hundredths. */
const PERCENT: Record<Incident['kind'], number> = { drop: 0, spike: 250, outage: 0 };

/**
 * The synthetic shop as it goes on, a second at a time, without an end: the same products and visitors as in a file (generate.ts), at an even rate, and incidents when they are asked for. Memory does not grow.
 *
 * @example const shop = new LiveShop({ seed: 1, startMs: Date.now(), perSecond: 100, events: Infinity }); const rows = shop.nextSecond();
 */
export class LiveShop {
  /** Names of the brands, strongest first. */
  readonly brands: readonly string[];
  /** The second whose rows {@link nextSecond} gives out next, in milliseconds since 1970. */
  time: number;
  private readonly storefront: Storefront;
  private readonly shop: Shop;
  private readonly midnight: number;
  private readonly buffer = new Uint8Array(4 * STEP_BYTES);

  constructor({ seed, startMs, perSecond, events }: LiveShopOptions) {
    const catalogue = new Catalogue(new Random(seed, STREAMS.catalogue));
    const random = new Random(seed, STREAMS.visits);
    this.brands = catalogue.brands.slice(1).map(({ name }) => name);
    this.storefront = new Storefront(catalogue, [], random);
    this.time = Math.floor(startMs / 1000) * 1000;
    this.midnight = Math.floor(startMs / DAY_MS) * DAY_MS;
    const before = (this.time - this.midnight) / 1000;
    this.shop = new Shop(
      this.midnight,
      events,
      evenTraffic(perSecond, before),
      catalogue,
      this.storefront,
      new Visitors(new Random(seed, STREAMS.visitors).next()),
      random,
    );
    // Nobody comes before it opens: only the clock goes on from midnight.
    this.shop.fill(this.buffer, before);
    this.events = events;
  }

  private readonly events: number;

  /** Whether all events asked for have been given out. */
  get isClosed(): boolean {
    return this.shop.count >= this.events;
  }

  /** The rows of the next second, lines of CSV without their ends; maybe none. */
  nextSecond(): Uint8Array[] {
    const end = (this.time - this.midnight) / 1000 + 1;
    const rows: Uint8Array[] = [];
    for (let length = this.fill(end); length > 0; length = this.fill(end)) {
      const text = this.buffer.slice(0, length);
      for (let at = 0; at < length; ) {
        const newline = text.indexOf(NEWLINE, at);
        rows.push(text.subarray(at, newline));
        at = newline + 1;
      }
    }
    this.time += 1000;
    return rows;
  }

  /** Begins an incident with the next second, in the place of one that goes on; null ends it. A brand is one of {@link brands}; an outage has none. Returns what the conversion is multiplied by. */
  command(kind: Incident['kind'] | null, brand: string | null = null): number {
    if (kind === null) {
      this.storefront.command(undefined);
      return 1;
    }
    const index = brand === null ? ALL_BRANDS : this.brands.indexOf(brand) + 1;
    if (index === 0) throw new Error(`there is no brand ${brand}`);
    const percent = PERCENT[kind];
    const incident: PlannedIncident = { kind, brand: index, percent, ...ALWAYS };
    this.storefront.command(incident);
    return percent / 100;
  }

  private fill(beforeSecond: number): number {
    return this.shop.fill(this.buffer, beforeSecond);
  }
}

/** The same number of rows in every second, from a second of the period on. */
function evenTraffic(perSecond: number, from: number): Traffic {
  return {
    rowsIn: () => perSecond * HOUR_SECONDS,
    rowsUpTo: (hour) => perSecond * ((hour + 1) * HOUR_SECONDS - from),
  };
}
