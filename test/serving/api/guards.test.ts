/** Who may ask, and what every answer carries: tokens, names of the server, tags, compression, headers, ids, logs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { takesGzip } from '../../../serving/api/answer';
import type { RequestEntry } from '../../../serving/api/options';
import { BusyError, type Served } from '../../../serving/served';
import { type OpenStore, storeOf } from '../reference_store';
import { apiOf } from './scene';

const TOKEN = 'correct-horse-battery-staple';
let store: OpenStore;
beforeAll(async () => {
  store = await storeOf({
    gold_funnel_daily_brand: Array.from({ length: 50 }, (_, i) => ({
      ...{ date: '2019-10-01', brand: `brand ${i}`, views: i, carts: 0, removals: 0, purchases: 0 },
      ...{ revenue: BigInt(i), view_to_cart_rate: null, cart_to_purchase_rate: null, conversion_rate: null },
      ...{ pane: 'on_time', revision: 1, computed_at: 0 },
    })),
  });
});
afterAll(() => store.close());

function served(read: Served['read'] = (questions) => questions(store)): Served {
  return { name: 'duckdb:x', read, onChange: () => () => {}, status: () => null, close: async () => {} };
}

const HIDDEN = [
  '/v1/coverage',
  '/v1/funnel',
  '/v1/brands',
  '/v1/anomalies',
  '/v1/anomalies/by-day',
  '/v1/anomalies/x',
  '/v1/ledger',
  '/v1/runs',
  '/v1/live',
  '/openapi.json',
  '/docs',
  '/nothing',
  '//v1/runs',
  '/v1/../v1/runs',
  '/assets/../v1/runs',
  '/V1/runs',
  '/v1%2fruns',
  '/health/',
];

test.each(HIDDEN)('%s needs the token', async (path) => {
  const api = apiOf(served(), { token: TOKEN, loopbackNamesOnly: false });
  for (const headers of [
    {},
    { authorization: 'Bearer' },
    { authorization: `Bearer ${TOKEN}x` },
    { authorization: `Bearer ${TOKEN.slice(0, -1)}` },
    { authorization: `Basic ${TOKEN}` },
    { authorization: TOKEN },
    { cookie: `funnelpulse_session=${TOKEN}` },
    { cookie: 'funnelpulse_session=' },
    { authorization: 'Bearer wrong', cookie: `funnelpulse_session=${TOKEN}` },
  ] as Record<string, string>[]) {
    const response = await api.request(path, { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(await response.json()).toMatchObject({ error: { code: 'unauthorized' } });
  }
  const response = await api.request(path, { headers: { authorization: `bearer  ${TOKEN}` } });
  expect([200, 404]).toContain(response.status);
  await response.body?.cancel();
});

test.each(['/health', '/', '/docs/style.css'])('%s needs none', async (path) => {
  const api = apiOf(served(), { token: TOKEN, loopbackNamesOnly: false });
  expect((await api.request(path)).status).toBe(200);
});

test('a browser shows the token once, for a cookie that scripts can’t read and other sites can’t send', async () => {
  const api = apiOf(served(), { token: TOKEN, loopbackNamesOnly: false });
  const show = (token: unknown, headers = {}) =>
    api.request('/session', { method: 'POST', body: JSON.stringify({ token }), headers });
  expect((await show('wrong')).status).toBe(401);
  expect((await show(7)).status).toBe(400);
  expect((await api.request('/session', { method: 'POST', body: 'token' })).status).toBe(400);
  const shown = await show(TOKEN);
  expect(shown.status).toBe(204);
  const set = shown.headers.get('set-cookie') as string;
  expect(set).toMatch(/; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
  expect(set).not.toContain(TOKEN);
  expect((await show(TOKEN, { 'x-forwarded-proto': 'https' })).headers.get('set-cookie')).toMatch(
    /; Secure$/,
  );
  const cookie = `other=1; ${set.split(';')[0]}`;
  expect((await api.request('/v1/coverage', { headers: { cookie } })).status).toBe(200);
  const other = apiOf(served(), { token: `${TOKEN}2`, loopbackNamesOnly: false });
  expect((await other.request('/v1/coverage', { headers: { cookie } })).status).toBe(401);
  const gone = await api.request('/session', { method: 'DELETE' });
  expect(gone.headers.get('set-cookie')).toMatch(/^funnelpulse_session=; .*Max-Age=0/);
  // Where nobody needs a token there is nothing to show.
  const open = await apiOf(served()).request('/session', { method: 'POST', body: '{"token":"x"}' });
  expect({ status: open.status, cookie: open.headers.get('set-cookie') }).toEqual({
    status: 204,
    cookie: null,
  });
});

test.each([
  ['localhost', 200],
  ['LOCALHOST:8380', 200],
  ['127.0.0.1:8380', 200],
  ['127.1.2.3', 200],
  ['[::1]:8380', 200],
  ['evil.example', 403],
  ['127.0.0.1.evil.example', 403],
  ['localhost.evil.example:8380', 403],
  ['localhost@evil.example', 403],
  ['0.0.0.0:8380', 403],
  ['', 403],
])('asked as %s: %d', async (host, status) => {
  for (const path of ['/v1/coverage', '/health', '/', '/docs']) {
    const response = await apiOf(served()).request(path, { headers: { host } });
    expect(response.status).toBe(status);
    if (status === 403) expect(await response.json()).toMatchObject({ error: { code: 'forbidden' } });
  }
  // With a token the name does not matter.
  const api = apiOf(served(), { token: TOKEN, loopbackNamesOnly: false });
  const headers = { host, authorization: `Bearer ${TOKEN}` };
  expect((await api.request('/v1/coverage', { headers })).status).toBe(200);
});

test('whoever has an answer is not sent it again', async () => {
  const api = apiOf(served());
  const first = await api.request('/v1/brands');
  const tag = first.headers.get('etag') as string;
  for (const given of [tag, tag.replace('W/', ''), `"other", ${tag}`, '*']) {
    const again = await api.request('/v1/brands', { headers: { 'if-none-match': given } });
    expect({ status: again.status, body: await again.text() }).toEqual({ status: 304, body: '' });
    expect(again.headers.get('etag')).toBe(tag);
  }
  for (const given of ['"other"', tag.slice(0, -2)])
    expect((await api.request('/v1/brands', { headers: { 'if-none-match': given } })).status).toBe(200);
  expect((await api.request('/v1/brands?limit=1')).headers.get('etag')).not.toBe(tag);
});

test('large answers are compressed for whoever takes that', async () => {
  const api = apiOf(served());
  const plain = await (await api.request('/v1/brands')).text();
  expect(plain.length).toBeGreaterThan(1024);
  const ask = (path: string, encoding: string) =>
    api.request(path, { headers: { 'accept-encoding': encoding } });
  const packed = await ask('/v1/brands', 'br, gzip;q=0.5');
  expect(packed.headers.get('content-encoding')).toBe('gzip');
  expect(packed.headers.get('vary')).toContain('Accept-Encoding');
  const bytes = Buffer.from(await packed.arrayBuffer());
  expect(bytes.length).toBeLessThan(plain.length / 3);
  expect(gunzipSync(bytes).toString()).toBe(plain);
  expect((await ask('/v1/brands', 'br')).headers.get('content-encoding')).toBeNull();
  expect((await ask('/v1/brands?limit=1', 'gzip')).headers.get('content-encoding')).toBeNull();
});

test.each([
  ['gzip', true],
  ['GZIP', true],
  ['*', true],
  ['br, *;q=0.1', true],
  ['x-gzip', true],
  ['gzip;q=0', false],
  ['gzip; q=0.000', false],
  ['*, gzip;q=0', false],
  ['*;q=0', false],
  ['br', false],
  ['', false],
  [undefined, false],
])('Accept-Encoding %s takes gzip: %s', (header, takes) => {
  expect(takesGzip(header)).toBe(takes);
});

test('any header is borne', async () => {
  const api = apiOf(served());
  const text = fc.string({
    unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('accept-encoding', 'if-none-match', 'x-request-id', 'authorization', 'cookie'),
      text,
      async (name, value) => {
        const { status } = await api.request('/v1/brands', { headers: { [name]: value } });
        expect([200, 304]).toContain(status);
      },
    ),
    { numRuns: 300 },
  );
});

test('every answer binds the browser, and has an id', async () => {
  const api = apiOf(served());
  for (const path of ['/v1/coverage', '/v1/funnel?x=1', '/nothing', '/', '/docs', '/v1/live', '/health']) {
    const response = await api.request(path);
    await response.body?.cancel();
    const header = (name: string): string | null => response.headers.get(name);
    expect(header('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(header('x-content-type-options')).toBe('nosniff');
    expect(header('referrer-policy')).toBe('no-referrer');
    expect(header('cache-control')).toMatch(/no-cache|no-store/);
    expect(header('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  }
});

test('an id of who asks is taken over, unless it is none', async () => {
  const api = apiOf(served());
  const idOf = async (id: string) => {
    const response = await api.request('/v1/funnel?x=1', { headers: { 'x-request-id': id } });
    const { error } = (await response.json()) as { error: { request_id: string } };
    expect(response.headers.get('x-request-id')).toBe(error.request_id);
    return error.request_id;
  };
  expect(await idOf('trace-1.2_3')).toBe('trace-1.2_3');
  for (const id of ['a b', 'x'.repeat(65), '"}{"', '<b>']) expect(await idOf(id)).toMatch(/^[\da-f-]{36}$/);
});

test('the log has the route, and nothing that was asked for', async () => {
  const entries: RequestEntry[] = [];
  const api = apiOf(served(), {
    token: TOKEN,
    loopbackNamesOnly: false,
    onRequest: (entry) => entries.push(entry),
  });
  const headers = { authorization: `Bearer ${TOKEN}` };
  const { length } = await (await api.request('/v1/brands?prefix=SECRET', { headers })).text();
  await api.request('/v1/anomalies/SECRET', { headers });
  await api.request('/SECRET', { headers });
  await api.request('/v1/brands?prefix=SECRET');
  await api.request('/v1/runs?SECRET=1', { headers, method: 'POST' });
  expect(entries.map(({ method, route, status, bytes }) => [method, route, status, bytes])).toEqual([
    ['GET', '/v1/brands', 200, length],
    ['GET', '/v1/anomalies/:id', 404, null],
    ['GET', '/*', 404, null],
    ['GET', '/v1/brands', 401, null],
    ['POST', '/*', 400, null],
  ]);
  expect(JSON.stringify(entries)).not.toMatch(/SECRET|horse/);
  for (const { ms, request_id } of entries) {
    expect(ms).toBeGreaterThan(0);
    expect(request_id).toMatch(/^[\da-f-]{36}$/);
  }
});

test('a failure says nothing of its insides; the log does', async () => {
  const failures: unknown[] = [];
  const defect = new Error('SELECT secret FROM /etc/passwd');
  const api = apiOf(
    served(() => Promise.reject(defect)),
    { onFailure: (_, error) => failures.push(error) },
  );
  const response = await api.request('/v1/funnel');
  expect(response.status).toBe(500);
  expect(await response.text()).not.toMatch(/secret|passwd|SELECT/);
  expect(failures).toEqual([defect]);
});

test('tables that can’t be read now are said to be so', async () => {
  const missing = Object.assign(new Error('cannot read /private/x.duckdb'), { name: 'InputError' });
  const api = apiOf(
    served(() => Promise.reject(missing)),
    { onFailure: () => {} },
  );
  for (const path of [
    '/v1/coverage',
    '/v1/funnel',
    '/v1/brands',
    '/v1/anomalies',
    '/v1/ledger',
    '/v1/runs',
  ]) {
    const response = await api.request(path);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'unavailable' } });
    expect(text).toContain('Start funnelpulse run');
    expect(text).not.toContain('private');
  }
  const health = await api.request('/health');
  expect(health.status).toBe(503);
  expect(await health.json()).toMatchObject({ status: 'unavailable' });
});

test('who is asked too much says so, and when to ask again; the log does not fill with it', async () => {
  const failures: unknown[] = [];
  const api = apiOf(
    served(() => Promise.reject(new BusyError('private.duckdb'))),
    { onFailure: (_, error) => failures.push(error) },
  );
  const response = await api.request('/v1/funnel');
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('1');
  const text = await response.text();
  expect(text).toContain('More is asked here than can be answered');
  expect(text).not.toContain('private');
  expect(failures).toEqual([]);
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is not taken', async (method) => {
  const response = await apiOf(served()).request('/v1/funnel', { method });
  expect({ status: response.status, allow: response.headers.get('allow') }).toEqual({
    ...{ status: 405, allow: 'GET, HEAD' },
  });
});

test('HEAD has the headers of GET, and no body', async () => {
  const api = apiOf(served());
  const [get, head] = [await api.request('/v1/brands'), await api.request('/v1/brands', { method: 'HEAD' })];
  expect({ status: head.status, body: await head.text() }).toEqual({ status: 200, body: '' });
  expect(head.headers.get('etag')).toBe(get.headers.get('etag'));
});

test('the documentation has every question, with a command for each, and no script', async () => {
  const api = apiOf(served());
  const document = (await (await api.request('/openapi.json')).json()) as { paths: Record<string, object> };
  const page = await (await api.request('/docs')).text();
  const paths = Object.keys(document.paths);
  expect(paths.length).toBeGreaterThanOrEqual(10);
  for (const path of paths) expect(page).toContain(path);
  expect(page.match(/<pre><code>curl /g)).toHaveLength(
    Object.values(document.paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0),
  );
  expect(page).not.toMatch(/<script|style=|https?:\/\/|\bon\w+=/);
  expect(page).toContain('href="/docs/style.css"');
  expect((await api.request('/docs/style.css')).headers.get('content-type')).toMatch(/^text\/css/);
});

describe('the dashboard’s files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'funnelpulse-assets-'));
    mkdirSync(join(folder, 'dashboard', 'assets'), { recursive: true });
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    writeFileSync(join(folder, 'dashboard', 'index.html'), '<!doctype html><title>Here</title>');
    writeFileSync(join(folder, 'dashboard', 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    writeFileSync(join(folder, 'dashboard', 'assets', 'index-abc.js'), `/* ${'x'.repeat(5000)} */`);
    writeFileSync(join(folder, 'dashboard', 'assets', 'index-abc.js.map'), '{}');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const api = () =>
    apiOf(served(), { token: TOKEN, loopbackNamesOnly: false, assets: join(folder, 'dashboard') });

  test('are free, and kept for ever where their name changes with them', async () => {
    const page = await api().request('/');
    expect(await page.text()).toContain('Here');
    expect(page.headers.get('cache-control')).toBe('private, no-cache');
    const icon = await api().request('/icon.svg');
    expect(icon.headers.get('content-type')).toBe('image/svg+xml');
    const script = await api().request('/assets/index-abc.js', { headers: { 'accept-encoding': 'gzip' } });
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(gunzipSync(Buffer.from(await script.arrayBuffer())).toString()).toContain('xxx');
    const again = { headers: { 'if-none-match': script.headers.get('etag') as string } };
    expect((await api().request('/assets/index-abc.js', again)).status).toBe(304);
  });

  test.each([
    '/assets/index-abc.js.map',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/..%5c..%5csecret.txt',
    '/assets/index-abc.js%00.txt',
    '/assets/',
    '/assets',
    '/index.html/../../secret.txt',
    '/__proto__',
    '/assets/constructor',
  ])('and %s is none of them', async (path) => {
    const response = await api().request(path);
    expect([401, 404]).toContain(response.status);
    expect(await response.text()).not.toMatch(/^secret|xxx/);
  });
});
