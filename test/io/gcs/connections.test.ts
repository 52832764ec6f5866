/** Objects over connections that break, stall, say something else than was asked, or are slower or quicker than who reads. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Bucket } from '@google-cloud/storage';
import { connectionsTo, proxyOf } from '../../../io/connections';
import { openStorage } from '../../../io/gcs/client';
import { cloudStorage } from '../../../io/gcs/cloud_storage';
import { ObjectReader } from '../../../io/gcs/object_reader';
import { type ListedObject, type Patience, storedBytes } from '../../../io/gcs/stored_bytes';
import { InputError } from '../../../io/input_error';
import { FaultProxy } from '../../emulators/fault_proxy';
import { describeWithGcs, makeBucket, upload } from '../../emulators/gcs';

const MIB = 1 << 20;
const IMPATIENT: Patience = { attempts: 3, pauseMs: 1, longestPauseMs: 1, stallMs: 400 };
/** A test that waits for anything of it fails, by its own limit in milliseconds. */
const SLOW: Patience = { attempts: 3, pauseMs: 40_000, longestPauseMs: 40_000, stallMs: 40_000 };
const LIMIT = 15_000;

const bytes = Buffer.from(Array.from({ length: 500_000 }, (_, at) => (at * 167 + (at >> 8)) & 255));
const large = Buffer.alloc(48 * MIB, bytes);

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  return error.message;
}

