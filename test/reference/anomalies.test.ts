/** Baseline, scores and flags: section 4, case by case. */
import type { HourlyBrandRow } from '../../schema/tables';
import { type AnomalyOptions, anomalies, type BaselineHour } from './anomalies';
import { DEFAULT_OPTIONS } from './reference';

const DAY_1 = Date.UTC(2019, 9, 1);
const HOUR = 3_600_000;

/** An hour of a brand, counted from the first; revenue is two units a purchase. */
function hour(at: number, views: number, purchases: number, brand = 'b'): HourlyBrandRow {
  const window_start = DAY_1 + at * HOUR;
  return {
    window_start,
    window_end: window_start + HOUR,
    window_date: new Date(window_start).toISOString().slice(0, 10),
    brand,
    views,
    carts: 0,
    removals: 0,
    purchases,
    revenue: BigInt(purchases) * 20_000n,
    view_to_cart_rate: 0,
    cart_to_purchase_rate: null,
    conversion_rate: views === 0 ? null : purchases / views,
    pane: 'on_time',
    revision: views + purchases,
    computed_at: 0,
  };
}

const score = (rows: readonly HourlyBrandRow[], options: Partial<AnomalyOptions> = {}) =>
  anomalies(rows, { ...DEFAULT_OPTIONS, ...options });
const baselineOf = (...hours: BaselineHour[]): Partial<AnomalyOptions> => ({ baseline: hours });

/** Eight hours of 10 in 100 and one of 40: mean 2/15, deviation 1/10, so the last is 8/3 away. */
const SPIKE = [...Array.from({ length: 8 }, (_, at) => hour(at, 100, 10)), hour(8, 100, 40)];

test('an hour far above the others is a spike', () => {
  const [row, ...others] = score(SPIKE);
  expect(others).toEqual([]);
  expect(row).toMatchObject({
    anomaly_type: 'spike',
    is_spike_anomaly: true,
    is_drop_anomaly: false,
    status: 'open',
    detector: 'zscore',
  });
  expect(row).toMatchObject({
    n_brand: 9,
    hour_of_day: 8,
    baseline: 'run',
    baseline_through: null,
  });
  expect(row.conv_mean_brand).toBeCloseTo(2 / 15, 12);
  expect(row.conv_std_brand).toBeCloseTo(0.1, 12);
  expect(row.z_brand).toBeCloseTo(8 / 3, 12);
  expect(row.expected_purchases).toBeCloseTo(40 / 3, 12);
  // (13.33… − 40) purchases at 2.00
  expect(row.revenue_at_risk).toBe(-533_333n);
});

test('one hour at its hour of day has a mean, no deviation and the score 0', () => {
  expect(score(SPIKE)[0]).toMatchObject({
    n_brand_hour: 1,
    conv_mean_brand_hour: 0.4,
    conv_std_brand_hour: null,
    z_brand_hour: 0,
  });
});

test('an hour far below the others is a drop; what it failed to sell is priced like the baseline', () => {
  const rows = [...Array.from({ length: 8 }, (_, at) => hour(at, 100, 40)), hour(8, 100, 0)];
  const [row] = score(rows);
  expect(row).toMatchObject({ anomaly_type: 'drop', is_drop_anomaly: true });
  // mean 16/45: 35.55… purchases at 2.00
  expect(row.revenue_at_risk).toBe(711_111n);
});

test('nothing sold anywhere: the revenue at risk is unknown', () => {
  const baseline = [hour(-3, 10, 0), hour(-2, 10, 0)];
  expect(score([hour(0, 50, 0)], { ...baselineOf(...baseline), zThreshold: 0 })[0]).toMatchObject({
    revenue_at_risk: null,
    expected_purchases: 0,
  });
});

test('hours with fewer views than the baseline’s least are not in it', () => {
  expect(score([...SPIKE, hour(9, 9, 9)])[0].n_brand).toBe(9);
  expect(score([...SPIKE, hour(9, 10, 1)])[0].n_brand).toBe(10);
  expect(score([...SPIKE, hour(9, 9, 9)], { minBaselineViews: 9 })).toEqual([]);
});

test('hours with fewer views than can be flagged are not', () => {
  const few = [...SPIKE.slice(0, 8), hour(8, 49, 20)];
  expect(score(few)).toEqual([]);
  expect(score(few, { minFlagViews: 49 })).toHaveLength(1);
});

test('the threshold itself is flagged', () => {
  // Rates 0, 0.5 and 1: mean 0.5, deviation 0.5; all exact.
  const baseline = [hour(-3, 10, 0), hour(-2, 10, 5), hour(-1, 10, 10)];
  const options = { ...baselineOf(...baseline), zThreshold: 1 };
  expect(score([hour(0, 50, 50)], options)).toMatchObject([{ z_brand: 1, is_spike_anomaly: true }]);
  expect(score([hour(0, 50, 0)], options)).toMatchObject([{ z_brand: -1, is_drop_anomaly: true }]);
  expect(score([hour(0, 50, 49)], options)).toEqual([]);
});

test('rates that are equal as fractions have no deviation, whatever their doubles', () => {
  const baseline = [hour(-3, 30, 9), hour(-2, 10, 3), hour(-1, 70, 21)];
  const rows = score([hour(0, 50, 50)], { ...baselineOf(...baseline), zThreshold: 0 });
  expect(rows).toMatchObject([{ conv_std_brand: 0, z_brand: 0 }]);
});

