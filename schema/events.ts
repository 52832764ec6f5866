/**
 * Events as they come in, and the ways one can be wrong. The numbers are part of the packed formats: append, don't reorder.
 */

/** Canonical event types, in the order of their codes in packed records. */
export const EVENT_TYPES = ['view', 'cart', 'remove_from_cart', 'purchase'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Reasons for which a record is rejected, in order of precedence: the first that applies is the record's. */
export const REJECT_REASONS = [
  'malformed_row',
  'not_json',
  'missing_event_time',
  'bad_event_time',
  'future_event_time',
  'missing_event_type',
  'unknown_event_type',
  'missing_price',
  'bad_price',
  'nonpositive_price',
  'other_currency',
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

/**
 * The canonical fields of an event, in the order in which records of one dedup key are compared after price, brand and
 * category code (see transforms/clean). A CSV column of one of these names is that field.
 */
export const EVENT_FIELDS = [
  'event_time',
  'event_type',
  'product_id',
  'category_id',
  'category_code',
  'brand',
  'price',
  'user_id',
  'user_session',
  'event_id',
  'currency',
  'page',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'device_os',
  'device_mobile',
  'device_ua',
  'geo_country',
  'geo_city',
  'ip',
] as const;
export type EventField = (typeof EVENT_FIELDS)[number];

/** Columns without which a CSV file is not a file of events. */
export const REQUIRED_CSV_COLUMNS = ['event_time', 'event_type', 'product_id', 'price', 'user_id'] as const;

/** What stands in a key column for a missing brand, category root or price band. */
export const UNKNOWN = 'unknown';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** First and last time of an event, milliseconds since 1970: the years 1 to 9999, which are those that stores have dates of. */
export const FIRST_TIME = Date.parse('0001-01-01T00:00:00.000Z');
export const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z');
