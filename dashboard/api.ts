/** What the server can be asked, with answers in the shapes of serving/questions, which charts and texts take. */
import { moneyOf } from '../schema/column';
import { HOUR_MS } from '../schema/events';
import type { AnomalyDay } from '../serving/questions/anomalies';
import type { Funnel } from '../serving/questions/funnel';
import type { BandFunnel, HourFunnel } from '../serving/questions/hours';
import type { LedgerTotals, RejectReason } from '../serving/questions/quality';
import type { Period } from '../serving/questions/store';
import type { DayFunnel, KeyedFunnel } from '../serving/questions/totals';
import type * as json from './json';
import type { Dimension, Place } from './location';
import { get, getAll, getPages } from './request';

/** Rows a page of a list that is read whole. */
const PAGE = 5000;

export interface Run {
  readonly run_id: string;
  readonly mode: string;
  readonly status: string;
  /** Milliseconds since 1970; null where the output is complete. */
  readonly watermark: number | null;
  readonly started_at: number;
  readonly finished_at: number | null;
}

export interface Coverage {
  readonly source: string;
  /** The days with events; null where there is none. */
  readonly days: Period | null;
  readonly run: Run | null;
  /** Another one when the tables have changed. */
  readonly version: string;
}

/** An anomaly, in the shape that charts and texts take. Times are milliseconds since 1970. */
export interface Anomaly {
  readonly id: string;
  readonly window_start: number;
  readonly brand: string;
  readonly detector: string;
  readonly status: string;
  readonly anomaly_type: string | null;
  readonly z_brand: number;
  readonly z_brand_hour: number;
  readonly views: number;
  readonly purchases: number;
  readonly revenue: bigint;
  readonly conversion_rate: number | null;
  readonly expected_purchases: number | null;
  readonly revenue_at_risk: bigint | null;
}

export interface AnomalyEvidence {
  readonly anomaly: Anomaly;
  /** The brand's hours around it. */
  readonly hours: readonly HourFunnel[];
  /** All brands' events of the hour by price band, each beside what it usually is. */
  readonly bands: readonly MovedBand[];
  /** The days that usual figures are of. */
  readonly usual: Period;
}

export interface MovedBand extends BandFunnel {
  /** Conversion of the band over the days that were compared with; null without views. */
  readonly usual: number | null;
}

export async function coverage(signal?: AbortSignal): Promise<Coverage> {
  const { source, since, until, run, version } = await get<json.Coverage>('/v1/coverage', {}, signal);
  return {
    ...{ source, version },
    days: since === null || until === null ? null : { since, until },
    run: run === null ? null : runOf(run),
  };
}

/** Days of the whole shop, or of the values chosen of a dimension, by value and day. */
export async function funnelByDay(
  by: Dimension,
  keys: readonly string[],
  period: Period,
  signal: AbortSignal,
): Promise<(DayFunnel & { readonly key: string })[]> {
  const rows = await funnel({ by, grain: 'day', key: keys, limit: PAGE }, period, signal);
  return rows.map((row) => ({ key: row.key ?? '', date: (row.start ?? '').slice(0, 10), ...funnelOf(row) }));
}

/** Sums over the period, the most revenue first. @param most how many */
export async function funnelTotals(
  by: Dimension,
  period: Period,
  most: number,
  signal: AbortSignal,
): Promise<KeyedFunnel[]> {
  const parameters = { by, grain: 'total', ...range(period), limit: most };
  const { rows } = await getPages<json.FunnelRow>('/v1/funnel', parameters, 1, signal);
  return rows.map(keyedOf);
}

/** The finished hours of a brand, in order. */
export async function hoursOfBrand(
  brand: string,
  period: Period,
  signal: AbortSignal,
): Promise<HourFunnel[]> {
  const rows = await funnel({ by: 'brand', grain: 'hour', key: [brand], limit: PAGE }, period, signal);
  return rows.map(hourOf);
}

function funnel(
  parameters: { readonly [name: string]: string | number | readonly string[] },
  period: Period,
  signal: AbortSignal,
): Promise<json.FunnelRow[]> {
  return getAll('/v1/funnel', { ...parameters, ...range(period) }, signal);
}

export interface Brands {
  readonly brands: readonly KeyedFunnel[];
  /** Of how many. */
  readonly total: number;
}

