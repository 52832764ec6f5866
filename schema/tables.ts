import { nullable, required } from './column';
import { type Row, type Table, table } from './table';

/** The funnel's measures; every gold table and the anomaly table has them. */
const measures = {
  views: required('int64', 'Product views'),
  carts: required('int64', 'Additions to a cart'),
  removals: required('int64', 'Removals from a cart'),
  purchases: required('int64', 'Purchased items'),
  revenue: required('money', 'Sum of the prices of purchases, exact'),
  view_to_cart_rate: nullable('double', 'carts / views; null without views'),
  cart_to_purchase_rate: nullable('double', 'purchases / carts; null without carts'),
  conversion_rate: nullable('double', 'purchases / views; null without views'),
};

/** Where a row stands between the first guess and the last word. */
const provenance = {
  pane: required('text', 'early, on_time or late: which firing of the window this row is'),
  revision: required('int64', 'Distinct records the whole window had absorbed; larger is fuller'),
  computed_at: required('timestamp', 'Start of the run in batch, time of the commit in streaming'),
};

const hour = {
  window_start: required('timestamp', 'Start of the hour, UTC, included'),
  window_end: required('timestamp', 'End of the hour, UTC, excluded'),
  window_date: required('date', 'UTC day of the hour'),
};

const brand = required('text', 'Brand in lower case; unknown where the events name none');

export const goldFunnelHourlyBrand = table({
  name: 'gold_funnel_hourly_brand',
  description: 'The funnel of each brand in each hour',
  columns: { ...hour, brand, ...measures, ...provenance },
  key: ['window_start', 'brand'],
  partitionBy: 'window_date',
  clusterBy: ['brand'],
  closedAt: { column: 'window_end', addDays: 0 },
});

export const goldFunnelDailyBrand = table({
  name: 'gold_funnel_daily_brand',
  description: 'The funnel of each brand on each UTC day',
  columns: { date: required('date', 'UTC day'), brand, ...measures, ...provenance },
  key: ['date', 'brand'],
  partitionBy: 'date',
  clusterBy: ['brand'],
  closedAt: { column: 'date', addDays: 1 },
});

export const goldFunnelDailyCategory = table({
  name: 'gold_funnel_daily_category',
  description: 'The funnel of each top-level category on each UTC day',
  columns: {
    date: required('date', 'UTC day'),
    category_root: required('text', 'Category code before its first dot; unknown where there is none'),
    ...measures,
    ...provenance,
  },
  key: ['date', 'category_root'],
  partitionBy: 'date',
  clusterBy: ['category_root'],
  closedAt: { column: 'date', addDays: 1 },
});

export const goldFunnelHourlyPriceBand = table({
  name: 'gold_funnel_hourly_price_band',
  description: 'The funnel of each price band in each hour',
  columns: {
    ...hour,
    price_band: required('text', 'Band of the price, lower bound included; unknown without a price'),
    ...measures,
    ...provenance,
  },
  key: ['window_start', 'price_band'],
  partitionBy: 'window_date',
  clusterBy: ['price_band'],
  closedAt: { column: 'window_end', addDays: 0 },
});

