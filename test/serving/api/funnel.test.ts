/** /v1/funnel and /v1/brands against the plain reference, event by event. */
import * as fc from 'fast-check';
import type { SilverRow } from '../../../schema/tables';
import { compareUtf8 } from '../../reference/duplicates';
import { api, scene } from './made_scene';
import { allPages, counted, get, groupBy, HOSTILE_NAMES, KEYS, query } from './scene';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let days: string[];
beforeAll(() => {
  // Dirty events are of the years 1 and 9999, too.
  days = [...new Set(scene.tables.silver_events.map(({ event_date }) => event_date))]
    .filter((day) => day > '2000' && day < '2100')
    .sort();
});

interface Asked {
  readonly by: string;
  readonly grain: string;
  readonly from: number;
  readonly to: number;
  readonly keys?: readonly string[];
}

/** What the answer has to be, by the events alone. */
function expected({ by, grain, from, to, keys }: Asked) {
  const step = grain === 'hour' ? HOUR : grain === 'day' ? DAY : null;
  const begins = (event: SilverRow): number =>
    step === null
      ? Math.floor(event.event_time / (by === 'category' ? DAY : HOUR)) * (by === 'category' ? DAY : HOUR)
      : Math.floor(event.event_time / step) * step;
  const events = scene.tables.silver_events.filter((event) => begins(event) >= from && begins(event) < to);
  const groups = groupBy(events, (event) =>
    JSON.stringify([step === null ? null : begins(event), KEYS[by](event)]),
  );
  const rows = [...groups].map(([group, members]) => {
    const [at, key] = JSON.parse(group) as [number | null, string | null];
    const iso = at === null ? null : new Date(at).toISOString();
    const start = iso === null ? null : grain === 'day' ? iso.slice(0, 10) : iso.replace('.000Z', 'Z');
    return { key, start, ...counted(members) };
  });
  const cents = (revenue: string): bigint => BigInt(revenue.replace('.', ''));
  return rows
    .filter(({ key }) => keys === undefined || keys.includes(key as string))
    .sort((a, b) =>
      step === null
        ? cents(a.revenue) === cents(b.revenue)
          ? compareUtf8(a.key ?? '', b.key ?? '')
          : cents(a.revenue) > cents(b.revenue)
            ? -1
            : 1
        : a.start === b.start
          ? compareUtf8(a.key ?? '', b.key ?? '')
          : (a.start as string) < (b.start as string)
            ? -1
            : 1,
    );
}

test('the data has what the questions are about', () => {
  expect(scene.tables.silver_events.length).toBeGreaterThan(1000);
  expect(days.length).toBeGreaterThan(3);
  const brands = new Set(scene.tables.silver_events.map(KEYS.brand));
  for (const name of HOSTILE_NAMES) expect(brands).toContain(name);
});

const GRAINS = ['hour', 'day', 'total'];
const COMBINATIONS = ['shop', 'brand', 'category', 'price_band'].flatMap((by) =>
  GRAINS.filter((grain) => by !== 'category' || grain !== 'hour').map((grain) => [by, grain] as const),
);

test.each(COMBINATIONS)('by %s, %s, of all days and of some', async (by, grain) => {
  const hourly = grain === 'hour';
  for (const [first, last] of [
    [days[0], days[days.length - 1]],
    [days[1], days[days.length - 2]],
    [days[1], days[1]],
  ]) {
    const from = Date.parse(first);
    const to = Math.min(Date.parse(last) + DAY, hourly ? from + 92 * DAY : Number.POSITIVE_INFINITY);
    const answer = await get(
      api,
      `/v1/funnel?${query({ by, grain, from: first, to: new Date(to).toISOString(), limit: 10_000 })}`,
    );
    expect(answer).toMatchObject({ by, grain, from: new Date(from).toISOString().replace('.000Z', 'Z') });
    const rows = expected({ by, grain, from, to });
    expect(rows.length).toBeGreaterThan(0);
    expect(answer.rows).toEqual(rows.slice(0, 10_000));
  }
});

