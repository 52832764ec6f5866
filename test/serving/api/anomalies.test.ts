/** Anomalies, the ledger, runs and coverage over HTTP against the plain reference. */
import * as fc from 'fast-check';
import { withDuckdb } from '../../../io/duckdb/open';
import type { AnomalyRow } from '../../../schema/tables';
import { compareUtf8 } from '../../reference/duplicates';
import { api, scene } from './made_scene';
import { allPages, counted, decimal, get, groupBy, KEYS, onWire, query } from './scene';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let rows: AnomalyRow[];
beforeAll(() => {
  rows = scene.tables.gold_anomalies_hourly_brand;
});

const iso = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');
const hourOf = (time: number): number => Math.floor(time / HOUR) * HOUR;

/** What the list has to say of a row. */
function listed(row: AnomalyRow) {
  const { brand, detector, status, z_brand, z_brand_hour, expected_purchases, views } = row;
  return {
    ...{ window_start: iso(row.window_start), brand, detector, status, type: row.anomaly_type },
    ...{ z_brand, z_brand_hour, ...onWire(row), expected_purchases },
    expected_conversion: expected_purchases === null || views === 0 ? null : expected_purchases / views,
    revenue_at_risk: row.revenue_at_risk === null ? null : decimal(row.revenue_at_risk),
    ...{ baseline: 'run', computed_at: '2026-01-01T00:00:00Z' },
  };
}

const newestFirst = (a: AnomalyRow, b: AnomalyRow): number =>
  b.window_start - a.window_start || compareUtf8(a.brand, b.brand);
function mostAtRisk(a: AnomalyRow, b: AnomalyRow): number {
  const [x, y] = [a.revenue_at_risk, b.revenue_at_risk];
  if (x === y) return newestFirst(a, b);
  if (x === null || y === null) return x === null ? 1 : -1;
  return x > y ? -1 : 1;
}

test('the data has what the questions are about', () => {
  const open = rows.filter(({ status }) => status === 'open');
  expect(open.length).toBeGreaterThan(10);
  expect(rows.length - open.length).toBeGreaterThan(5);
  expect(rows.some(({ revenue_at_risk }) => revenue_at_risk === null)).toBe(true);
  expect(new Set(open.map(({ anomaly_type }) => anomaly_type))).toEqual(new Set(['drop', 'spike']));
});

const withoutId = ({ id: _, ...row }: { id: string }) => row;

test.each(['open', 'retracted', 'all'])(
  '%s anomalies, by type, brand and time, in both orders',
  async (status) => {
    const some = rows.filter((row) => status === 'all' || row.status === status);
    const ask = async (parameters: Record<string, string>) =>
      (await get(api, `/v1/anomalies?${query({ status, limit: 1000, ...parameters })}`)) as {
        total: number;
        rows: { id: string }[];
      };
    for (const [order, compare] of [
      ['time', newestFirst],
      ['risk', mostAtRisk],
    ] as const) {
      const { total, rows: found } = await ask({ order });
      expect(found.map(withoutId)).toEqual(some.toSorted(compare).map(listed));
      expect(total).toBe(some.length);
    }
    for (const type of ['drop', 'spike'])
      expect((await ask({ type })).rows.map(withoutId)).toEqual(
        some
          .filter((row) => row.anomaly_type === type)
          .toSorted(newestFirst)
          .map(listed),
      );
    const { brand, window_start } = some[some.length >> 1];
    expect((await ask({ brand })).rows.map(withoutId)).toEqual(
      some
        .filter((row) => row.brand === brand)
        .toSorted(newestFirst)
        .map(listed),
    );
    const from = { from: iso(window_start) };
    const until = { to: iso(window_start + 1) };
    const hour = some.filter((row) => row.window_start === window_start).toSorted(newestFirst);
    expect((await ask({ ...from, ...until })).rows.map(withoutId)).toEqual(hour.map(listed));
    expect((await ask(from)).total).toBe(some.filter((row) => row.window_start >= window_start).length);
    expect((await ask({ to: iso(window_start) })).total).toBe(
      some.filter((row) => row.window_start < window_start).length,
    );
  },
);

test('pages joined are the whole, whatever their size and order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('time', 'risk'),
      fc.constantFrom('open', 'all'),
      fc.integer({ min: 1, max: 60 }),
      async (order, status, limit) => {
        const path = `/v1/anomalies?${query({ order, status })}`;
        const whole = (await get(api, `${path}&limit=1000`)).rows;
        expect(await allPages(api, path, Math.max(limit, Math.ceil(whole.length / 40)))).toEqual(whole);
      },
    ),
    { numRuns: 20 },
  );
});

