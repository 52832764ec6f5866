import { STEP_BYTES } from './behaviour';
import { Calendar } from './calendar';
import { Catalogue } from './catalogue';
import { describeIncident, type Incident, planIncidents } from './incidents';
import { checkOptions, type ShopOptions } from './options';
import { Random } from './random';
import { HEADER } from './rows';
import { Shop } from './shop';
import { Storefront } from './storefront';
import { Visitors } from './visitors';

/** Bytes of a chunk; the last one is shorter. */
export const CHUNK_BYTES = 1 << 20;

/** Streams of random numbers, one for each concern: more incidents don't make other products. */
const STREAMS = { catalogue: 1, calendar: 2, incidents: 3, visitors: 4, visits: 5 };

/** A shop about to open: its truth is known before its first row. */
export interface GeneratedShop {
  /** What the shop's incidents are, in time order. */
  readonly incidents: readonly Incident[];
  /** The CSV file as chunks of whole lines, header first. Each chunk is a new array; they can be read once. */
  readonly chunks: Iterable<Uint8Array>;
  /** Rows in the chunks taken so far. */
  rows(): number;
  /**
   * The same without allocating: writes the next whole lines into `out` (at least 64 KiB) and returns how many bytes; 0 at the end.
   */
  fill(out: Uint8Array): number;
}

/**
 * A synthetic cosmetics shop: a CSV file of exactly `events` events in time order, which has the real shop's profile (see profile.ts), and the
 * truth about the incidents in it. The same options give the same bytes on every machine. Memory doesn't depend on `events`.
 * @throws Error when an option is out of range or the incidents asked for don't fit
 * @example for (const chunk of generateShop({ events: 1e6, days: 30, seed: 1 }).chunks) process.stdout.write(chunk);
 */
export function generateShop(options: ShopOptions): GeneratedShop {
  const { events, days, seed, startMs, incidents: count } = checkOptions(options);
  const catalogue = new Catalogue(new Random(seed, STREAMS.catalogue));
  const calendar = new Calendar(events, days, new Random(seed, STREAMS.calendar));
  const planned = planIncidents(count, calendar, catalogue.brands, new Random(seed, STREAMS.incidents));
  const random = new Random(seed, STREAMS.visits);
  const visitors = new Visitors(new Random(seed, STREAMS.visitors).next());
  const storefront = new Storefront(catalogue, planned, random);
  const shop = new Shop(startMs, events, calendar, catalogue, storefront, visitors, random);

  let opened = false;
  const fill = (out: Uint8Array): number => {
    if (out.length <= HEADER.length + STEP_BYTES)
      throw new RangeError(`a buffer of ${out.length} bytes is too small`);
    if (opened) return shop.fill(out);
    opened = true;
    const header = new TextEncoder().encodeInto(HEADER, out).written;
    return header + shop.fill(out.subarray(header));
  };
  return {
    incidents: planned.map((incident) => describeIncident(incident, catalogue.brands, startMs)),
    chunks: chunksOf(fill),
    rows: () => shop.count,
    fill,
  };
}

function* chunksOf(fill: (out: Uint8Array) => number): Iterable<Uint8Array> {
  for (;;) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const length = fill(chunk);
    if (length === 0) return;
    yield chunk.subarray(0, length);
  }
}