test.each(['shop', 'brand', 'price_band'])('a total of %s to the hour', async (by) => {
  const at = Date.parse(days[1]) + 5 * HOUR;
  const asked = { by, grain: 'total', from: at, to: at + 31 * HOUR };
  const iso = { from: new Date(at).toISOString(), to: new Date(asked.to).toISOString() };
  const { rows } = await get(api, `/v1/funnel?${query({ by, grain: 'total', ...iso, limit: 10_000 })}`);
  expect(rows).toEqual(expected(asked));
});

test('without parameters: the shop’s last 30 days', async () => {
  const { rows, from, to, by, grain } = await get(api, '/v1/funnel');
  const all = scene.tables.silver_events.map(({ event_date }) => event_date).sort();
  const end = Date.parse(all[all.length - 1]) + DAY;
  expect(all[all.length - 1]).toBe('9999-12-31');
  expect({ by, grain, from: Date.parse(from), to: Date.parse(to) + 1 }).toEqual({
    ...{ by: 'shop', grain: 'day', from: end - 30 * DAY, to: end },
  });
  expect(rows).toEqual(expected({ by: 'shop', grain: 'day', from: end - 30 * DAY, to: end }));
});

test.each(HOSTILE_NAMES.map((name) => [name.slice(0, 30), name]))(
  'a brand called %j is a brand',
  async (_, name) => {
    const [from, to] = [Date.parse('2019-10-01'), Date.parse('2019-11-01')];
    const period = { from: '2019-10-01', to: '2019-10-31' };
    const { rows } = await get(api, `/v1/funnel?${query({ by: 'brand', key: name, ...period })}`);
    expect(rows).toEqual(expected({ by: 'brand', grain: 'day', from, to, keys: [name] }));
    expect(rows).not.toHaveLength(0);
    const found = await get(api, `/v1/brands?${query({ prefix: name, ...period })}`);
    const keys = found.rows.map(({ key }: { key: string }) => key);
    expect(keys).toContain(name);
    expect(keys.filter((key: string) => !key.startsWith(name))).toEqual([]);
  },
);

test('fifty keys, those that nobody has among them', async () => {
  const [from, to] = [Date.parse('2019-10-01'), Date.parse('2019-11-01')];
  const keys = [
    ...HOSTILE_NAMES.filter((name) => name.length < 100),
    ...Array(37)
      .fill('x')
      .map((x, i) => x + i),
  ].slice(0, 50);
  expect(keys).toHaveLength(50);
  const path = `/v1/funnel?${query({ by: 'brand', key: keys, from: '2019-10-01', to: '2019-10-31' })}`;
  expect((await get(api, path)).rows).toEqual(expected({ by: 'brand', grain: 'day', from, to, keys }));
  expect((await api.request(`${path}&key=one-more`)).status).toBe(400);
});

test('ranges to the millisecond, from any time to any other', async () => {
  const span = { min: Date.parse(days[0]) - DAY, max: Date.parse(days[days.length - 1]) + 2 * DAY };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...COMBINATIONS.filter(([by]) => by !== 'category')),
      fc.integer(span),
      fc.integer({ min: 1, max: 20 * DAY }),
      async ([by, grain], from, length) => {
        const to = from + length;
        const iso = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
        const { rows } = await get(api, `/v1/funnel?${query({ by, grain, ...iso, limit: 10_000 })}`);
        expect(rows).toEqual(expected({ by, grain, from, to }).slice(0, 10_000));
      },
    ),
    { numRuns: 40 },
  );
});

test('pages joined are the whole, whatever their size', async () => {
  const period = { from: days[0], to: days[days.length - 1] };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...COMBINATIONS.filter(([, grain]) => grain !== 'hour')),
      fc.integer({ min: 3, max: 500 }),
      async ([by, grain], limit) => {
        const path = `/v1/funnel?${query({ by, grain, ...period })}`;
        const whole = await get(api, `${path}&limit=10000`);
        expect(whole.next).toBeNull();
        expect(await allPages(api, path, Math.max(limit, Math.ceil(whole.rows.length / 40)))).toEqual(
          whole.rows,
        );
      },
    ),
    { numRuns: 25 },
  );
});