export const goldAnomaliesHourlyBrand = table({
  name: 'gold_anomalies_hourly_brand',
  description: 'Hours in which a brand converted unlike itself',
  columns: {
    ...hour,
    hour_of_day: required('int64', 'Hour of the day of window_start, 0 to 23'),
    brand,
    detector: required('text', 'What judged the hour: zscore'),
    status: required('text', 'open, or retracted when later data healed it'),
    anomaly_type: nullable('text', 'drop or spike; null once retracted'),
    is_drop_anomaly: required('boolean', 'The score is at or below minus the threshold'),
    is_spike_anomaly: required('boolean', 'The score is at or above the threshold'),
    z_brand: required('double', 'Deviations from the brand’s mean conversion'),
    z_brand_hour: required('double', 'Deviations from the brand’s mean conversion at this hour of day'),
    conv_mean_brand: nullable('double', 'Mean conversion of the brand’s baseline hours'),
    conv_std_brand: nullable('double', 'Their sample standard deviation; null for fewer than two'),
    n_brand: required('int64', 'Number of baseline hours of the brand'),
    conv_mean_brand_hour: nullable(
      'double',
      'Mean conversion of the brand’s baseline hours at this hour of day',
    ),
    conv_std_brand_hour: nullable('double', 'Their sample standard deviation; null for fewer than two'),
    n_brand_hour: required('int64', 'Number of baseline hours of the brand at this hour of day'),
    expected_purchases: nullable('double', 'views times the mean conversion of the basis'),
    revenue_at_risk: nullable('money', 'Purchases missing against expectation times their average price'),
    baseline: required('text', 'Which baseline the score used: run, trailing or file'),
    baseline_through: nullable('timestamp', 'End of the last hour the baseline may hold'),
    ...measures,
    ...provenance,
  },
  key: ['window_start', 'brand', 'detector'],
  partitionBy: 'window_date',
  clusterBy: ['brand'],
});

export const deadLetters = table({
  name: 'dead_letters',
  description: 'Records that could not be counted, with the reason and their original bytes',
  columns: {
    rejected_at: required('timestamp', 'When the run rejected it'),
    stage: required('text', 'The step that rejected it'),
    reason: required('text', 'One of the reject reasons'),
    message: required('text', 'What was found and what was expected'),
    source: required('text', 'File or subscription'),
    position: required('text', 'Byte offset in the (decompressed) file, or message id'),
    line: nullable('int64', 'Line in the file, from 1; null for messages'),
    payload: required('text', 'The original bytes, as text or base64'),
    payload_encoding: required('text', 'utf8 or base64'),
    event_time: nullable('timestamp', 'The record’s event time where it has one'),
    event_date: nullable('date', 'UTC day of event_time'),
    columns: nullable('json', 'Column names of the file’s header, so that the payload can be read again'),
  },
  key: ['source', 'position', 'reason'],
  partitionBy: 'event_date',
  clusterBy: ['reason'],
});

export const pipelineLedger = table({
  name: 'pipeline_ledger',
  description: 'What became of every record, per event hour: nothing is lost silently',
  columns: {
    bucket: required(
      'text',
      'The hour as YYYY-MM-DDTHH:00:00Z, or unknown for records without a usable time',
    ),
    window_start: nullable('timestamp', 'Start of the hour; null for unknown'),
    read: required('int64', 'Records read'),
    counted: required('int64', 'Records that count in the gold tables'),
    duplicates: required('int64', 'Records that repeat another’s dedup key'),
    rejected: required('int64', 'Records in dead_letters'),
    late_dropped: nullable('int64', 'Records behind the allowed lateness; null where the runner can’t say'),
    late_source: required('text', 'Who counted late_dropped: runner, or unknown'),
    redriven: required('int64', 'Dead letters that were published again'),
    unaccounted: nullable(
      'int64',
      'read − counted − duplicates − rejected − late_dropped; 0 in a good run once the hour has expired; null where nobody can say',
    ),
    commit: required('int64', 'Number of the commit that wrote the row; 0 in batch'),
  },
  key: ['bucket'],
});

export const runs = table({
  name: 'runs',
  description: 'Every run that wrote here',
  columns: {
    run_id: required('text', 'Identity of the run'),
    state_id: nullable('text', 'Identity of a streaming run’s state; null in batch'),
    mode: required('text', 'batch or streaming'),
    input: required('text', 'What was read'),
    options: required('json', 'The options in force'),
    counts: required('json', 'Records read, counted, rejected by reason, and rows per table'),
    watermark: nullable('timestamp', 'Output watermark of the merges; null = complete'),
    allowed_lateness_ms: required('int64', 'Allowed lateness in milliseconds'),
    status: required('text', 'running or done'),
    started_at: required('timestamp', 'Start of the run'),
    finished_at: nullable('timestamp', 'End of the run'),
  },
  key: ['run_id'],
});

