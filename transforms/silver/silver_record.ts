import { EVENT_FIELDS, EVENT_TYPES } from '../../schema/events';
import type { SilverRow } from '../../schema/tables';
import { categoryRoot } from '../clean/normalise';
import type { PriceBands } from '../count/price_bands';
import { isoDate } from '../gold/gold_rows';

/** A kept event with all its fields, as it travels to silver_events: gold is counted without them. */
export interface SilverRecord {
  /** Dedup hash, 32 hexadecimal digits. */
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Ten-thousandths; null where missing. */
  readonly price: number | null;
  /** Code of the event type. */
  readonly type: number;
  readonly brandNorm: string;
  readonly categoryNorm: string;
  /** Text of each of EVENT_FIELDS, trimmed; empty where missing. Those above are not looked at here. */
  readonly texts: readonly string[];
}

/** Fields that decide between records of one key that price, brand, category code and type don't tell apart; then the spellings. */
const OTHERS = EVENT_FIELDS.map((name, index) => ({ name, index })).filter(
  ({ name }) => !['event_time', 'event_type', 'price', 'brand', 'category_code'].includes(name),
);
const SPELLINGS = [EVENT_FIELDS.indexOf('category_code'), EVENT_FIELDS.indexOf('brand')];

/** The spec's order of the records of one dedup key: the least counts. */
export function compareRecords(a: SilverRecord, b: SilverRecord): number {
  if ((a.price === null) !== (b.price === null)) return a.price === null ? 1 : -1;
  return (
    (a.price ?? 0) - (b.price ?? 0) ||
    compareBytes(a.brandNorm, b.brandNorm) ||
    compareBytes(a.categoryNorm, b.categoryNorm) ||
    compareBytes(EVENT_TYPES[a.type], EVENT_TYPES[b.type]) ||
    firstDifference(
      a,
      b,
      OTHERS.map(({ index }) => index),
    ) ||
    firstDifference(a, b, SPELLINGS)
  );
}

function firstDifference(a: SilverRecord, b: SilverRecord, fields: readonly number[]): number {
  for (const field of fields) {
    const order = compareBytes(a.texts[field], b.texts[field]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Order of the UTF-8 bytes, which is not JavaScript's order of strings beyond the basic plane. */
function compareBytes(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The row of silver_events. */
export function silverRow(record: SilverRecord, bands: PriceBands): SilverRow {
  const text = (name: (typeof EVENT_FIELDS)[number]): string | null =>
    record.texts[EVENT_FIELDS.indexOf(name)] || null;
  const brand = record.brandNorm || null;
  const category = record.categoryNorm || null;
  return {
    event_time: record.time,
    event_date: isoDate(record.time),
    event_type: EVENT_TYPES[record.type],
    product_id: text('product_id') ?? '',
    category_id: text('category_id'),
    category_code: text('category_code'),
    brand: text('brand'),
    price: record.price === null ? null : BigInt(record.price),
    user_id: text('user_id') ?? '',
    user_session: text('user_session'),
    event_id: text('event_id'),
    currency: text('currency'),
    page: text('page'),
    utm_source: text('utm_source'),
    utm_medium: text('utm_medium'),
    utm_campaign: text('utm_campaign'),
    device_os: text('device_os'),
    device_mobile: text('device_mobile'),
    device_ua: text('device_ua'),
    geo_country: text('geo_country'),
    geo_city: text('geo_city'),
    ip: text('ip'),
    brand_norm: brand,
    category_code_norm: category,
    category_root: category === null ? null : categoryRoot(category) || null,
    price_band: bands.nameOf(record.price),
    dq_missing_brand: brand === null,
    dq_missing_category: category === null,
    dq_missing_session: text('user_session') === null,
    dq_missing_user: text('user_id') === null,
    dq_missing_product: text('product_id') === null,
    dq_missing_price: record.price === null,
  };
}