test('anomalies by day', async () => {
  const expected = [...groupBy(rows, ({ window_date }) => window_date)]
    .sort(([a], [b]) => compareUtf8(a, b))
    .map(([date, day]) => ({
      date,
      drops: day.filter((row) => row.status === 'open' && row.is_drop_anomaly).length,
      spikes: day.filter((row) => row.status === 'open' && row.is_spike_anomaly).length,
      retracted: day.filter(({ status }) => status === 'retracted').length,
    }));
  expect((await get(api, '/v1/anomalies/by-day')).days).toEqual(expected);
  const { date } = expected[expected.length >> 1];
  expect((await get(api, `/v1/anomalies/by-day?from=${date}`)).days).toEqual(
    expected.filter((day) => day.date >= date),
  );
  expect((await get(api, `/v1/anomalies/by-day?from=${date}&to=${date}`)).days).toEqual(
    expected.filter((day) => day.date === date),
  );
});

test('every anomaly has an id of its own, by which it is found whole, with its evidence', async () => {
  const all = (await get(api, '/v1/anomalies?status=all&limit=1000')).rows as { id: string }[];
  expect(new Set(all.map(({ id }) => id)).size).toBe(rows.length);
  const sorted = rows.toSorted(newestFirst);
  const events = scene.tables.silver_events;
  for (const i of all.keys()) {
    if (i % 7 !== 0) continue;
    const row = sorted[i];
    const { evidence, ...detail } = await get(api, `/v1/anomalies/${all[i].id}`);
    expect(detail).toMatchObject(listed(row));
    const { hour_of_day, conv_mean_brand, conv_std_brand, n_brand, revision, pane } = row;
    expect(detail).toMatchObject({ hour_of_day, conv_mean_brand, conv_std_brand, n_brand, revision, pane });
    const own = events.filter(
      (event) =>
        KEYS.brand(event) === row.brand &&
        event.event_time >= row.window_start - 12 * HOUR &&
        event.event_time < row.window_start + 13 * HOUR,
    );
    expect(evidence.hours).toEqual(
      [...groupBy(own, ({ event_time }) => hourOf(event_time))]
        .sort(([a], [b]) => a - b)
        .map(([hour, group]) => ({ start: iso(hour), ...counted(group) })),
    );
    const bands = groupBy(
      events.filter(({ event_time }) => hourOf(event_time) === row.window_start),
      ({ price_band }) => price_band,
    );
    const usual = groupBy(
      events.filter(({ event_time }) => hourOf(event_time) !== row.window_start),
      ({ price_band }) => price_band,
    );
    expect(evidence.bands).toEqual(
      [...bands]
        .sort(([a], [b]) => compareUtf8(a, b))
        .map(([key, group]) => {
          const { views, purchases, conversion_rate } = counted(usual.get(key) ?? []);
          return {
            ...{ key, ...counted(group), usual_views: views, usual_purchases: purchases },
            usual_conversion_rate: conversion_rate,
          };
        }),
    );
  }
});

test('of a trailing baseline the bands are held against its days', async () => {
  const row = rows.find(
    ({ window_start }) => window_start > Date.UTC(2019, 9, 3) && window_start < Date.UTC(2020, 0),
  ) as AnomalyRow;
  await withDuckdb(scene.file, 'READ_WRITE', (connection) =>
    connection.run(
      "UPDATE gold_anomalies_hourly_brand SET baseline = 'trailing' WHERE window_start = epoch_ms($1::BIGINT)",
      [BigInt(row.window_start)],
    ),
  );
  const path = `/v1/anomalies?${query({ status: 'all', brand: row.brand, from: iso(row.window_start), to: iso(row.window_start + HOUR) })}`;
  const [{ id }] = (await get(api, path)).rows;
  const { evidence } = await get(api, `/v1/anomalies/${id}`);
  const day = Math.floor(row.window_start / DAY) * DAY;
  const [since, until] = [day - 57 * DAY, day - 2 * DAY].map((time) => iso(time).slice(0, 10));
  expect(evidence).toMatchObject({ usual_since: since, usual_until: until });
  for (const band of evidence.bands) {
    const { views } = counted(
      scene.tables.silver_events.filter(
        ({ price_band, event_date }) => price_band === band.key && event_date >= since && event_date <= until,
      ),
    );
    expect(band.usual_views).toBe(views);
  }
});

test.each([
  'x',
  '2019-10-01T05-0123456789abcdef0123',
  '..%2f..%2fetc%2fpasswd',
  '%ff',
  '9999-99-99T99-0123456789abcdef0123',
  '0000-01-01T00-0123456789abcdef0123',
  "';--",
])('no anomaly is called %s', async (id) => {
  const response = await api.request(`/v1/anomalies/${id}`);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error: { code: 'not_found' } });
});