test('a brand without a baseline has no mean and is not flagged', () => {
  expect(score([hour(0, 100, 100)], baselineOf(hour(-1, 100, 10, 'other')))).toEqual([]);
  const [row] = score([hour(0, 100, 100)], { ...baselineOf(hour(-1, 100, 10, 'other')), zThreshold: 0 });
  expect(row).toMatchObject({
    conv_mean_brand: null,
    n_brand: 0,
    z_brand: 0,
    expected_purchases: null,
    revenue_at_risk: null,
    baseline: 'file',
  });
});

test('a baseline file is the whole baseline', () => {
  const file = [hour(-30, 100, 10), hour(-29, 100, 12), hour(-28, 100, 8)];
  const [row] = score([hour(0, 100, 40)], baselineOf(...file));
  expect(row).toMatchObject({
    n_brand: 3,
    n_brand_hour: 0,
    conv_mean_brand_hour: null,
    baseline: 'file',
    baseline_through: null,
  });
});

describe('trailing', () => {
  /** An hour at a time of a day, counted from the first. */
  const of = (day: number, hourOfDay: number, purchases = 10) => hour(day * 24 + hourOfDay, 100, purchases);
  const options = { baseline: 'trailing' as const };
  const counted = (rows: readonly HourlyBrandRow[], history: readonly BaselineHour[] = []) =>
    score([...rows, of(60, 0, 100)], { ...options, history, zThreshold: 0.5 }).find(
      ({ window_start }) => window_start === DAY_1 + 60 * 24 * HOUR,
    )?.n_brand;

  test('the days from the 57th to the second before count, from midnight to midnight', () => {
    const [first, last] = [of(3, 0, 8), of(58, 23, 12)];
    expect(counted([first, of(30, 12), last])).toBe(3);
    expect(counted([of(2, 23), first, of(30, 12), last, of(59, 0)])).toBe(3);
  });

  test('the row says which, and where it ends', () => {
    const rows = [of(3, 5, 8), of(4, 5, 12), of(60, 23, 100)];
    expect(score(rows, options)).toMatchObject([
      { n_brand: 2, n_brand_hour: 0, baseline: 'trailing', baseline_through: DAY_1 + 59 * 24 * HOUR },
    ]);
  });

  test('no baseline, no flag', () => {
    expect(score([of(59, 0), of(59, 1), of(60, 0, 100)], { ...options, zThreshold: 0.1 })).toEqual([]);
  });

  test('history counts where the run has nothing of its hour, of whichever brand', () => {
    const history = [of(3, 0, 8), of(4, 0, 12), { ...of(5, 0), brand: 'other' }];
    expect(counted([], history)).toBe(2);
    expect(counted([of(3, 0, 9)], history)).toBe(2);
    expect(counted([{ ...of(3, 0), brand: 'other' }, of(6, 0)], history)).toBe(2);
    const [row] = score([of(3, 0, 9), of(60, 0, 100)], { ...options, history });
    expect(row.conv_mean_brand).toBeCloseTo((0.09 + 0.12) / 2, 12);
  });
});

describe('the basis', () => {
  // At the hour of day the rates are 0.1 ± 0.01 (z of 0.2 is 10); over all hours they spread from 0.1 to 0.9.
  const baseline = [
    hour(-24, 100, 9),
    hour(-48, 100, 11),
    hour(-25, 100, 90),
    hour(-26, 100, 90),
    hour(-27, 100, 10),
  ];
  const rows = [hour(0, 100, 20)];
  test('brand looks at all hours', () =>
    expect(score(rows, { ...baselineOf(...baseline), anomalyBasis: 'brand' })).toEqual([]));
  test.each(['brand-hour', 'either'] as const)(
    '%s flags by the hour of day, with its mean',
    (anomalyBasis) => {
      const [row] = score(rows, { ...baselineOf(...baseline), anomalyBasis });
      expect(row).toMatchObject({ anomaly_type: 'spike', n_brand: 5, n_brand_hour: 2 });
      expect(row.z_brand).toBeLessThan(0);
      expect(row.z_brand_hour).toBeGreaterThan(2);
      expect(row.expected_purchases).toBeCloseTo(10, 12);
    },
  );
  test('either takes the brand where both are equal', () => {
    const same = [hour(-24, 100, 0), hour(-48, 100, 50), hour(-72, 100, 100)];
    const [row] = score([hour(0, 50, 50)], { ...baselineOf(...same), zThreshold: 1, anomalyBasis: 'either' });
    expect(row).toMatchObject({ z_brand: 1, z_brand_hour: 1, expected_purchases: 25 });
  });
});

test('revenue at risk rounds halves away from zero', () => {
  // Expected 25 of 50 views, sold 4 for 10.01 in all: (25 − 4) × 2.5025 = 52.5525; with 5 views less 22.5: 46.29625, a tie.
  const baseline = [hour(-3, 10, 0), hour(-2, 10, 5), hour(-1, 10, 10)];
  const sold = (views: number, purchases: number, revenue: bigint) => ({
    ...hour(0, views, purchases),
    revenue,
  });
  const risk = (row: HourlyBrandRow) =>
    score([row], { ...baselineOf(...baseline), zThreshold: 0.1, minFlagViews: 1 })[0].revenue_at_risk;
  expect(risk(sold(50, 4, 100_100n))).toBe(525_525n);
  expect(risk(sold(45, 4, 100_100n))).toBe(462_963n);
  // Expected 2.5 of 5 views, sold 5 for 0.0005: −2.5 × 0.0001
  expect(risk(sold(5, 5, 5n))).toBe(-3n);
});