export const silverEvents = table({
  name: 'silver_events',
  description: 'Every counted event, cleaned and normalised',
  columns: {
    event_time: required('timestamp', 'When it happened'),
    event_date: required('date', 'UTC day of event_time'),
    event_type: required('text', 'view, cart, remove_from_cart or purchase'),
    product_id: required('text', 'Product'),
    category_id: nullable('text', 'Category id'),
    category_code: nullable('text', 'Category code as it came, trimmed'),
    brand: nullable('text', 'Brand as it came, trimmed'),
    price: nullable('money', 'Price; null where the dialect allows none'),
    user_id: required('text', 'User; empty where missing'),
    user_session: nullable('text', 'Session'),
    event_id: nullable('text', 'The producer’s id of the event'),
    currency: nullable('text', 'Currency of the price'),
    page: nullable('text', 'Page'),
    utm_source: nullable('text', 'Campaign source'),
    utm_medium: nullable('text', 'Campaign medium'),
    utm_campaign: nullable('text', 'Campaign'),
    device_os: nullable('text', 'Operating system'),
    device_mobile: nullable('text', 'Whether the device is a phone'),
    device_ua: nullable('text', 'User agent'),
    geo_country: nullable('text', 'Country'),
    geo_city: nullable('text', 'City'),
    ip: nullable('text', 'IP address'),
    brand_norm: nullable('text', 'Brand, trimmed, in lower case'),
    category_code_norm: nullable('text', 'Category code in lower case, other characters replaced by _'),
    category_root: nullable('text', 'category_code_norm before its first dot'),
    price_band: required('text', 'Band of the price'),
    dq_missing_brand: required('boolean', 'No brand'),
    dq_missing_category: required('boolean', 'No category code'),
    dq_missing_session: required('boolean', 'No session'),
    dq_missing_user: required('boolean', 'No user'),
    dq_missing_product: required('boolean', 'No product'),
    dq_missing_price: required('boolean', 'No price'),
  },
  key: ['event_time', 'user_id', 'user_session', 'product_id', 'event_type', 'event_id'],
  partitionBy: 'event_date',
  clusterBy: ['event_type', 'brand_norm'],
});

/** Every table a run replaces, in the order it reports them. `silver_events` is written on request only. */
export const TABLES = [
  goldFunnelHourlyBrand,
  goldFunnelDailyBrand,
  goldFunnelDailyCategory,
  goldFunnelHourlyPriceBand,
  goldAnomaliesHourlyBrand,
  deadLetters,
  pipelineLedger,
  silverEvents,
] as const;

/** Tables that a stream writes. */
export const STREAM_TABLES: readonly Table[] = TABLES.filter(({ name }) => name !== silverEvents.name);

/** The table of a name. @throws Error where there is none */
export function tableNamed(name: string): Table {
  const table = TABLES.find((candidate) => candidate.name === name);
  if (table === undefined) throw new Error(`no table is called ${name}`);
  return table;
}

export type HourlyBrandRow = Row<typeof goldFunnelHourlyBrand>;
export type DailyBrandRow = Row<typeof goldFunnelDailyBrand>;
export type DailyCategoryRow = Row<typeof goldFunnelDailyCategory>;
export type HourlyPriceBandRow = Row<typeof goldFunnelHourlyPriceBand>;
export type AnomalyRow = Row<typeof goldAnomaliesHourlyBrand>;
export type DeadLetterRow = Row<typeof deadLetters>;
export type LedgerRow = Row<typeof pipelineLedger>;
export type RunRow = Row<typeof runs>;
export type SilverRow = Row<typeof silverEvents>;

/** Whether a row counts no event: all of its records lost against a duplicate. A bounded sink has no such row; a streaming one deletes it. False for rows without measures. */
export function isVoid(row: Record<string, unknown>): boolean {
  return row.views === 0 && row.carts === 0 && row.removals === 0 && row.purchases === 0;
}
