/** The real server and clients that are slow, large or hostile. */
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { accessToken, isLoopback } from '../../../pipelines/serving/access_token';
import { type HttpServer, serveHttp } from '../../../pipelines/serving/serve_http';
import type { Served } from '../../../serving/served';
import { type OpenStore, storeOf } from '../../serving/reference_store';

let store: OpenStore;
let server: HttpServer;
let slow: Promise<void> | null = null;
const served: Served = {
  name: 'duckdb:x',
  read: async (questions) => {
    await slow;
    return questions(store);
  },
  onChange: () => () => {},
  status: () => null,
  close: async () => {},
};
const LOCAL = { served, host: '127.0.0.1', port: 0, token: null, assets: null, log: null };
beforeAll(async () => {
  store = await storeOf({});
  server = await serveHttp(LOCAL);
});
afterAll(async () => {
  await server.close();
  store.close();
});

/** Sends bytes as they are; what comes back until the other side is done, or `ms` have passed. */
function exchange(send: (socket: Socket) => void, ms = 5000): Promise<{ text: string; closed: boolean }> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => send(socket));
    let text = '';
    const end = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, closed });
    };
    const timer = setTimeout(() => end(false), ms);
    socket.setEncoding('latin1');
    socket.on('data', (piece) => {
      text += piece;
    });
    socket.on('close', () => end(true));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (!['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) reject(error);
    });
  });
}

async function stillAnswers(): Promise<void> {
  const response = await fetch(`${server.url}v1/coverage`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ source: 'duckdb:x', run: null });
}

const HOST = 'Host: localhost\r\n';

test.each([
  ['with its length', '/session', `Content-Length: ${10 << 20}\r\n`],
  ['without its length', '/session', 'Transfer-Encoding: chunked\r\n'],
  ['to a question', '/v1/funnel', `Content-Length: ${10 << 20}\r\n`],
])('10 MiB %s are refused', async (_, path, header) => {
  const chunk = Buffer.alloc(64 << 10, 'x');
  const isChunked = header.startsWith('Transfer');
  const { text } = await exchange((socket) => {
    socket.write(`POST ${path} HTTP/1.1\r\n${HOST}${header}\r\n`);
    for (let sent = 0; sent < 10 << 20; sent += chunk.length) {
      if (isChunked) socket.write(`${chunk.length.toString(16)}\r\n`);
      socket.write(chunk);
      if (isChunked) socket.write('\r\n');
    }
  });
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
  expect(text).toMatch(/\r\nconnection: close\r\n/i);
  await stillAnswers();
});

