import * as api from '../../dashboard/api';
import { comparedDays, neededDays, sumsOf } from '../../dashboard/views/compared';
import { createApi } from '../../serving/api/api';
import { anomaliesByDay } from '../../serving/questions/anomalies';
import { daysCovered } from '../../serving/questions/coverage';
import { sumOf } from '../../serving/questions/funnel';
import { bandsInHour, hoursOfBrand } from '../../serving/questions/hours';
import { ledgerTotals, rejectReasons } from '../../serving/questions/quality';
import {
  categories,
  countBrands,
  daysOfBrands,
  daysOfShop,
  priceBands,
  topBrands,
} from '../../serving/questions/totals';
import { type OpenStore, storeOf } from '../serving/reference_store';
import { BRANDS, type ShopTables, shopTables } from './shop_tables';

const PERIOD = { since: '2026-01-03', until: '2026-01-12' };
const ALL = { status: 'all', type: null, brand: null, order: 'time' } as const;
const { signal } = new AbortController();
const realFetch = globalThis.fetch;
let tables: ShopTables;
let store: OpenStore;
beforeAll(async () => {
  tables = shopTables();
  store = await storeOf({ ...tables });
  const served = {
    ...{ name: 'duckdb:shop.duckdb', onChange: () => () => {}, status: () => null, close: async () => {} },
    read: <T>(questions: (from: OpenStore) => Promise<T>) => questions(store),
  };
  const server = createApi(served, { version: '0', token: null, loopbackNamesOnly: true, assets: null });
  globalThis.fetch = (async (url: string, init?: RequestInit) =>
    server.request(url, init)) as typeof globalThis.fetch;
});
afterAll(() => {
  globalThis.fetch = realFetch;
  store.close();
});

test('coverage', async () => {
  const covered = await api.coverage();
  expect(covered.source).toBe('duckdb:shop.duckdb');
  expect(covered.days).toEqual(await daysCovered(store));
  const { run_id, mode, status, watermark, started_at, finished_at } = tables.runs[0];
  expect(covered.run).toEqual({ run_id, mode, status, watermark, started_at, finished_at });
  expect(await api.runs(5, signal)).toEqual([covered.run]);
});

test('days of the shop and of some brands, whatever they are called', async () => {
  const shop = await api.funnelByDay('shop', [], PERIOD, signal);
  expect(shop).toEqual((await daysOfShop(store, PERIOD)).map((day) => ({ key: '', ...day })));
  const brands = await api.funnelByDay('brand', BRANDS, PERIOD, signal);
  const expected = (await daysOfBrands(store, PERIOD, BRANDS)).map(({ brand, ...day }) => ({
    key: brand,
    ...day,
  }));
  const inOrder = (rows: readonly { key: string; date: string }[]) =>
    [...rows].sort((a, b) => (`${a.key} ${a.date}` < `${b.key} ${b.date}` ? -1 : 1));
  expect(inOrder(brands)).toEqual(inOrder(expected));
  expect(brands).toHaveLength(BRANDS.length * 10);
});

test('totals', async () => {
  expect(await api.topBrands(PERIOD, '', 3, signal)).toEqual({
    brands: await topBrands(store, PERIOD, 3),
    total: await countBrands(store, PERIOD),
  });
  expect((await api.topBrands(PERIOD, '<scr', 3, signal)).brands.map(({ key }) => key)).toEqual([BRANDS[1]]);
  expect(await api.funnelTotals('category', PERIOD, 9, signal)).toEqual(await categories(store, PERIOD, 9));
  expect(await api.funnelTotals('price_band', PERIOD, 9, signal)).toEqual(await priceBands(store, PERIOD));
});

test('hours', async () => {
  const range = { from: Date.parse('2026-01-03'), to: Date.parse('2026-01-13') };
  for (const brand of BRANDS.slice(0, 3)) {
    const hours = await api.hoursOfBrand(brand, PERIOD, signal);
    expect(hours).toEqual(await hoursOfBrand(store, brand, range));
    expect(hours).toHaveLength(80);
  }
});

