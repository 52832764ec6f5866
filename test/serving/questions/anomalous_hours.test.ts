/** What alerts ask: only what is finished, judged and in time, of however many brands. */
import { goldFunnelHourlyBrand, runs } from '../../../schema/tables';
import { hoursCovered, judgedHours, lastJudgement } from '../../../serving/questions/anomalous_hours';
import { type OpenStore, storeOf } from '../reference_store';

const HOUR = 3_600_000;
const NOON = Date.parse('2026-01-31T12:00:00Z');
const BRANDS = Array.from({ length: 1201 }, (_, i) => `brand ${String(i).padStart(4, '0')}`);

function hourRow(brand: string, start: number, views: number, pane = 'on_time') {
  return {
    ...{ window_start: start, window_end: start + HOUR, brand, views, pane },
    window_date: new Date(start).toISOString().slice(0, 10),
    ...{ carts: 0, removals: 0, purchases: 1, revenue: 0n, conversion_rate: null },
    ...{ view_to_cart_rate: null, cart_to_purchase_rate: null, revision: 1, computed_at: NOON },
  };
}

function runRow(started: number, options: string, watermark: number | null) {
  return {
    ...{ run_id: `r${started}`, state_id: null, mode: 'batch', input: 'x', options, counts: '{}', watermark },
    ...{ allowed_lateness_ms: 0, status: 'done', started_at: started, finished_at: null },
  };
}

let store: OpenStore;
afterEach(() => store.close());

test('judged hours: with the views, finished, from then on, of these brands, in the order of time', async () => {
  const rows = [
    ...BRANDS.map((brand) => hourRow(brand, NOON, 50)),
    hourRow(BRANDS[7], NOON - HOUR, 50),
    hourRow(BRANDS[7], NOON + HOUR, 49),
    hourRow(BRANDS[8], NOON + HOUR, 50, 'early'),
    hourRow('another', NOON, 50),
  ];
  store = await storeOf({ [goldFunnelHourlyBrand.name]: rows });
  const found = await judgedHours(store, BRANDS, NOON, 50);
  expect(found).toEqual(BRANDS.map((brand) => ({ window_start: NOON, brand, views: 50, purchases: 1 })));
  expect(await judgedHours(store, [BRANDS[7]], NOON - 13 * HOUR, 49)).toHaveLength(3);
  expect(await judgedHours(store, [], NOON, 50)).toEqual([]);
  expect(await hoursCovered(store)).toEqual({ from: NOON - HOUR, to: NOON + 2 * HOUR });
});

test('the run that was begun last says how far it is, and what it takes to be judged', async () => {
  store = await storeOf({
    [runs.name]: [
      runRow(2, '{"score":{"minFlagViews":80}}', NOON),
      runRow(1, '{"score":{"minFlagViews":10}}', null),
    ],
  });
  expect(await lastJudgement(store)).toEqual({ watermark: NOON, minViews: 80 });
});

test.each(['{}', '{"score":{"minFlagViews":"many"}}'])('options like %s leave the usual', async (options) => {
  store = await storeOf({ [runs.name]: [runRow(1, options, null)] });
  expect(await lastJudgement(store)).toEqual({ watermark: null, minViews: 50 });
});

test('nothing there', async () => {
  store = await storeOf({});
  expect([await hoursCovered(store), await lastJudgement(store)]).toEqual([null, null]);
});