describeWithGcs('connections to Cloud Storage', (server) => {
  let bucket: Bucket;
  let proxy: FaultProxy;
  /** What was asked for bytes, in order. */
  let ranges: (string | undefined)[];
  /** What becomes of the requests for bytes, in order; of all others: they go through. */
  let fates: Awaited<ReturnType<FaultProxy['decide']>>[];

  beforeAll(async () => {
    bucket = await makeBucket('ranges');
    await upload(bucket, { 'large.bin': large });
  });
  beforeEach(async () => {
    ranges = [];
    fates = [];
    proxy = await FaultProxy.before(server().endpoint);
    proxy.decide = ({ path, headers }) => {
      if (!path.includes('alt=media')) return 'pass';
      ranges.push(headers.range);
      return fates.shift() ?? 'pass';
    };
    process.env.STORAGE_EMULATOR_HOST = proxy.url;
  });
  afterEach(async () => {
    process.env.STORAGE_EMULATOR_HOST = server().endpoint;
    await proxy.stop();
  });

  async function listed(name: string): Promise<ListedObject> {
    const [file] = await (await openStorage()).bucket('ranges').file(name).getMetadata();
    const encoded = file.contentEncoding === 'gzip';
    const object = { generation: String(file.generation), encoded, size: Number(file.size) };
    return { path: `gs://ranges/${name}`, object };
  }

  async function readListed(
    object: ListedObject,
    start: number,
    end: number,
    patience = IMPATIENT,
  ): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of storedBytes(object, start, end, { patience })) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async function read(name: string, start: number, end: number, patience = IMPATIENT): Promise<Buffer> {
    return readListed(await listed(name), start, end, patience);
  }

  test.each([
    ['as it is', undefined],
    ['with Content-Encoding: gzip', 'gzip'],
  ])('an object %s is taken up where it broke off', async (_, encoding) => {
    await upload(bucket, { 'broken.bin': bytes }, encoding);
    // Of what was uploaded so, each request begins at its beginning: the connection must last longer each time.
    fates = [1, 2, 3, 4, 5].map((times) => ({ cutAfter: times * 40_000 }));
    expect((await read('broken.bin', 1000, 400_000)).equals(bytes.subarray(1000, 400_000))).toBe(true);
    expect(ranges.length).toBeGreaterThan(3);
  });

  test(
    '… at once, from the very byte',
    async () => {
      await upload(bucket, { 'broken.bin': bytes });
      fates = [{ cutAfter: 70_000 }, { cutAfter: 5 }, { cutAfter: 100_001 }];
      expect((await read('broken.bin', 1000, 400_000, SLOW)).equals(bytes.subarray(1000, 400_000))).toBe(
        true,
      );
      expect(ranges).toEqual([1000, 71_000, 71_005, 171_006].map((from) => `bytes=${from}-399999`));
    },
    LIMIT,
  );

  test('a server that falls silent', async () => {
    await upload(bucket, { 'silent.bin': bytes });
    fates = [{ cutAfter: 100_000, silent: true }];
    expect((await read('silent.bin', 0, MIB)).equals(bytes)).toBe(true);
    expect(ranges).toEqual(['bytes=0-499999', 'bytes=100000-499999']);
  });

  test('one that never begins to answer', async () => {
    await upload(bucket, { 'mute.bin': bytes });
    const through = proxy.decide;
    let mute = 2;
    proxy.decide = async (request) => {
      const fate = await through(request);
      if (ranges.length > 0 && mute-- > 0) await delay(2000);
      return fate;
    };
    expect((await read('mute.bin', 0, 100)).equals(bytes.subarray(0, 100))).toBe(true);
    expect(ranges).toHaveLength(3);
  });

  test('one that always breaks off', async () => {
    await upload(bucket, { 'always.bin': bytes });
    fates = Array(9).fill({ cutAfter: 0 });
    expect(await refusal(read('always.bin', 0, 100))).toMatch(
      /cannot read gs:\/\/ranges\/always\.bin: the server at .* does not answer/,
    );
    expect(ranges).toHaveLength(3);
  });

  test('a service that has too much to do gets its pauses', async () => {
    await upload(bucket, { 'busy.bin': bytes });
    fates = [{ status: 503 }, { status: 429 }];
    const start = performance.now();
    await read('busy.bin', 0, 100, { ...IMPATIENT, pauseMs: 200, longestPauseMs: 300 });
    // Half of a pause is left to chance.
    expect(performance.now() - start).toBeGreaterThanOrEqual(100 + 150 - 2);
    expect(ranges).toHaveLength(3);
  });

  test(
    'one connection serves one range after another',
    async () => {
      await upload(bucket, { 'kept.bin': bytes });
      const object = await listed('kept.bin');
      const made = proxy.connections.length;
      for (let at = 0; at < 400_000; at += 50_000) await readListed(object, at, at + 50_000, SLOW);
      expect(proxy.connections.length).toBe(made + 1);
      for (let at = 0; at < 400_000; at += 50_000) {
        const reader = new ObjectReader(object, at, at + 50_000);
        expect(await reader.read(new Uint8Array(1000), at)).toBeGreaterThan(0);
        // What comes behind a range is not read; its connection is of use all the same.
        reader.close();
        await quiet(() => proxy.passed, 30);
      }
      expect(proxy.connections.length).toBe(made + 1);
      expect(ranges).toHaveLength(16);
    },
    LIMIT,
  );

  test(
    'a kept connection that the server has closed meanwhile',
    async () => {
      await upload(bucket, { 'stale.bin': bytes });
      const object = await listed('stale.bin');
      for (let round = 0; round < 5; round++) {
        const found = await readListed(object, 7, 300_000, SLOW);
        expect(found.equals(bytes.subarray(7, 300_000))).toBe(true);
        for (const socket of proxy.connections) socket.destroy();
      }
    },
    LIMIT,
  );

  test('a reader is not sent more than it may hold, and gets all in the end', async () => {
    const object = await listed('large.bin');
    const asked = (): number => Math.max(...ranges.map((range) => Number(/-(\d+)$/.exec(range!)![1]) + 1));
    const most = 12 * MIB;
    const reader = new ObjectReader(object, 0, large.length);
    const room = new Uint8Array(1_700_001);
    let at = 0;
    for (let round = 0; at < large.length; round++) {
      const length = await reader.read(room, at);
      expect(length).toBeGreaterThan(0);
      if (round === 0) await quiet(() => proxy.passed);
      expect(asked() - at).toBeLessThanOrEqual(most);
      expect(Buffer.compare(room.subarray(0, length), large.subarray(at, at + length))).toBe(0);
      at += length;
    }
    reader.close();
    // All of a compressed object is one request: its connection waits for who reads. What the system's buffers take doesn't count.
    for (const socket of proxy.connections) socket.destroy();
    const received = (): number => {
      const inUse = Object.values(connectionsTo(new URL(proxy.url)).sockets).flatMap((some) => some ?? []);
      return inUse.reduce((sum, socket) => sum + socket.bytesRead, 0);
    };
    const whole = { format: 'csv', gzip: true, columns: null, start: 0, end: large.length } as const;
    const stream = cloudStorage.stream({ ...object, ...whole });
    // All that there is, whatever its length: to ask for more than that would be told again and again that there is something, and let nothing come.
    let first: Buffer | null = null;
    for (; first === null; first = stream.read()) await once(stream, 'readable');
    expect(large.subarray(0, first.length).equals(first)).toBe(true);
    await quiet(received);
    expect(received()).toBeGreaterThan(MIB);
    expect(received()).toBeLessThan(12 * MIB);
    stream.destroy();
  });

  test('a range may go on behind the end of its object', async () => {
    await upload(bucket, { 'short.bin': bytes });
    const reader = new ObjectReader(await listed('short.bin'), 100_000, 48 * MIB);
    const room = new Uint8Array(150_000);
    const pieces: Buffer[] = [];
    for (let at = 100_000, length = -1; length !== 0; at += length) {
      length = await reader.read(room, at);
      pieces.push(Buffer.from(room.subarray(0, length)));
    }
    reader.close();
    expect(Buffer.concat(pieces).equals(bytes.subarray(100_000))).toBe(true);
    expect(ranges).toEqual(['bytes=100000-499999']);
  });

  test('closed in the middle, a reader drops its connections', async () => {
    const reader = new ObjectReader(await listed('large.bin'), 0, large.length);
    const through = proxy.decide;
    proxy.decide = async (request) => {
      await delay(30);
      return through(request);
    };
    await reader.read(new Uint8Array(10), 0);
    reader.close();
    await quiet(() => proxy.passed);
    expect(proxy.passed).toBeLessThan(12 * MIB);
    expect(ranges.length).toBeLessThanOrEqual(3);
  });

  test('a redirection is not followed', async () => {
    await upload(bucket, { 'moved.bin': bytes });
    let asked = 0;
    const elsewhere = createServer((_, answer) => {
      asked++;
      answer.end(bytes);
    });
    await once(elsewhere.listen(0, '127.0.0.1'), 'listening');
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/?secret=1`;
    for (const status of [301, 302, 307, 308]) {
      fates = [{ status, headers: { location } }];
      const said = await refusal(read('moved.bin', 0, 100));
      expect(said).toMatch(
        /cannot read gs:\/\/ranges\/moved\.bin: the answer is a redirection \(\d+: it points to 127\.0\.0\.1:\d+\), which is not followed/,
      );
      expect(said).not.toMatch(/secret/);
    }
    expect(asked).toBe(0);
    expect(ranges).toHaveLength(4);
    elsewhere.close();
  });

  test('other bytes than those that were asked for', async () => {
    await upload(bucket, { 'other.bin': bytes });
    fates = [
      { status: 206, headers: { 'content-range': 'bytes 0-99/500000' }, body: bytes.subarray(0, 100) },
    ];
    expect(await refusal(read('other.bin', 50, 150))).toMatch(
      /bytes from 50 on were asked for, and bytes 0-99\/500000 sent/,
    );
    fates = [{ status: 200, body: bytes }];
    expect(await refusal(read('other.bin', 50, 150))).toMatch(/a part was asked for, and all of it was sent/);
  });

  test('what the service says is told, compressed or not', async () => {
    await upload(bucket, { 'no.bin': bytes });
    const body = JSON.stringify({ error: { message: 'Not today.' } });
    fates = [
      { status: 400, body },
      { status: 400, body: gzipSync(body), headers: { 'content-encoding': 'gzip' } },
      { status: 400, body: 'x', headers: { 'content-encoding': 'gzip' } },
    ];
    expect(await refusal(read('no.bin', 0, 100))).toMatch(/refuses it \(400: Not today\.\)/);
    expect(await refusal(read('no.bin', 0, 100))).toMatch(/refuses it \(400: Not today\.\)/);
    expect(await refusal(read('no.bin', 0, 100))).toMatch(/refuses it \(400: Bad Request\)/);
  });
});

/** Waits until a number stays as it is. */
async function quiet(value: () => number, forMs = 300): Promise<void> {
  for (let before = -1; before !== value(); ) {
    before = value();
    await delay(forMs);
  }
}

describe('the proxy on the way', () => {
  const saved = { ...process.env };
  const NAMES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'];
  beforeEach(() => {
    for (const name of NAMES) delete process.env[name];
  });
  afterAll(() => {
    for (const name of NAMES) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
  });

  test.each([
    [{}, null],
    [{ HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
    [{ https_proxy: 'http://p:1', HTTP_PROXY: 'http://q:1' }, 'http://q:1'],
    [{ https_proxy: 'http://p:1', NO_PROXY: 'a.example, storage.googleapis.com' }, null],
    [{ https_proxy: 'http://p:1', no_proxy: '.googleapis.com' }, null],
    [{ https_proxy: 'http://p:1', no_proxy: '*.googleapis.com' }, null],
    [{ https_proxy: 'http://p:1', no_proxy: 'https://storage.googleapis.com' }, null],
    [{ https_proxy: 'http://p:1', no_proxy: 'googleapis.com,*' }, 'http://p:1'],
  ])('%j', (environment, proxy) => {
    Object.assign(process.env, environment);
    expect(proxyOf(new URL('https://storage.googleapis.com/storage/v1/b'))).toBe(proxy);
  });
});
