/** The questions against the plain reference: sums are added up again, event by event, from what it counts. */
import { UNKNOWN } from '../../../schema/events';
import type { AnomalyRow, SilverRow } from '../../../schema/tables';
import { anomaliesByDay, anomaliesOfBrand, openAnomalies } from '../../../serving/questions/anomalies';
import { daysCovered } from '../../../serving/questions/coverage';
import type { Funnel } from '../../../serving/questions/funnel';
import { bandsInHour, hoursOfBrand } from '../../../serving/questions/hours';
import { ledgerTotals, rejectReasons } from '../../../serving/questions/quality';
import { latestRun } from '../../../serving/questions/run_list';
import type { Period } from '../../../serving/questions/store';
import {
  categories,
  countBrands,
  daysOfBrands,
  daysOfShop,
  priceBands,
  topBrands,
  withoutBrand,
} from '../../../serving/questions/totals';
import { dirtyCsv } from '../../dirty/dirty_csv';
import { compareUtf8 } from '../../reference/duplicates';
import { computeReference, type Tables } from '../../reference/reference';
import { type OpenStore, storeOf } from '../reference_store';

const HOUR = 3_600_000;
describe.each(['sql', 'columns'] as const)('asked by %s', (kind) => {
  let tables: Tables;
  let store: OpenStore;
  let whole: Period;
  let part: Period;
  beforeAll(async () => {
    tables = computeReference([{ source: 'dirty.csv', bytes: dirtyCsv(7, 3000), format: 'csv' }], {
      ...{ minFlagViews: 2, minBaselineViews: 1, zThreshold: 0.3 },
    });
    tables.gold_anomalies_hourly_brand = tables.gold_anomalies_hourly_brand.map((row, i) =>
      i % 3 === 0 ? { ...row, status: 'retracted', anomaly_type: null } : row,
    );
    store = await storeOf(tables, kind);
    const days = [...new Set(tables.silver_events.map(({ event_date }) => event_date))].sort();
    whole = { since: days[0], until: days[days.length - 1] };
    part = { since: days[1], until: days[days.length - 2] };
  });
  afterAll(() => store.close());

  /** The counts of some events. */
  function counted(events: readonly SilverRow[]): Funnel {
    const of = (type: string): SilverRow[] => events.filter(({ event_type }) => event_type === type);
    const bought = of('purchase');
    return {
      ...{ views: of('view').length, carts: of('cart').length, removals: of('remove_from_cart').length },
      ...{ purchases: bought.length, revenue: bought.reduce((sum, { price }) => sum + (price ?? 0n), 0n) },
    };
  }

  function within({ since, until }: Period): SilverRow[] {
    return tables.silver_events.filter(({ event_date }) => event_date >= since && event_date <= until);
  }

  function groupBy<T, K>(rows: readonly T[], key: (row: T) => K): Map<K, T[]> {
    const groups = new Map<K, T[]>();
    for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
    return groups;
  }

  /** Groups of events with their counts. */
  function grouped(events: readonly SilverRow[], key: (event: SilverRow) => string): [string, Funnel][] {
    return [...groupBy(events, key)].map(([name, group]) => [name, counted(group)]);
  }

  /** In the order of the answers. */
  function byRevenue(groups: readonly [string, Funnel][]): ({ key: string } & Funnel)[] {
    return groups
      .map(([key, funnel]) => ({ key, ...funnel }))
      .sort((a, b) => (a.revenue === b.revenue ? compareUtf8(a.key, b.key) : a.revenue > b.revenue ? -1 : 1));
  }

  const brandOf = ({ brand_norm }: SilverRow): string => brand_norm ?? UNKNOWN;

  test('the data has what the questions are about', () => {
    expect(tables.silver_events.length).toBeGreaterThan(1000);
    expect(new Set(tables.silver_events.map(brandOf)).size).toBeGreaterThan(5);
    expect(part.since < part.until).toBe(true);
    expect(tables.gold_anomalies_hourly_brand.length).toBeGreaterThan(5);
    expect(tables.dead_letters.length).toBeGreaterThan(20);
  });

  test('the days that are covered', async () => {
    expect(await daysCovered(store)).toEqual(whole);
  });

  test.each(['whole', 'part'])('sums over the %s time', async (name) => {
    const period = name === 'whole' ? whole : part;
    const events = within(period);
    const brands = byRevenue(grouped(events, brandOf)).filter(({ key }) => key !== UNKNOWN);
    const nameless = events.filter((event) => brandOf(event) === UNKNOWN);
    expect(nameless.length).toBeGreaterThan(10);
    expect(await withoutBrand(store, period)).toEqual(counted(nameless));
    expect(await topBrands(store, period, 1000)).toEqual(brands);
    expect(await topBrands(store, period, 3)).toEqual(brands.slice(0, 3));
    expect(await countBrands(store, period)).toBe(brands.length);
    expect(await categories(store, period, 1000)).toEqual(
      byRevenue(grouped(events, ({ category_root }) => category_root ?? UNKNOWN)),
    );
    expect(await priceBands(store, period)).toEqual(
      byRevenue(grouped(events, ({ price_band }) => price_band)),
    );
    expect(await daysOfShop(store, period)).toEqual(
      grouped(events, ({ event_date }) => event_date)
        .sort(([a], [b]) => compareUtf8(a, b))
        .map(([date, funnel]) => ({ date, ...funnel })),
    );
  });

  test('the days of some brands', async () => {
    const [{ key: first }, , { key: third }] = await topBrands(store, whole, 3);
    const brands = [first, third].sort(compareUtf8);
    const expected = brands.flatMap((brand) =>
      grouped(
        within(part).filter((event) => brandOf(event) === brand),
        ({ event_date }) => event_date,
      )
        .sort(([a], [b]) => compareUtf8(a, b))
        .map(([date, funnel]) => ({ brand, date, ...funnel })),
    );
    expect(expected.length).toBeGreaterThan(1);
    expect(await daysOfBrands(store, part, [third, first])).toEqual(expected);
    expect(await daysOfBrands(store, part, [])).toEqual([]);
  });

  test('the hours of a brand, and the price bands of an hour', async () => {
    const [{ key: brand }] = await topBrands(store, whole, 1);
    const hourOf = ({ event_time }: SilverRow): number => Math.floor(event_time / HOUR) * HOUR;
    const own = tables.silver_events.filter((event) => brandOf(event) === brand);
    const hours = [...groupBy(own, hourOf)]
      .sort(([a], [b]) => a - b)
      .map(([window_start, events]) => ({ window_start, ...counted(events) }));
    expect(hours.length).toBeGreaterThan(2);
    const [from, to] = [hours[1].window_start, hours[hours.length - 1].window_start];
    expect(await hoursOfBrand(store, brand, { from, to })).toEqual(hours.slice(1, -1));
    const bands = grouped(
      tables.silver_events.filter((event) => hourOf(event) === from),
      ({ price_band }) => price_band,
    );
    expect(await bandsInHour(store, from)).toEqual(
      bands.sort(([a], [b]) => compareUtf8(a, b)).map(([price_band, funnel]) => ({ price_band, ...funnel })),
    );
  });

  test('an hour that is not finished is left out', async () => {
    const [row] = tables.gold_funnel_hourly_brand;
    const early = await storeOf({ gold_funnel_hourly_brand: [{ ...row, pane: 'early' }] }, kind);
    const hours = { from: row.window_start, to: row.window_start + HOUR };
    expect(await hoursOfBrand(store, row.brand, hours)).toHaveLength(1);
    expect(await hoursOfBrand(early, row.brand, hours)).toEqual([]);
    early.close();
  });

  function open(period: Period): AnomalyRow[] {
    return tables.gold_anomalies_hourly_brand.filter(
      ({ status, window_date }) =>
        status === 'open' && window_date >= period.since && window_date <= period.until,
    );
  }

  const named = ({ window_start, brand }: { window_start: number; brand: string }): string =>
    `${window_start} ${brand}`;

  test('open anomalies, the most at risk first, unknown risks last', async () => {
    const found = await openAnomalies(store, part, 1000);
    expect(found.map(named).sort()).toEqual(open(part).map(named).sort());
    const risks = found.map(({ revenue_at_risk }) => revenue_at_risk);
    const known = risks.filter((risk) => risk !== null);
    expect(risks).toEqual([
      ...known.toSorted((a, b) => (a > b ? -1 : a < b ? 1 : 0)),
      ...risks.filter((risk) => risk === null),
    ]);
    const rows = new Map(open(part).map((row) => [named(row), row]));
    for (const anomaly of found) expect(rows.get(named(anomaly))).toMatchObject(anomaly);
    expect(await openAnomalies(store, part, 2)).toEqual(found.slice(0, 2));
    const [{ brand }] = found;
    expect((await anomaliesOfBrand(store, part, brand)).map(named)).toEqual(
      open(part)
        .filter((row) => row.brand === brand)
        .sort((a, b) => a.window_start - b.window_start)
        .map(named),
    );
  });

  test('anomalies by day', async () => {
    const days = groupBy(tables.gold_anomalies_hourly_brand, ({ window_date }) => window_date);
    const expected = [...days]
      .sort(([a], [b]) => compareUtf8(a, b))
      .map(([date, rows]) => ({
        date,
        drops: rows.filter((row) => row.status === 'open' && row.is_drop_anomaly).length,
        spikes: rows.filter((row) => row.status === 'open' && row.is_spike_anomaly).length,
        retracted: rows.filter(({ status }) => status === 'retracted').length,
      }));
    expect(await anomaliesByDay(store, whole)).toEqual(expected);
  });

  test('the ledger, and why records were rejected', async () => {
    const total = (name: 'read' | 'counted' | 'duplicates' | 'rejected'): number =>
      tables.pipeline_ledger.reduce((sum, row) => sum + row[name], 0);
    expect(await ledgerTotals(store)).toEqual({
      ...{ read: total('read'), counted: total('counted'), duplicates: total('duplicates') },
      ...{ rejected: total('rejected'), late_dropped: 0, redriven: 0, unaccounted: 0 },
      ...{ late_unknown: 0, unaccounted_unknown: 0 },
    });
    const reasons = [...groupBy(tables.dead_letters, ({ reason }) => reason)]
      .map(([reason, rows]) => ({ reason, records: rows.length }))
      .sort((a, b) => b.records - a.records || compareUtf8(a.reason, b.reason));
    expect(reasons.length).toBeGreaterThan(3);
    expect(await rejectReasons(store)).toEqual(reasons);
  });

  test('what a ledger can’t say is counted, not added as 0', async () => {
    const [row] = tables.pipeline_ledger;
    const unknown = { late_dropped: null, unaccounted: null, late_source: 'unknown' };
    const other = await storeOf({ pipeline_ledger: [row, { ...row, ...unknown, bucket: 'other' }] }, kind);
    expect(await ledgerTotals(other)).toMatchObject({
      late_unknown: 1,
      unaccounted_unknown: 1,
      unaccounted: 0,
    });
    other.close();
  });

  test('an empty store answers, too', async () => {
    const empty = await storeOf({}, kind);
    expect(await latestRun(empty)).toBeNull();
    expect(await daysCovered(empty)).toBeNull();
    expect(await topBrands(empty, whole, 5)).toEqual([]);
    expect(await ledgerTotals(empty)).toMatchObject({ read: 0 });
    empty.close();
  });

  test('a name that is SQL is a name', async () => {
    const [row] = tables.gold_funnel_hourly_brand;
    const brand = "x'; DROP TABLE runs; --";
    const other = await storeOf({ gold_funnel_hourly_brand: [{ ...row, brand }] }, kind);
    const hours = { from: row.window_start, to: row.window_start + HOUR };
    expect(await hoursOfBrand(other, brand, hours)).toHaveLength(1);
    expect(await hoursOfBrand(other, "' OR ''='", hours)).toEqual([]);
    expect(await latestRun(other)).toBeNull();
    other.close();
  });
});