test('brands with their ranks, and how many there are', async () => {
  const period = { from: days[0], to: days[days.length - 1] };
  const all = expected({
    ...{ by: 'brand', grain: 'total', from: Date.parse(days[0]) },
    to: Date.parse(days[days.length - 1]) + DAY,
  })
    .filter(({ key }) => key !== 'unknown')
    .map(({ start: _, ...row }, i) => ({ rank: i + 1, ...row }));
  const answer = await get(api, `/v1/brands?${query({ ...period, limit: 1000 })}`);
  expect(answer).toMatchObject({ total: all.length, next: null });
  expect(answer.rows).toEqual(all);
  const prefix = (all[3].key as string).slice(0, 1);
  const some = all.filter(({ key }) => (key as string).startsWith(prefix));
  const found = await get(api, `/v1/brands?${query({ ...period, prefix, limit: 1 })}`);
  expect(found.total).toBe(some.length);
  expect(await allPages(api, `/v1/brands?${query({ ...period, prefix })}`, 1)).toEqual(some);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 30 }), async (limit) => {
      expect(await allPages(api, `/v1/brands?${query(period)}`, limit)).toEqual(all);
    }),
    { numRuns: 6 },
  );
});

test.each([
  ['by=shop&key=x', /^key: by=shop has none/],
  ['by=nothing', /^by: .*expected one of "shop"/],
  ['grain=week', /^grain: .*expected one of "hour"/],
  ['by=category&grain=hour', /^grain: categories are counted by UTC day/],
  ['by=category&grain=total&from=2019-10-01T05:00:00Z&to=2019-10-02', /^grain: categories/],
  ['grain=hour&from=2019-01-01&to=2019-12-31', /^grain: hour takes at most 92 days/],
  ['from=2019-10-02&to=2019-10-01', /^to: expected a day that is not before from/],
  ['from=2019-10-02T00:00:00Z&to=2019-10-02T00:00:00Z', /^to: expected/],
  ['from=yesterday', /^from: expected a UTC day like/],
  ['from=2019-02-30', /^from: expected/],
  ['from=0000-01-01', /^from: expected/],
  ['from=10000-01-01', /^from: expected/],
  ['from=2019-10-01&from=2019-10-02', /^from: expected once/],
  ['limit=0', /^limit: expected a whole number from 1 to 10000/],
  ['limit=10001', /^limit: expected/],
  ['limit=1e3', /^limit: expected/],
  ['limit=', /^limit: expected/],
  ['cursor=x', /^cursor: not one of this question/],
  ['cursor=', /^cursor: expected next of an answer/],
  ['nothing=1', /a parameter that this question doesn’t have/],
  ['__proto__=1', /a parameter that no question has/],
  ['constructor=1', /a parameter that this question doesn’t have/],
  ['key=%ff', /^key: expected UTF-8/],
  ['by=brand&key=%ed%a0%80', /^key: expected UTF-8/],
])('?%s is refused', async (text, message) => {
  const response = await api.request(`/v1/funnel?${text}`);
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  expect({ status: response.status, code: error.code }).toEqual({ status: 400, code: 'bad_request' });
  expect(error.message).toMatch(message);
});

test('huge ranges are answered', async () => {
  const { rows } = await get(api, '/v1/funnel?from=0001-01-01&to=9999-12-31&limit=10000');
  const whole = {
    by: 'shop',
    grain: 'day',
    from: Date.parse('0001-01-01'),
    to: Date.parse('9999-12-31') + DAY,
  };
  expect(rows).toEqual(expected(whole));
  for (const [name, day] of [
    ['from', '9999-12-31'],
    ['to', '0001-01-01'],
  ])
    expect((await get(api, `/v1/funnel?${name}=${day}&by=category`)).rows).toEqual(
      expected({ ...whole, by: 'category', from: Date.parse(day), to: Date.parse(day) + DAY }),
    );
});