test('the ledger, its totals, and why records were rejected', async () => {
  const { pipeline_ledger, dead_letters } = scene.tables;
  const total = (
    some: typeof pipeline_ledger,
    name: 'read' | 'counted' | 'duplicates' | 'rejected',
  ): number => some.reduce((sum, row) => sum + row[name], 0);
  const wire = pipeline_ledger
    .toSorted((a, b) => compareUtf8(a.bucket, b.bucket))
    .map(({ window_start, commit: _, ...row }) => ({
      ...row,
      start: window_start === null ? null : iso(window_start),
    }));
  expect(wire[wire.length - 1].bucket).toBe('unknown');
  const reasons = (some: typeof dead_letters) =>
    [...groupBy(some, ({ reason }) => reason)]
      .map(([reason, group]) => ({ reason, records: group.length }))
      .sort((a, b) => b.records - a.records || compareUtf8(a.reason, b.reason));
  const whole = await get(api, '/v1/ledger?limit=10000');
  expect(whole.rows).toEqual(wire);
  expect(whole.next).toBeNull();
  expect(whole.rejects).toEqual(reasons(dead_letters));
  expect(whole.totals).toMatchObject({
    read: total(pipeline_ledger, 'read'),
    counted: total(pipeline_ledger, 'counted'),
    duplicates: total(pipeline_ledger, 'duplicates'),
    rejected: total(pipeline_ledger, 'rejected'),
    unaccounted: 0,
  });
  expect(await allPages(api, '/v1/ledger', Math.ceil(wire.length / 17))).toEqual(wire);
  const from = pipeline_ledger
    .map(({ window_start }) => window_start)
    .filter((time) => time !== null)
    .sort((a, b) => a - b)[10] as number;
  const [since, to] = [from, from + 3 * DAY];
  const within = (time: number | null): boolean => time !== null && time >= since && time < to;
  const part = await get(api, `/v1/ledger?${query({ from: iso(since), to: iso(to), limit: 10_000 })}`);
  expect(part.rows).toEqual(wire.filter(({ start }) => start !== null && within(Date.parse(start))));
  expect(part.totals.read).toBe(
    total(
      pipeline_ledger.filter((row) => within(row.window_start)),
      'read',
    ),
  );
  expect(part.rejects).toEqual(reasons(dead_letters.filter(({ event_time }) => within(event_time))));
});

test('runs without their options, and what is covered', async () => {
  const { rows: runs, next } = await get(api, '/v1/runs');
  expect(next).toBeNull();
  expect(runs).toHaveLength(1);
  const [run] = runs;
  expect(run).toMatchObject({
    ...{ mode: 'batch', status: 'done', watermark: null },
    counts: { read: scene.tables.pipeline_ledger.reduce((sum, { read }) => sum + read, 0) },
  });
  expect(Object.keys(run)).not.toContain('options');
  const coverage = await get(api, '/v1/coverage');
  const days = scene.tables.silver_events.map(({ event_date }) => event_date).sort();
  const { input: _, allowed_lateness_ms: __, counts: ___, ...latest } = run;
  expect(coverage).toEqual({
    ...{ source: `duckdb:${scene.file}`, since: days[0], until: days[days.length - 1], run: latest },
    version: expect.stringMatching(/^[\w-]{16}$/),
  });
  expect(await get(api, '/health')).toEqual({ status: 'ok', version: '1.2.3', source: 'duckdb' });
});

test('many runs come in pages, the newest first; the version is another one then', async () => {
  const { version } = await get(api, '/v1/coverage');
  await withDuckdb(scene.file, 'READ_WRITE', (connection) =>
    connection.run(
      `INSERT INTO runs SELECT 'run ' || lpad(i::VARCHAR, 3, '0'), NULL, 'streaming', 'in', '{"alert": "slack:SECRET"}', '{"read": 1}', NULL, 0, 'running', epoch_ms(1800000000000 + (i // 3) * 1000), NULL FROM range(20) AS t(i)`,
    ),
  );
  const all = await get(api, '/v1/runs');
  expect(all.rows).toHaveLength(21);
  expect(all.rows.map(({ run_id }: { run_id: string }) => run_id).slice(0, 5)).toEqual([
    ...['run 018', 'run 019', 'run 015', 'run 016', 'run 017'],
  ]);
  expect(JSON.stringify(all)).not.toContain('SECRET');
  for (const limit of [1, 2, 3, 7]) expect(await allPages(api, '/v1/runs', limit)).toEqual(all.rows);
  const after = await get(api, '/v1/coverage');
  expect(after.version).not.toBe(version);
  expect(after.run.run_id).toBe('run 018');
});
