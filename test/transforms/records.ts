/**
 * Small records for the laws of the accumulators, made to collide: few keys that share hash slots, few prices and names. With the obvious account of what they amount to.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { EVENT_TYPES, HOUR_MS } from '../../schema/events';
import { EventBatch, pairText } from '../../transforms/clean/event_batch';
import {
  DIMENSION_MASK,
  LOSER,
  META,
  PRICE_LOW,
  PRICE_MISSING,
  packMeta,
  priceOf,
  RECORD_WORDS,
  typeOf,
} from '../../transforms/clean/packed_record';
import type { Cells } from '../../transforms/count/cells';
import { pairOf } from '../../transforms/count/pairs';
import type { RecordSet } from '../../transforms/count/record_set';
import type { Rollup } from '../../transforms/count/rollup';

export interface PlainRecord {
  readonly key: number;
  /** Ten-thousandths; null where missing. */
  readonly price: number | null;
  readonly brand: string;
  readonly category: string;
  /** Code of the event type. */
  readonly type: number;
  /** All other content, which decides last and changes no measure. */
  readonly other: number;
}

export const START = Date.UTC(2019, 9, 1, 10);
export const BANDS = [10, 30, 60] as const;

/** Prices around bounds, in one and in two words, and so large that a few exceed 2^52. */
const PRICES = [1, 99_999, 100_000, 300_000, 4_294_967_295, 4_294_967_296, 9_999_999_999_999, null];

export const record: fc.Arbitrary<PlainRecord> = fc.record({
  key: fc.nat({ max: 7 }),
  price: fc.constantFrom(...PRICES),
  brand: fc.constantFrom('', 'a', 'b', 'Ж', 'ｚ', '𝒜', 'a\0b', 'unknown'),
  category: fc.constantFrom('', 'a', 'a.b', '.x', 'b_'),
  type: fc.nat({ max: 3 }),
  other: fc.nat({ max: 1 }),
});

/** Batches as a parser gives them out: of any size, never empty. */
export const batches = fc.array(fc.array(record, { minLength: 1, maxLength: 12 }), { maxLength: 6 });

/** Packs records into a batch, its pairs in order of appearance. */
export function batchOf(records: readonly PlainRecord[], time: number = START): EventBatch {
  const words = new Int32Array(records.length * RECORD_WORDS);
  const pairs: PlainRecord[] = [];
  records.forEach((plain, index) => {
    const known = pairs.findIndex(
      ({ brand, category }) => brand === plain.brand && category === plain.category,
    );
    const pair = known >= 0 ? known : pairs.push(plain) - 1;
    const content = createHash('md5').update(contentOf(plain)).digest();
    const { key, price, type } = plain;
    // The slot is taken from the second word: all keys share it.
    const row = [key & 1, 77, key >> 1, -1, content.readInt32LE(0), (price ?? Number.NaN) | 0];
    words.set([...row, packMeta(pair, type, price ?? Number.NaN)], index * RECORD_WORDS);
  });
  const bytes = (text: string) => Buffer.from(text, 'utf8');
  return EventBatch.pack(
    words,
    records.length,
    pairs.map(({ brand, category }) => pairText(bytes(brand), bytes(category))),
    time,
  );
}

function contentOf({ price, brand, category, type, other }: PlainRecord): string {
  return JSON.stringify([price, brand, category, type, other]);
}

/** A set as it means: its records with their names, sorted, and its sizes. Numbers of pairs and places in memory mean nothing. */
export function canonical(set: RecordSet): object {
  const records: string[] = [];
  const [brands, categories] = [
    set.pairs.map(({ brand }) => brand.latin1),
    set.pairs.map(({ category }) => category.latin1),
  ];
  for (let at = 0; at < set.size * RECORD_WORDS; at += RECORD_WORDS) {
    records.push(wordsText(set.words, at, brands, categories));
  }
  return { size: set.size, losers: set.losers, counted: set.counted, records: records.sort() };
}

/** The records of batches as texts, sorted, repeated ones too. */
export function batchTexts(all: Iterable<EventBatch>): string[] {
  const texts: string[] = [];
  for (const batch of all) {
    const pairs = Array.from({ length: batch.pairs }, (_, pair) => pairOf(batch, pair));
    const brands = pairs.map(({ brand }) => brand.latin1);
    const categories = pairs.map(({ category }) => category.latin1);
    for (let at = 0; at < batch.records.length; at += RECORD_WORDS)
      texts.push(wordsText(batch.records, at, brands, categories));
  }
  return texts.sort();
}