test('anomalies: the list by pages, by filters, by day, and one with its evidence', async () => {
  const rows = tables.gold_anomalies_hourly_brand;
  expect(rows.length).toBeGreaterThan(6);
  const whole = await api.anomalies(ALL, PERIOD, 1, 100, signal);
  expect(whole).toMatchObject({ isCut: false, total: rows.length });
  expect(await api.anomalies(ALL, PERIOD, 2, 2, signal)).toEqual({
    ...{ anomalies: whole.anomalies.slice(0, 4), isCut: true, total: rows.length },
  });
  for (const found of whole.anomalies) {
    const { id: _, ...shown } = found;
    const row = rows.find((each) => each.brand === found.brand && each.window_start === found.window_start);
    expect(row).toMatchObject(shown);
  }
  const spikes = { ...ALL, type: 'spike', brand: BRANDS[1] } as const;
  expect((await api.anomalies(spikes, PERIOD, 1, 9, signal)).anomalies.map(({ brand }) => brand)).toEqual([
    BRANDS[1],
  ]);
  const healed = await api.anomalies({ ...ALL, status: 'retracted' }, PERIOD, 1, 9, signal);
  expect(healed.anomalies).toMatchObject([{ brand: 'acme', status: 'retracted', anomaly_type: null }]);
  expect(await api.anomaliesByDay(PERIOD, signal)).toEqual(await anomaliesByDay(store, PERIOD));

  const [one] = whole.anomalies;
  const { anomaly, hours, bands } = await api.anomalyEvidence(one.id, signal);
  expect(anomaly).toEqual(one);
  const around = { from: one.window_start - 12 * 3_600_000, to: one.window_start + 13 * 3_600_000 };
  expect(hours).toEqual(await hoursOfBrand(store, one.brand, around));
  const inHour = await bandsInHour(store, one.window_start);
  expect(bands.map(({ usual: _, ...band }) => band)).toEqual(expect.arrayContaining([...inHour]));
  expect(bands).toHaveLength(inHour.length);
  for (const { usual } of bands) expect(usual).toBeGreaterThan(0);
});

test('the ledger', async () => {
  const { totals, rejects } = await api.ledger(signal);
  expect(totals).toEqual(await ledgerTotals(store));
  expect(rejects).toEqual(await rejectReasons(store));
  expect(rejects).toHaveLength(2);
});

test('what is refused is said in a sentence', async () => {
  const asked = api.anomalyEvidence('none', signal);
  await expect(asked).rejects.toMatchObject({ kind: 'not_found', requestId: expect.any(String) });
  const reversed = { since: PERIOD.until, until: PERIOD.since };
  await expect(api.topBrands(reversed, '', 3, signal)).rejects.toMatchObject({ kind: 'refused' });
});

test('a period is compared with as many days before it, or with half of what there is', async () => {
  const covered = await api.coverage();
  const days = await api.funnelByDay('shop', [], { since: '2026-01-01', until: '2026-01-16' }, signal);
  const sumBetween = (since: string, until: string) =>
    sumOf(days.filter(({ date }) => date >= since && date <= until));
  const week = { since: '2026-01-10', until: '2026-01-16' };
  const compared = comparedDays(covered, week);
  expect(neededDays(week, compared)).toEqual({ since: '2026-01-03', until: '2026-01-16' });
  expect(sumsOf(days, week, compared)).toMatchObject({
    total: sumBetween('2026-01-10', '2026-01-16'),
    comparison: {
      sumNow: sumBetween('2026-01-10', '2026-01-16'),
      sumBefore: sumBetween('2026-01-03', '2026-01-09'),
    },
  });
  const all = { since: '2026-01-01', until: '2026-01-16' };
  const halves = comparedDays(covered, all);
  expect(neededDays(all, halves)).toEqual(all);
  expect(sumsOf(days, all, halves)).toMatchObject({
    total: sumBetween('2026-01-01', '2026-01-16'),
    comparison: { days: 8, sumBefore: sumBetween('2026-01-01', '2026-01-08') },
  });
});

test('what is compared is the same all day, however the watermark moves', async () => {
  const covered = await api.coverage();
  const week = { since: '2026-01-10', until: '2026-01-16' };
  const at = (time: string) => {
    const run = covered.run === null ? null : { ...covered.run, watermark: Date.parse(time) };
    return comparedDays({ ...covered, run }, week);
  };
  expect(at('2026-01-16T00:00:01Z')).toEqual(at('2026-01-16T23:59:59Z'));
  expect(at('2026-01-16T12:00:00Z')?.latest).toEqual({ since: '2026-01-09', until: '2026-01-15' });
});
