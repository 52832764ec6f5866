/** Asks everything that a report shows. What comes out is data alone: the page is made of it without a store. */
import { DAY_MS, HOUR_MS } from '../../schema/events';
import { MOST_LINES } from '../charts/drawing';
import { type Comparison, comparedPeriods } from '../periods';
import {
  type AnomalyDay,
  anomaliesByDay,
  anomaliesOfBrand,
  openAnomalies,
  type ServedAnomaly,
} from '../questions/anomalies';
import { askEach } from '../questions/ask_each';
import { daysCovered } from '../questions/coverage';
import { type Funnel, NO_FUNNEL } from '../questions/funnel';
import { type BandFunnel, bandsInHour, type HourFunnel, hoursOfBrand } from '../questions/hours';
import { type LedgerTotals, ledgerTotals, type RejectReason, rejectReasons } from '../questions/quality';
import { type ListedRun, latestRun } from '../questions/run_list';
import type { Period, Store } from '../questions/store';
import {
  type BrandDayFunnel,
  categories,
  countBrands,
  type DayFunnel,
  daysOfBrands,
  daysOfShop,
  type KeyedFunnel,
  priceBands,
  topBrands,
  withoutBrand,
} from '../questions/totals';

/** Brands in tables and bars. */
const TOP_BRANDS = 15;
const TOP_CATEGORIES = 15;
/** Anomalies whose evidence is shown; each is some 10 kB of the file. */
export const MOST_EVIDENCE = 100;
/** Hours shown before and after an anomalous one. */
const HOURS_AROUND = 12;
/** Brands whose hours are shown, some 20 kB each for two months: those with the most at risk, then those with the most revenue. */
const HOURLY_BRANDS = 6;

export interface Evidence {
  readonly anomaly: ServedAnomaly;
  /** The brand's hours around it. */
  readonly hours: readonly HourFunnel[];
  /** All brands' events of the hour, by price band. */
  readonly bands: readonly BandFunnel[];
}

export interface BrandHours {
  readonly brand: string;
  readonly hours: readonly HourFunnel[];
  readonly anomalies: readonly ServedAnomaly[];
}

export interface ReportData {
  /** What the report is of, as the user named it. */
  readonly source: string;
  readonly run: ListedRun | null;
  /** Null where the output has no events. */
  readonly period: Period | null;
  readonly comparison: Comparison | null;
  /** Days of the period and of those that the comparison needs before it. */
  readonly days: readonly DayFunnel[];
  readonly brands: number;
  /** What events that name no brand came to. */
  readonly withoutBrand: Funnel;
  readonly topBrands: readonly KeyedFunnel[];
  readonly brandDays: readonly BrandDayFunnel[];
  readonly categories: readonly KeyedFunnel[];
  readonly priceBands: readonly KeyedFunnel[];
  readonly anomalyDays: readonly AnomalyDay[];
  readonly evidence: readonly Evidence[];
  readonly brandHours: readonly BrandHours[];
  readonly ledger: LedgerTotals;
  readonly rejects: readonly RejectReason[];
}

/** What a user may choose; null takes all that there is. */
export interface ReportChoice {
  readonly since: string | null;
  readonly until: string | null;
}

export async function gatherReport(store: Store, source: string, choice: ReportChoice): Promise<ReportData> {
  const run = await latestRun(store);
  const covered = await daysCovered(store);
  const period = chosen(covered, choice);
  const quality = { ledger: await ledgerTotals(store), rejects: await rejectReasons(store) };
  if (covered === null || period === null) {
    const nothing = {
      comparison: null,
      days: [],
      brands: 0,
      withoutBrand: NO_FUNNEL,
      topBrands: [],
      brandDays: [],
      categories: [],
    };
    return {
      ...{ source, run, period: null, ...nothing, priceBands: [], anomalyDays: [] },
      ...{ evidence: [], brandHours: [], ...quality },
    };
  }
  const comparison = comparedPeriods(covered, period, run?.watermark ?? null);
  const top = await topBrands(store, period, TOP_BRANDS);
  const open = await openAnomalies(store, period, MOST_EVIDENCE);
  const evidence = await askEach(store, open, (anomaly) => evidenceOf(store, anomaly));
  const ranked = [...open.map(({ brand }) => brand), ...top.map(({ key }) => key)];
  const drawn = [...new Set(ranked)].slice(0, HOURLY_BRANDS);
  const brandHours = await askEach(
    store,
    drawn,
    async (brand): Promise<BrandHours> => ({
      brand,
      hours: await hoursOfBrand(store, brand, hoursIn(period)),
      anomalies: await anomaliesOfBrand(store, period, brand),
    }),
  );
  const since = comparison === null ? period.since : earlier(comparison.before.since, period.since);
  return {
    ...{ source, run, period, comparison },
    days: await daysOfShop(store, { since, until: period.until }),
    brands: await countBrands(store, period),
    withoutBrand: await withoutBrand(store, period),
    topBrands: top,
    brandDays: await daysOfBrands(
      store,
      period,
      top.slice(0, MOST_LINES).map(({ key }) => key),
    ),
    categories: await categories(store, period, TOP_CATEGORIES),
    priceBands: await priceBands(store, period),
    anomalyDays: await anomaliesByDay(store, period),
    ...{ evidence, brandHours, ...quality },
  };
}

/** The part of the days with events that was asked for; null where there is none. */
function chosen(covered: Period | null, { since, until }: ReportChoice): Period | null {
  if (covered === null) return null;
  const first = since !== null && since > covered.since ? since : covered.since;
  const last = until !== null && until < covered.until ? until : covered.until;
  return first > last ? null : { since: first, until: last };
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

function hoursIn({ since, until }: Period): { from: number; to: number } {
  return { from: Date.parse(since), to: Date.parse(until) + DAY_MS };
}

async function evidenceOf(store: Store, anomaly: ServedAnomaly): Promise<Evidence> {
  const { brand, window_start: hour } = anomaly;
  const around = { from: hour - HOURS_AROUND * HOUR_MS, to: hour + (HOURS_AROUND + 1) * HOUR_MS };
  return {
    anomaly,
    hours: await hoursOfBrand(store, brand, around),
    bands: await bandsInHour(store, hour),
  };
}
