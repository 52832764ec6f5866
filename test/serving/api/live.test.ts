/** Server-sent events: who is told what, and when. Clocks are the test's. */
import type { PipelineStatus, Served } from '../../../serving/served';
import { type OpenStore, storeOf } from '../reference_store';
import { apiOf } from './scene';

const STATUS: PipelineStatus = {
  ...{ read: 1, rate: 2, late_dropped: 0, watermark: 5, open_windows: 1, state_bytes: 10, is_full: false },
  ...{ unacked: 0, flushes: 1, rows_written: 1, last_flush_ms: 3, outage_since: null },
};
const RUN = {
  ...{ run_id: 'a', state_id: 's', mode: 'streaming', input: 'i', options: '{}', counts: '{"read":1}' },
  ...{ watermark: 0, allowed_lateness_ms: 0, status: 'running', started_at: 0, finished_at: null },
};

let stores: OpenStore[];
let listeners: Set<() => void>;
let now: OpenStore;
let status: PipelineStatus | null;
let reads: number;
let reading = 0;
let readable: boolean;
const served: Served = {
  name: 'duckdb:x',
  read: async (questions) => {
    reads++;
    if (!readable) throw Object.assign(new Error('gone'), { name: 'InputError' });
    reading++;
    return questions(now).finally(() => reading--);
  },
  onChange: (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  status: () => status,
  close: async () => {},
};
beforeAll(async () => {
  stores = await Promise.all([RUN, { ...RUN, counts: '{"read":2}' }].map((run) => storeOf({ runs: [run] })));
});
afterAll(() => {
  for (const store of stores) store.close();
});
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance'] });
  listeners = new Set();
  now = stores[0];
  status = null;
  reads = 0;
  readable = true;
});
afterEach(() => jest.useRealTimers());

function change(): void {
  for (const listener of [...listeners]) listener();
}

/** Lets the test's clock go on, and the store's real answers come. */
async function pass(ms: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
  await settled();
}

/** Nothing is being read any more, and what came of it is there. */
async function settled(): Promise<void> {
  await until(() => reading === 0);
  await new Promise((resolve) => realTimeout(resolve, 5));
}

/** What comes on a connection, as it comes. */
class Watching {
  text = '';
  ended = false;
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(readonly response: Response) {
    this.reader = (response.body as ReadableStream<Uint8Array>).getReader();
    void this.go();
  }

  private async go(): Promise<void> {
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await this.reader.read();
      if (done) break;
      this.text += decoder.decode(value);
    }
    this.ended = true;
  }

  /** Data of the events of a name. */
  of(name: string): unknown[] {
    return [...this.text.matchAll(/^id: (\d+)\nevent: (\w+)\ndata: (.*)\n\n/gm)]
      .filter(([, , event]) => event === name)
      .map(([, , , data]) => JSON.parse(data));
  }

  stop(): Promise<void> {
    return this.reader.cancel();
  }
}

/** The real one, which goes on while the test's clock stands. */
const realTimeout = setTimeout;

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !condition(); i++) await new Promise((resolve) => realTimeout(resolve, 5));
  expect(condition()).toBe(true);
}

test('the version at once, then when the tables have changed, at most four a second', async () => {
  const api = apiOf(served);
  const response = await api.request('/v1/live');
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const watching = new Watching(response);
  await until(() => watching.of('tables').length === 1);
  expect(watching.text).toMatch(/^retry: \d+\n\n/);
  expect(watching.of('status')).toEqual([null]);
  // A file that was written to with the same tables.
  change();
  await pass(300);
  expect(watching.of('tables')).toHaveLength(1);
  now = stores[1];
  const before = reads;
  for (let i = 0; i < 10; i++) {
    change();
    await pass(100);
  }
  expect(reads - before).toBeLessThanOrEqual(4);
  await pass(300);
  const [first, second, ...rest] = watching.of('tables') as { version: string }[];
  expect(rest).toEqual([]);
  expect(second.version).not.toBe(first.version);
  const coverage = (await (await api.request('/v1/coverage')).json()) as { version: string };
  expect(coverage.version).toBe(second.version);
  await watching.stop();
});

test('the stream’s status, once a second while it changes', async () => {
  status = STATUS;
  const watching = new Watching(await apiOf(served).request('/v1/live'));
  await until(() => watching.of('status').length === 1);
  await pass(5000);
  expect(watching.of('status')).toEqual([STATUS]);
  for (let read = 2; read <= 30; read++) {
    status = { ...STATUS, read };
    await pass(100);
  }
  expect(watching.of('status').length).toBeGreaterThanOrEqual(3);
  expect(watching.of('status').length).toBeLessThanOrEqual(4);
  await watching.stop();
});

test('a comment every 15 seconds', async () => {
  const watching = new Watching(await apiOf(served).request('/v1/live'));
  await pass(46_000);
  expect(watching.text.match(/^: .*\n\n/gm)).toHaveLength(3);
  await watching.stop();
});

test('nothing is looked at while nobody watches, and once for all who do', async () => {
  const api = apiOf(served);
  const two = [new Watching(await api.request('/v1/live')), new Watching(await api.request('/v1/live'))];
  await until(() => two.every((watching) => watching.of('tables').length === 1));
  expect(listeners.size).toBe(1);
  now = stores[1];
  const before = reads;
  change();
  await pass(300);
  await until(() => two.every((watching) => watching.of('tables').length === 2));
  expect(reads - before).toBe(1);
  await two[0].stop();
  expect(listeners.size).toBe(1);
  await two[1].stop();
  expect(listeners.size).toBe(0);
  expect(jest.getTimerCount()).toBe(0);
});

test('tables that can’t be read are told of when they can', async () => {
  readable = false;
  const watching = new Watching(await apiOf(served).request('/v1/live'));
  await pass(1000);
  expect(watching.of('tables')).toEqual([]);
  readable = true;
  change();
  await pass(300);
  await until(() => watching.of('tables').length === 1);
  await watching.stop();
});

test('so many may watch, and who leaves makes room', async () => {
  const api = apiOf(served, { mostLive: 2 });
  const two = [new Watching(await api.request('/v1/live')), new Watching(await api.request('/v1/live'))];
  const refused = await api.request('/v1/live');
  expect({ status: refused.status, retry: refused.headers.get('retry-after') }).toEqual({
    status: 503,
    retry: '10',
  });
  // Who asks for headers only takes no room.
  await two[0].stop();
  for (let i = 0; i < 5; i++) expect((await api.request('/v1/live', { method: 'HEAD' })).status).toBe(200);
  const third = new Watching(await api.request('/v1/live'));
  expect(third.response.status).toBe(200);
  await Promise.all([two[1].stop(), third.stop()]);
});

test('who doesn’t read is let go', async () => {
  const response = await apiOf(served).request('/v1/live');
  for (let read = 0; read < 80; read++) {
    status = { ...STATUS, read };
    await pass(1000);
  }
  expect(listeners.size).toBe(0);
  const watching = new Watching(response);
  await until(() => watching.ended);
  expect(watching.of('status').length).toBeLessThan(70);
});

test('the server’s end ends what is live', async () => {
  const ending = new AbortController();
  const api = apiOf(served, { signal: ending.signal });
  const watching = new Watching(await api.request('/v1/live'));
  ending.abort();
  await until(() => watching.ended);
  expect(jest.getTimerCount()).toBe(0);
  expect(listeners.size).toBe(0);
});

test('it has no parameters', async () => {
  expect((await apiOf(served).request('/v1/live?since=1')).status).toBe(400);
});