function wordsText(
  words: Int32Array,
  at: number,
  brands: readonly string[],
  categories: readonly string[],
): string {
  const meta = words[at + META];
  const pair = meta & DIMENSION_MASK;
  const price = (meta & PRICE_MISSING) !== 0 ? null : priceOf(meta, words[at + PRICE_LOW]);
  const lost = (meta & LOSER) !== 0;
  return JSON.stringify([
    ...words.subarray(at, at + 5),
    price,
    EVENT_TYPES[typeOf(meta)],
    lost,
    brands[pair],
    categories[pair],
  ]);
}

/** Cells by name: counts of the four types, and revenue. The order of cells means nothing. */
export function cellsByName(cells: Cells): Record<string, string> {
  const entries = cells.names.map((name, cell): [string, string] => [
    `:${name}`,
    `${Array.from({ length: 4 }, (_, type) => cells.counts[cell * 4 + type]).join()};${cells.revenue(cell)}`,
  ]);
  expect(new Set(entries.map(([name]) => name)).size).toBe(entries.length);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A rollup as it means. */
export function rollupMeaning({
  revision,
  absorbed,
  counted,
  brands,
  categories,
  priceBands,
}: Rollup): object {
  return {
    ...{ revision, absorbed, counted },
    brands: cellsByName(brands),
    categories: cellsByName(categories),
    priceBands: cellsByName(priceBands),
  };
}

/** What records amount to, by the obvious loops: of each key the least counts, the others only make their cells exist. */
export function plainRollup(records: readonly PlainRecord[]): object {
  const distinct = [...new Map(records.map((plain) => [`${plain.key} ${contentOf(plain)}`, plain])).values()];
  const isBeaten = (plain: PlainRecord) =>
    distinct.some((twin) => twin.key === plain.key && compare(twin, plain) < 0);
  const winners = distinct.filter((plain) => !isBeaten(plain));
  const oneOfEachKey = [...new Map(winners.map((plain) => [plain.key, plain])).values()];
  const cells = (nameOf: (plain: PlainRecord) => string): Record<string, string> => {
    const names = [...new Set(distinct.map(nameOf))].sort();
    const cell = (name: string): string => {
      const counted = oneOfEachKey.filter((plain) => nameOf(plain) === name);
      const counts = EVENT_TYPES.map((_, type) => counted.filter((plain) => plain.type === type).length);
      const sold = counted.filter(({ type }) => type === 3);
      return `${counts.join()};${sold.reduce((sum, { price }) => sum + BigInt(price ?? 0), 0n)}`;
    };
    return Object.fromEntries(names.map((name) => [`:${name}`, cell(name)]));
  };
  return {
    revision: distinct.length,
    absorbed: records.length,
    counted: oneOfEachKey.length,
    brands: cells(({ brand }) => brand || 'unknown'),
    categories: cells(({ category }) => category.split('.')[0] || 'unknown'),
    priceBands: cells(({ price }) => bandOf(price)),
  };
}

function bandOf(price: number | null): string {
  if (price === null) return 'unknown';
  if (price < 100_000) return '<10';
  if (price < 300_000) return '10-30';
  return price < 600_000 ? '30-60' : '60+';
}

/** The spec's order without the rest of the content, which changes no measure. */
function compare(a: PlainRecord, b: PlainRecord): number {
  const bytes = (text: string) => Buffer.from(text, 'utf8');
  return (
    Math.sign((a.price ?? Number.MAX_VALUE) - (b.price ?? Number.MAX_VALUE)) ||
    Buffer.compare(bytes(a.brand), bytes(b.brand)) ||
    Buffer.compare(bytes(a.category), bytes(b.category)) ||
    Buffer.compare(bytes(EVENT_TYPES[a.type]), bytes(EVENT_TYPES[b.type]))
  );
}

/** Which hour a batch belongs to. */
export function hourOf(batch: EventBatch): number {
  return Math.floor(batch.earliest / HOUR_MS);
}
