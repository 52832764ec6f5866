/** `funnelpulse serve`, as a user starts and ends it, beside runs that write to what it serves. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { funnelpulse } from './command_line';
import { type Outcome, SAMPLE, type Started, start, until } from './product';

let folder: string;
let sample: string;
const running: Started[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-serve-'));
  sample = join(folder, 'sample.duckdb');
  await succeeds('run', '--quiet', '--input', SAMPLE, '--output', `duckdb:${sample}`);
});
afterAll(async () => {
  for (const { process: child } of running) child.kill('SIGKILL');
  await Promise.all(running.map(({ ended }) => ended));
  rmSync(folder, { recursive: true, force: true });
});

async function succeeds(...args: string[]): Promise<void> {
  const { code, stderr } = await funnelpulse(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

interface Serving {
  readonly url: string;
  readonly stop: (signal?: NodeJS.Signals) => Promise<Outcome>;
}

async function serve(...args: string[]): Promise<Serving> {
  const started = start(['serve', '--port', '0', ...args]);
  running.push(started);
  let text = '';
  started.process.stdout!.on('data', (piece) => {
    text += piece;
  });
  await until(() => text.includes('\n'), started);
  const url = /at (http:\/\/\S+\/) /.exec(text)?.[1];
  if (url === undefined) throw new Error(text);
  return {
    url,
    stop: (signal = 'SIGTERM') => {
      started.process.kill(signal);
      return started.ended;
    },
  };
}

test('questions are answered and logged, without what was asked for', async () => {
  const { url, stop } = await serve('--from', `duckdb:${sample}`);
  const response = await fetch(`${url}v1/brands?limit=1&prefix=runa&from=2019-10-01`, {
    headers: { 'x-request-id': 'mine' },
  });
  expect(await response.json()).toMatchObject({
    total: 1,
    rows: [{ rank: 1, key: 'runail', views: 848, revenue: '968.7400' }],
  });
  const { rows } = (await (await fetch(`${url}v1/funnel?grain=total&from=2019-10-01`)).json()) as {
    rows: object[];
  };
  expect(rows).toMatchObject([{ views: 9333, carts: 6481, purchases: 1720, revenue: '9058.6000' }]);
  expect((await fetch(`${url}docs`)).status).toBe(200);
  const outcome = await stop();
  expect(outcome).toMatchObject({ code: 0, signal: null });
  expect(outcome.stdout).toBe(`Serving duckdb:${sample} at ${url} (Ctrl-C ends it)\n`);
  const log = outcome.stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(log.map(({ level, method, route, status }) => [level, method, route, status])).toEqual([
    ['info', 'GET', '/v1/brands', 200],
    ['info', 'GET', '/v1/funnel', 200],
    ['info', 'GET', '/docs', 200],
  ]);
  expect(log[0]).toMatchObject({ request_id: 'mine' });
  expect(outcome.stderr).not.toContain('runa');
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it in order, with who watches', async (signal) => {
  const { url, stop } = await serve('--from', `duckdb:${sample}`, '--quiet');
  const live = await fetch(`${url}v1/live`);
  const reader = (live.body as ReadableStream<Uint8Array>).getReader();
  expect((await reader.read()).done).toBe(false);
  const start = performance.now();
  expect(await stop(signal)).toMatchObject({ code: 0, signal: null, stderr: '' });
  expect(performance.now() - start).toBeLessThan(4000);
  while (!(await reader.read()).done);
});

test('with a token others may ask, too', async () => {
  process.env.FUNNELPULSE_TOKEN = '0123456789abcdef';
  try {
    const { url, stop } = await serve('--from', `duckdb:${sample}`, '--host', '0.0.0.0');
    expect((await fetch(`${url}v1/coverage`)).status).toBe(401);
    const headers = { authorization: 'Bearer 0123456789abcdef' };
    expect((await fetch(`${url}v1/coverage`, { headers })).status).toBe(200);
    const { stdout, stderr } = await stop();
    expect(`${stdout}${stderr}`).not.toContain('0123456789abcdef');
  } finally {
    delete process.env.FUNNELPULSE_TOKEN;
  }
});

test('an output that is not there yet is served from when it is', async () => {
  const late = join(folder, 'late.duckdb');
  const { url, stop } = await serve('--from', `duckdb:${late}`);
  const refused = await fetch(`${url}v1/coverage`);
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ error: { message: /Start funnelpulse run/ } });
  const live = (await fetch(`${url}v1/live`)).body as ReadableStream<Uint8Array>;
  await succeeds('run', '--quiet', '--input', SAMPLE, '--output', `duckdb:${late}`);
  let events = '';
  for await (const piece of live) {
    events += Buffer.from(piece).toString();
    if (events.includes('event: tables')) break;
  }
  expect((await fetch(`${url}v1/coverage`)).status).toBe(200);
  const { stdout, stderr } = await stop();
  expect(stdout).toContain('late.duckdb is not there yet');
  expect(stderr).toContain('no such file');
});

test('runs replace the tables meanwhile: no question fails, none sees half, and no run is kept waiting', async () => {
  const { url, stop } = await serve('--from', `duckdb:${sample}`, '--quiet');
  const alone = performance.now();
  await succeeds('run', '--quiet', '--input', SAMPLE, '--output', `duckdb:${join(folder, 'alone.duckdb')}`);
  const usual = performance.now() - alone;
  let writing = true;
  let asked = 0;
  const seen = new Set<string>();
  const ask = async (): Promise<void> => {
    for (let i = 0; writing; i++) {
      const path = ['v1/funnel?by=brand&grain=hour', 'v1/anomalies?status=all', 'v1/coverage', 'v1/ledger'][
        i % 4
      ];
      const response = await fetch(`${url}${path}`);
      const text = await response.text();
      expect({ path, status: response.status }).toEqual({ path, status: 200 });
      asked++;
      if (path === 'v1/coverage') seen.add(JSON.parse(text).version);
      if (path === 'v1/ledger')
        expect(JSON.parse(text).totals).toMatchObject({ read: 22_283, counted: 21_002 });
    }
  };
  const asking = [ask(), ask(), ask(), ask()];
  const took: number[] = [];
  try {
    for (let run = 0; run < 4; run++) {
      const began = performance.now();
      await succeeds('run', '--quiet', '--input', SAMPLE, '--output', `duckdb:${sample}`);
      took.push(performance.now() - began);
    }
  } finally {
    writing = false;
    await Promise.all(asking);
  }
  expect(asked).toBeGreaterThan(20);
  expect(seen.size).toBeGreaterThan(1);
  expect(Math.min(...took)).toBeLessThan(3 * usual + 1000);
  expect(await stop()).toMatchObject({ code: 0, stderr: '' });
}, 120_000);

test.each([
  [['--from', 'sample.duckdb'], /--from sample.duckdb: duckdb:FILE was expected/],
  [[], /--from is missing/],
  [['--from', 'duckdb:FOLDER/none/x.duckdb'], /cannot read .*none\/x.duckdb: there is no folder/],
  [['--from', 'duckdb:FOLDER/text.duckdb'], /text.duckdb: it is not a DuckDB file/],
  [
    ['--from', 'duckdb:FOLDER/sample.duckdb', '--port', '70000'],
    /--port 70000: a whole number from 0 to 65535/,
  ],
  [
    ['--from', 'duckdb:FOLDER/sample.duckdb', '--host', '0.0.0.0'],
    /--host 0.0.0.0: others could ask, so a token is needed. Set FUNNELPULSE_TOKEN/,
  ],
])('%j is one message', async (args, message) => {
  writeFileSync(join(folder, 'text.duckdb'), 'x'.repeat(5000));
  const { code, stdout, stderr } = await funnelpulse(
    'serve',
    ...args.map((arg) => arg.replace('FOLDER', folder)),
  );
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd()).not.toContain('\n');
});

test('a port that is taken is said in one sentence', async () => {
  const { url, stop } = await serve('--from', `duckdb:${sample}`);
  const { port } = new URL(url);
  const { code, stderr } = await funnelpulse('serve', '--from', `duckdb:${sample}`, '--port', port);
  expect({ code, stderr }).toEqual({
    ...{
      code: 2,
      stderr: `funnelpulse: cannot listen at 127.0.0.1:${port}: another program has the port. Choose another one\n`,
    },
  });
  await stop();
});
