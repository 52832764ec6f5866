/** Cursors of the API: each is of its question; whatever somebody makes of one is answered or refused, and alike by DuckDB and from memory. */
import * as fc from 'fast-check';
import { withDuckdb } from '../../../io/duckdb/open';
import { DAY_MS } from '../../../schema/events';
import type { Api } from '../../../serving/api/api';
import { ASKED_TABLES } from '../../../serving/columns/asked_tables';
import { ColumnStore } from '../../../serving/columns/column_store';
import { fill } from '../reference_store';
import { api, scene } from './made_scene';
import { apiOf, get, query } from './scene';

const QUESTIONS = [
  ...['brand', 'category', 'price_band'].map((by) => `/v1/funnel?by=${by}&grain=day`),
  ...['/v1/funnel?by=brand&grain=hour', '/v1/funnel?by=brand&grain=total', '/v1/brands?'],
  ...['time', 'risk'].map((order) => `/v1/anomalies?status=all&order=${order}`),
];

/** A month around the middle of all events. */
let month: { readonly from: string; readonly to: string };
beforeAll(() => {
  const times = scene.tables.silver_events.map(({ event_time }) => event_time).sort((a, b) => a - b);
  const middle = times[times.length >> 1];
  const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
  month = { from: dayOf(middle - 15 * DAY_MS), to: dayOf(middle + 15 * DAY_MS) };
});

let fromMemory: Api;
beforeAll(async () => {
  const columns = new ColumnStore(ASKED_TABLES);
  await withDuckdb(scene.file, 'READ_ONLY', (connection) => fill(columns, connection));
  fromMemory = apiOf({
    name: scene.served.name,
    read: (questions) => questions({ select: async (selection) => columns.select(selection) }),
    onChange: () => () => {},
    status: () => null,
    close: async () => {},
  });
});

interface Answered {
  readonly status: number;
  /** Undefined where it is an error. */
  readonly rows: unknown;
}

async function answerOf(of: Api, path: string, parts: unknown): Promise<Answered> {
  const cursor = Buffer.from(JSON.stringify(parts)).toString('base64url');
  const response = await of.request(`${path}&${query({ cursor, limit: 2 })}`);
  const { rows } = (await response.json()) as { rows?: unknown };
  return { status: response.status, rows };
}

async function statusOf(path: string, parts: unknown): Promise<number> {
  const [first, second] = await Promise.all([api, fromMemory].map((of) => answerOf(of, path, parts)));
  expect(second).toEqual(first);
  return first.status;
}

/** What a first page's cursor says: the range, and the place of its last row. */
async function partsOf(path: string): Promise<unknown[]> {
  const { next } = await get(api, `${path}&${query({ limit: 1, ...month })}`);
  return JSON.parse(Buffer.from(next, 'base64url').toString());
}

test('a cursor is of its question', async () => {
  const { next } = await get(api, '/v1/funnel?by=brand&limit=1');
  expect((await api.request(`/v1/funnel?by=shop&cursor=${next}`)).status).toBe(400);
  expect((await api.request(`/v1/funnel?by=brand&grain=hour&cursor=${next}`)).status).toBe(400);
  await fc.assert(
    fc.asyncProperty(fc.json(), async (json) => {
      expect([200, 400]).toContain(await statusOf('/v1/funnel?by=brand', JSON.parse(json)));
    }),
    { numRuns: 200 },
  );
});

/** Values of the kinds that places have, and of no kind. */
const value = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    '\0',
    'a\0b',
    '\ufeff',
    '\ud800',
    '2026-02-31',
    '0000-01-01',
    '0001-01-01',
  ),
  fc.constantFrom<unknown>(
    '9999-12-31',
    '10000-01-01',
    -0,
    1e300,
    2 ** 53,
    2 ** 53 - 1,
    1 - 2 ** 53,
    true,
    [],
    {},
  ),
  fc.constantFrom<unknown>(
    -62_135_596_800_000,
    -62_135_596_800_001,
    253_402_300_799_999,
    253_402_300_800_000,
  ),
  fc.bigInt({ min: -(10n ** 31n), max: 10n ** 31n }).map(String),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'binary' }),
);

test.each(QUESTIONS)('%s: no place is an error of the server', async (path) => {
  const parts = await partsOf(path);
  expect(await statusOf(path, parts)).toBe(200);
  const changed = fc.array(fc.tuple(fc.nat(parts.length), value), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(changed, async (changes) => {
      const there = parts.slice();
      for (const [at, what] of changes) there[at] = what;
      expect([200, 400]).toContain(await statusOf(path, there));
    }),
    { numRuns: 150 },
  );
});

test('a place names a day that there is', async () => {
  const [path] = QUESTIONS;
  const parts = await partsOf(path);
  const at = (day: string) => parts.map((part) => (/^\d{4}-\d\d-\d\d$/.test(String(part)) ? day : part));
  expect(await statusOf(path, at('2026-02-28'))).toBe(200);
  expect(await statusOf(path, at('2026-02-31'))).toBe(400);
});
