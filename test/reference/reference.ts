/**
 * The plain reference: every table of a bounded run, computed by the obvious loops. It is small and slow and shares no code with the product but
 * the declarations of schema/; the product is compared with it row by row.
 */
import { isUtf8 } from 'node:buffer';
import { UNKNOWN } from '../../schema/events';
import type { AnomalyRow, DeadLetterRow, LedgerRow, SilverRow } from '../../schema/tables';
import { type AnomalyOptions, anomalies } from './anomalies';
import { groupByKey } from './duplicates';
import { clean, type Event, type Rejection } from './event';
import { type GoldTables, goldTables } from './gold';
import { type InputFile, type RawRecord, recordsOf } from './record';
import { dateOf, hourOf } from './time';

export type { BaselineHour } from './anomalies';
export type { InputFile } from './record';

/** Every table of a run but `runs`; rows in no particular order. */
export type Tables = GoldTables & {
  gold_anomalies_hourly_brand: AnomalyRow[];
  dead_letters: DeadLetterRow[];
  pipeline_ledger: LedgerRow[];
  silver_events: SilverRow[];
};

export interface ReferenceOptions extends AnomalyOptions {
  /** Start of the run in milliseconds: computed_at and rejected_at. */
  readonly now: number;
  /** Ascending bounds of the price bands. */
  readonly priceBands: readonly number[];
  /** Records in another currency are rejected; null keeps all. */
  readonly currency: string | null;
}

/** The product's defaults. */
export const DEFAULT_OPTIONS: ReferenceOptions = {
  now: Date.UTC(2026, 0, 1),
  minBaselineViews: 10,
  minFlagViews: 50,
  zThreshold: 2,
  anomalyBasis: 'brand',
  baseline: 'run',
  history: [],
  priceBands: [10, 30, 60],
  currency: null,
};

/** All tables of a run over `files`. Throws where a CSV file lacks a required column. */
export function computeReference(
  files: readonly InputFile[],
  options: Partial<ReferenceOptions> = {},
): Tables {
  const all: ReferenceOptions = { ...DEFAULT_OPTIONS, ...options };
  const kept: Event[] = [];
  const rejected: { record: RawRecord; rejection: Rejection }[] = [];
  for (const record of files.flatMap(recordsOf)) {
    const result = clean(record.content, all.currency, all.priceBands);
    if ('reason' in result) rejected.push({ record, rejection: result });
    else kept.push(result);
  }
  const groups = groupByKey(kept);
  const gold = goldTables(groups, all.now);
  return {
    ...gold,
    gold_anomalies_hourly_brand: anomalies(gold.gold_funnel_hourly_brand, all),
    dead_letters: rejected.map(({ record, rejection }) => deadLetter(record, rejection, all.now)),
    pipeline_ledger: ledger(
      kept,
      groups.map((group) => group.winner),
      rejected.map(({ rejection }) => rejection),
    ),
    silver_events: groups.map((group) => silver(group.winner)),
  };
}

function deadLetter(record: RawRecord, { reason, message, time }: Rejection, now: number): DeadLetterRow {
  const { bytes, number, position } = record.line;
  const text = isUtf8(bytes);
  return {
    rejected_at: now,
    stage: 'parse',
    reason,
    message,
    source: record.source,
    position: String(position),
    line: number,
    payload: bytes.toString(text ? 'utf8' : 'base64'),
    payload_encoding: text ? 'utf8' : 'base64',
    event_time: time,
    event_date: time === null ? null : dateOf(time),
    columns: record.columns === null ? null : JSON.stringify(record.columns),
  };
}

/** Every record once: read by its hour, then counted, a duplicate, or rejected. */
function ledger(
  kept: readonly Event[],
  counted: readonly Event[],
  rejected: readonly Rejection[],
): LedgerRow[] {
  const hours = new Set([...kept, ...rejected].map(({ time }) => (time === null ? null : hourOf(time))));
  return [...hours].map((hour) => {
    const here = ({ time }: { time: number | null }) => (time === null ? null : hourOf(time)) === hour;
    const absorbed = kept.filter(here).length;
    const winners = counted.filter(here).length;
    const refused = rejected.filter(here).length;
    return {
      bucket: hour === null ? UNKNOWN : new Date(hour).toISOString().replace('.000Z', 'Z'),
      window_start: hour,
      read: absorbed + refused,
      counted: winners,
      duplicates: absorbed - winners,
      rejected: refused,
      late_dropped: 0,
      late_source: 'runner',
      redriven: 0,
      unaccounted: 0,
      commit: 0,
    };
  });
}

function silver({
  time,
  type,
  price,
  fields,
  brandNorm,
  categoryCodeNorm,
  categoryRoot,
  priceBand,
}: Event): SilverRow {
  return {
    event_time: time,
    event_date: dateOf(time),
    event_type: type,
    product_id: fields.product_id ?? '',
    category_id: fields.category_id ?? null,
    category_code: fields.category_code ?? null,
    brand: fields.brand ?? null,
    price,
    user_id: fields.user_id ?? '',
    user_session: fields.user_session ?? null,
    event_id: fields.event_id ?? null,
    currency: fields.currency ?? null,
    page: fields.page ?? null,
    utm_source: fields.utm_source ?? null,
    utm_medium: fields.utm_medium ?? null,
    utm_campaign: fields.utm_campaign ?? null,
    device_os: fields.device_os ?? null,
    device_mobile: fields.device_mobile ?? null,
    device_ua: fields.device_ua ?? null,
    geo_country: fields.geo_country ?? null,
    geo_city: fields.geo_city ?? null,
    ip: fields.ip ?? null,
    brand_norm: brandNorm,
    category_code_norm: categoryCodeNorm,
    category_root: categoryRoot,
    price_band: priceBand,
    dq_missing_brand: brandNorm === null,
    dq_missing_category: categoryCodeNorm === null,
    dq_missing_session: fields.user_session === undefined,
    dq_missing_user: fields.user_id === undefined,
    dq_missing_product: fields.product_id === undefined,
    dq_missing_price: price === null,
  };
}