/** The brands with the most revenue. @param prefix with which their names begin; empty for all */
export async function topBrands(
  period: Period,
  prefix: string,
  most: number,
  signal: AbortSignal,
): Promise<Brands> {
  const parameters = { ...range(period), prefix: prefix === '' ? null : prefix, limit: most };
  const { rows, total } = await getPages<json.FunnelRow>('/v1/brands', parameters, 1, signal);
  return { brands: rows.map(keyedOf), total: total ?? rows.length };
}

export interface AnomalyList {
  readonly anomalies: readonly Anomaly[];
  readonly isCut: boolean;
  readonly total: number | null;
}

export async function anomalies(
  { status, type, brand, order }: Pick<Place, 'status' | 'type' | 'brand' | 'order'>,
  period: Period,
  pages: number,
  limit: number,
  signal: AbortSignal,
): Promise<AnomalyList> {
  const parameters = { ...{ status, type, brand, order, limit }, ...range(period) };
  const { rows, isCut, total } = await getPages<json.Anomaly>('/v1/anomalies', parameters, pages, signal);
  return { anomalies: rows.map(anomalyOf), isCut, total };
}

export async function anomaliesByDay(period: Period, signal: AbortSignal): Promise<AnomalyDay[]> {
  return (await get<{ days: AnomalyDay[] }>('/v1/anomalies/by-day', range(period), signal)).days;
}

export async function anomalyEvidence(id: string, signal: AbortSignal): Promise<AnomalyEvidence> {
  const answer = await get<json.AnomalyInFull>(`/v1/anomalies/${encodeURIComponent(id)}`, {}, signal);
  return {
    anomaly: anomalyOf(answer),
    hours: answer.evidence.hours.map(hourOf),
    bands: answer.evidence.bands.map((band) => ({
      ...{ price_band: band.key, ...funnelOf(band) },
      usual: band.usual_conversion_rate,
    })),
    usual: { since: answer.evidence.usual_since, until: answer.evidence.usual_until },
  };
}

export interface Ledger {
  readonly totals: LedgerTotals;
  readonly rejects: readonly RejectReason[];
}

export async function ledger(signal: AbortSignal): Promise<Ledger> {
  const { totals, rejects } = await get<json.Ledger>('/v1/ledger', { limit: 1 }, signal);
  return { totals, rejects };
}

/** The runs that wrote here, the newest first. @param most how many */
export async function runs(most: number, signal: AbortSignal): Promise<Run[]> {
  const { rows } = await getPages<json.Run>('/v1/runs', { limit: most }, 1, signal);
  return rows.map(runOf);
}

function range({ since, until }: Period): { from: string; to: string } {
  return { from: since, to: until };
}

function runOf({ run_id, mode, status, watermark, started_at, finished_at }: json.Run): Run {
  return {
    ...{ run_id, mode, status },
    ...{ watermark: timeOrNull(watermark), started_at: Date.parse(started_at) },
    finished_at: timeOrNull(finished_at),
  };
}

function timeOrNull(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}

function funnelOf({ views, carts, removals, purchases, revenue }: json.Funnel): Funnel {
  return { views, carts, removals, purchases, revenue: moneyOf(revenue) };
}

function keyedOf(row: json.FunnelRow): KeyedFunnel {
  return { key: row.key ?? '', ...funnelOf(row) };
}

function hourOf(row: json.Funnel & { readonly start: string | null }): HourFunnel {
  return { window_start: row.start === null ? 0 : hourAt(row.start), ...funnelOf(row) };
}

function hourAt(time: string): number {
  return Math.floor(Date.parse(time) / HOUR_MS) * HOUR_MS;
}

function anomalyOf(row: json.Anomaly): Anomaly {
  const { id, brand, detector, status, type, z_brand, z_brand_hour, views, purchases } = row;
  return {
    ...{ id, brand, detector, status, anomaly_type: type, z_brand, z_brand_hour, views, purchases },
    ...{ window_start: Date.parse(row.window_start), revenue: moneyOf(row.revenue) },
    ...{ conversion_rate: row.conversion_rate, expected_purchases: row.expected_purchases },
    revenue_at_risk: row.revenue_at_risk === null ? null : moneyOf(row.revenue_at_risk),
  };
}