test('10 MiB that come with a question are not kept', async () => {
  const before = process.memoryUsage().arrayBuffers;
  const body = Buffer.alloc(10 << 20, 'x');
  const status = await new Promise((resolve, reject) => {
    const sent = request(
      `${server.url}v1/runs`,
      { method: 'GET', headers: { 'transfer-encoding': 'chunked' } },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
  expect([200, 413]).toContain(status);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 << 20);
  await stillAnswers();
});

test('clients that send a byte now and then hold up nobody, and are closed', async () => {
  const crawling = Array.from({ length: 50 }, () =>
    exchange((socket) => {
      socket.write(`GET /v1/coverage HTTP/1.1\r\n${HOST}`);
      const drip = setInterval(() => socket.write('x'), 500);
      socket.on('close', () => clearInterval(drip));
    }, 20_000),
  );
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    await stillAnswers();
    expect(performance.now() - start).toBeLessThan(2000);
    await delay(200);
  }
  for (const { text, closed } of await Promise.all(crawling)) {
    expect(closed).toBe(true);
    expect(text).toMatch(/^(HTTP\/1\.1 408 |$)/);
  }
}, 30_000);

test('a body that never comes is waited for so long and no longer', async () => {
  const { text, closed } = await exchange((socket) => {
    socket.write(`POST /session HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\n`);
  }, 25_000);
  expect(closed).toBe(true);
  expect(text).toMatch(/^(HTTP\/1\.1 (408|400) |$)/);
  await stillAnswers();
}, 30_000);

test.each([
  ['no HTTP', 'nonsense\r\n\r\n'],
  ['no host', 'GET /v1/coverage HTTP/1.1\r\n\r\n'],
  ['two hosts', `GET /v1/coverage HTTP/1.1\r\n${HOST}Host: evil\r\n\r\n`],
  ['another host', 'GET /v1/coverage HTTP/1.1\r\nHost: evil.example\r\n\r\n'],
  ['a host that is none', 'GET /v1/coverage HTTP/1.1\r\nHost: a b/c?d\r\n\r\n'],
  ['an absolute address', 'GET http://evil.example/v1/coverage HTTP/1.1\r\nHost: evil.example\r\n\r\n'],
  ['two lengths', `POST /session HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx`],
  ['a length that is none', `POST /session HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\n`],
  [
    'a length beside chunks',
    `POST /session HTTP/1.1\r\n${HOST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['a path above all', `GET /../../etc/passwd HTTP/1.1\r\n${HOST}\r\n`],
  ['a path without a slash', `GET etc/passwd HTTP/1.1\r\n${HOST}\r\n`],
  [
    'bytes that are no UTF-8',
    Buffer.from(`GET /v1/brands?prefix=\xff\xfe HTTP/1.1\r\n${HOST}\r\n`, 'latin1'),
  ],
  ['a header line too long', `GET / HTTP/1.1\r\n${HOST}X: ${'x'.repeat(200_000)}\r\n\r\n`],
  ['TRACE', `TRACE /v1/coverage HTTP/1.1\r\n${HOST}\r\n`],
  ['CONNECT', `CONNECT evil.example:443 HTTP/1.1\r\n${HOST}\r\n`],
  ['an upgrade', `GET /v1/coverage HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`],
])('%s does no harm', async (_, bytes) => {
  const { text } = await exchange((socket) => socket.end(bytes));
  expect(text).not.toMatch(/^HTTP\/1\.1 5|root:/);
  await stillAnswers();
});

test('a name of 10,000 characters can be asked for', async () => {
  const name = '\u0e33'.repeat(10_000);
  const response = await fetch(`${server.url}v1/funnel?by=brand&key=${encodeURIComponent(name)}`);
  expect(response.status).toBe(200);
});

test('live events come as they are, and a closed connection makes room', async () => {
  const few = await serveHttp({ ...LOCAL, mostLive: 1 });
  const leave = new AbortController();
  const live = await fetch(`${few.url}v1/live`, { signal: leave.signal });
  const reader = (live.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  while (!text.includes('event: tables')) text += Buffer.from((await reader.read()).value ?? []).toString();
  expect((await fetch(`${few.url}v1/live`)).status).toBe(503);
  leave.abort();
  await reader.read().catch(() => {});
  for (let i = 0; ; i++) {
    const again = await fetch(`${few.url}v1/live`);
    await again.body?.cancel();
    if (again.status === 200) break;
    expect(i).toBeLessThan(100);
    await delay(20);
  }
  await few.close();
});

test('the end answers what is under way, ends what is live, and takes nothing new', async () => {
  const one = await serveHttp(LOCAL);
  let go = (): void => {};
  slow = new Promise((resolve) => {
    go = resolve;
  });
  const asked = fetch(`${one.url}v1/coverage`);
  const live = await fetch(`${one.url}v1/live`);
  await delay(100);
  const closed = one.close();
  await live.text();
  await expect(fetch(`${one.url}v1/coverage`)).rejects.toThrow();
  go();
  slow = null;
  expect((await asked).status).toBe(200);
  const start = performance.now();
  await closed;
  expect(performance.now() - start).toBeLessThan(3000);
});

test('where it can’t listen is said in one sentence', async () => {
  await expect(serveHttp({ ...LOCAL, port: server.port })).rejects.toMatchObject({
    ...{
      name: 'InputError',
      message: `cannot listen at 127.0.0.1:${server.port}: another program has the port. Choose another one`,
    },
  });
  await expect(serveHttp({ ...LOCAL, host: '192.0.2.1', token: 'x'.repeat(16) })).rejects.toMatchObject({
    message: expect.stringMatching(/^cannot listen at 192\.0\.2\.1:\d+: this machine has no such address$/),
  });
  await expect(serveHttp({ ...LOCAL, host: '0.0.0.0' })).rejects.toThrow('needs a token');
});

test('a token is needed where others can ask, and has to be one', () => {
  for (const host of ['127.0.0.1', 'localhost', '::1', '127.8.8.8']) {
    expect(isLoopback(host)).toBe(true);
    expect(accessToken(host, undefined)).toBeNull();
    expect(accessToken(host, 'x'.repeat(16))).toBe('x'.repeat(16));
  }
  for (const host of ['0.0.0.0', '::', '192.168.1.2', 'shop.example', '127.0.0.1.example']) {
    expect(isLoopback(host)).toBe(false);
    expect(() => accessToken(host, undefined)).toThrow(/a token is needed. Set FUNNELPULSE_TOKEN/);
    expect(() => accessToken(host, '')).toThrow(/a token is needed/);
    expect(accessToken(host, 'x'.repeat(16))).toBe('x'.repeat(16));
  }
  for (const token of [
    'x'.repeat(15),
    'with a blank in it',
    'ünïcödé-tökén-löng',
    'line\nbreak-in-the-token',
  ])
    expect(() => accessToken('localhost', token)).toThrow(/at least 16 characters were expected/);
});
