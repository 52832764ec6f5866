/** `funnelpulse alert` as a user has it: the incidents of a made-up shop are told, once each, whatever comes between. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { canCertify, certificate } from '../emulators/certificate';
import { type Answer, answering, HttpSink } from '../emulators/http_sink';
import { type Outcome, start } from './product';

/** What is told of an episode, as a webhook gets it. */
interface Told {
  readonly kind: string;
  readonly episode: {
    readonly id: string;
    readonly status: string;
    readonly brand: string;
    readonly type: string;
    readonly from: string;
    readonly to: string;
    readonly revenue_at_risk: string | null;
  };
}

interface Incident {
  readonly kind: 'drop' | 'spike' | 'outage';
  readonly brand: string | null;
  readonly start: string;
  readonly end: string;
}

let folder: string;
let output: string;
let incidents: readonly Incident[];
let sink: HttpSink;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-alert-'));
  const csv = join(folder, 'shop.csv');
  output = join(folder, 'shop.duckdb');
  const shop = ['--events', '1000000', '--days', '14', '--seed', '5', '--incidents', '3'];
  await succeeds('generate', '--quiet', ...shop, '--out', csv);
  incidents = JSON.parse(readFileSync(`${csv}.truth.json`, 'utf8'));
  await succeeds('run', '--quiet', '--input', csv, '--output', `duckdb:${output}`);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  sink = await HttpSink.open();
});
afterEach(async () => {
  await sink.close();
  for (const name of readdirSync(folder).filter((name) => name.includes('.alerts.json')))
    rmSync(join(folder, name));
});

async function succeeds(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await start(args).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

function alert(...args: string[]): string[] {
  return ['alert', '--from', `duckdb:${output}`, ...args];
}

/** Everything that has come, digests taken apart. */
function told(): Told[] {
  return sink.posted.flatMap(({ body }) => JSON.parse(body).alerts as Told[]);
}

const WHOLE = ['--since', 'all', '--limit', '1000'];

test('every incident is told and, of what costs as much, nothing else; told again is nothing', async () => {
  const large = [...WHOLE, '--min-revenue-at-risk', '300'];
  const stdout = await succeeds(...alert('--alert', `webhook:${sink.url}`, ...large));
  expect(stdout).toBe(`Sent ${sink.posted.length} messages to webhook\n`);
  const all = told();
  const isOf = (incident: Incident, { episode }: Told): boolean =>
    (incident.brand ?? episode.brand) === episode.brand &&
    (incident.kind === 'spike' ? 'spike' : 'drop') === episode.type &&
    Date.parse(episode.from) >= Date.parse(incident.start) &&
    Date.parse(episode.to) <= Date.parse(incident.end);
  for (const incident of incidents) expect(all.some((one) => isOf(incident, one))).toBe(true);
  expect(all.filter((one) => !incidents.some((incident) => isOf(incident, one)))).toEqual([]);
  // A brand's incident is one message.
  for (const incident of incidents.filter(({ brand }) => brand !== null))
    expect(all.filter((one) => isOf(incident, one))).toHaveLength(1);
  expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(['detected']));
  const before = sink.posted.length;
  expect(await succeeds(...alert('--alert', `webhook:${sink.url}`, ...large))).toBe('Nothing new to tell\n');
  expect(sink.posted).toHaveLength(before);
  expect(readdirSync(folder).filter((name) => name.startsWith('shop.duckdb.'))).toEqual([
    'shop.duckdb.alerts.json',
  ]);
}, 120_000);

test('day by day, each run tells what is new: the same episodes in the end', async () => {
  const days = Array.from({ length: 14 }, (_, i) => `2025-10-${String(i + 1).padStart(2, '0')}`);
  for (const day of days)
    await succeeds(...alert('--alert', `webhook:${sink.url}`, '--quiet', '--since', days[0], '--until', day));
  const episodes = new Map(told().map((one) => [one.episode.id, one]));
  const stood = [...episodes.values()].map(
    ({ episode: { brand, type, from, to } }) => `${brand} ${type} ${from} ${to}`,
  );
  const ids = sink.posted.map(({ headers }) => headers['idempotency-key']);
  expect(new Set(ids).size).toBe(ids.length);
  rmSync(`${output}.alerts.json`);
  sink.posted.splice(0);
  await succeeds(...alert('--alert', `webhook:${sink.url}`, '--quiet', ...WHOLE));
  const atOnce = told().map(({ episode: { brand, type, from, to } }) => `${brand} ${type} ${from} ${to}`);
  expect(atOnce.length).toBeGreaterThan(10);
  expect(stood.sort()).toEqual(atOnce.sort());
}, 120_000);

test('a run that was left out loses nothing: the next one tells what has come since', async () => {
  const to = `webhook:${sink.url}`;
  await succeeds(...alert('--alert', to, '--quiet', ...WHOLE, '--until', '2025-10-10'));
  const before = sink.posted.length;
  await succeeds(...alert('--alert', to, '--quiet', '--limit', '1000'));
  const later = told().slice(before);
  expect(later.length).toBeGreaterThan(0);
  const dry = await succeeds(...alert('--dry-run', '--memory', join(folder, 'none'), ...WHOLE));
  expect(new Set(told().map(({ episode }) => episode.id)).size).toBe(dry.split('FunnelPulse on').length - 1);
});

test('more than a minute’s worth is a digest', async () => {
  await succeeds(...alert('--alert', `webhook:${sink.url}`, '--since', 'all', '--limit', '3'));
  expect(sink.posted.map(({ body }) => JSON.parse(body).alerts.length > 1)).toEqual([false, false, true]);
  const risks = told().map(({ episode }) => Math.abs(Number(episode.revenue_at_risk)));
  expect(risks).toEqual([...risks].sort((a, b) => b - a));
});

test('a dry run prints, sends nothing and remembers nothing; it knows what was told', async () => {
  const dry = [...alert('--dry-run', '--alert', `webhook:${sink.url}`), ...WHOLE];
  const printed = await succeeds(...dry);
  for (const { kind, brand } of incidents.filter((incident) => incident.brand !== null))
    expect(printed).toContain(`${kind === 'drop' ? 'Drop' : 'Spike'}: ${brand} sold `);
  expect(printed).toMatch(/Revenue at risk {2,}[\d,]+\.\d\d/);
  expect([sink.posted.length, existsSync(`${output}.alerts.json`)]).toEqual([0, false]);
  await succeeds(...alert('--alert', `webhook:${sink.url}`, ...WHOLE));
  expect(await succeeds(...dry)).toBe('Nothing new to tell\n');
});

test('killed while it sends, again and again: all is told, and nothing twice but what was on its way', async () => {
  const expected = (await succeeds(...alert('--dry-run', ...WHOLE))).split('FunnelPulse on').length - 1;
  expect(expected).toBeGreaterThan(15);
  let outcome: Outcome;
  let kills = 0;
  const onItsWay: string[] = [];
  do {
    const running = start(alert('--alert', `webhook:${sink.url}`, ...WHOLE));
    const kill = (): void => {
      if (running.process.kill('SIGKILL')) kills++;
    };
    const passing: Answer = (response) => response.writeHead(200).end();
    const lethal: Answer = (response, { headers }) => {
      onItsWay.push(String(headers['idempotency-key']));
      // Before the answer, or at some moment after it.
      if (kills % 2 === 0) return kill();
      response.writeHead(200).end();
      setTimeout(kill, Math.random() * 4);
    };
    sink.answers.splice(0, sink.answers.length, ...Array(kills % 4).fill(passing), lethal);
    outcome = await running.ended;
  } while (outcome.signal === 'SIGKILL' && kills < 60);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  expect(kills).toBeGreaterThan(5);
  const ids = sink.posted.map(({ headers }) => String(headers['idempotency-key']));
  expect(new Set(ids).size).toBe(expected);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  expect(twice.filter((id) => !onItsWay.includes(id))).toEqual([]);
  for (const id of twice) {
    const bodies = sink.posted
      .filter(({ headers }) => headers['idempotency-key'] === id)
      .map(({ body }) => body);
    expect(new Set(bodies).size).toBe(1);
  }
}, 120_000);

test('a channel that refuses: exit code 1, and the next run sends to it what it has not got', async () => {
  sink.answers.push(answering(404));
  const large = alert('--alert', `webhook:${sink.url}`, ...WHOLE, '--min-revenue-at-risk', '300');
  const { code, stdout, stderr } = await start(large).ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^funnelpulse: webhook: refused a message, it answered 404 Not Found\./);
  expect(stderr).toMatch(/funnelpulse: 1 of \d+ messages could not be sent everywhere.*run it again\n$/);
  expect(stderr).not.toContain('SECRET');
  const [refused] = sink.posted.splice(0);
  expect(await succeeds(...large)).toBe('Sent one message to webhook\n');
  expect(sink.posted.map(({ body }) => body)).toEqual([refused.body]);
});

test('a server that is busy is tried again when it said', async () => {
  sink.answers.push(answering(429, { 'retry-after': '2' }));
  const large = alert('--alert', `slack:${sink.url}`, ...WHOLE, '--min-revenue-at-risk', '300');
  const { code, stderr } = await start(large).ended;
  expect({ code, stderr }).toEqual({
    ...{ code: 0 },
    stderr:
      'funnelpulse: slack: it answered 429 Too Many Requests; trying again\nfunnelpulse: slack: works again\n',
  });
  const [first, second] = sink.posted;
  expect(second.at - first.at).toBeGreaterThanOrEqual(1990);
  expect(second.body).toBe(first.body);
});

test('an address from the environment is in no message and no file', async () => {
  process.env.FUNNELPULSE_TEST_SLACK = sink.url;
  sink.answers.push(answering(400));
  const { code, stderr } = await start(alert('--alert', 'slack:env:FUNNELPULSE_TEST_SLACK', ...WHOLE)).ended;
  delete process.env.FUNNELPULSE_TEST_SLACK;
  expect(code).toBe(1);
  expect(stderr).not.toContain('SECRET');
  expect(readFileSync(`${output}.alerts.json`, 'utf8')).not.toContain('SECRET');
});

const testIfCertified = canCertify || process.env.CI ? test : test.skip;
if (!canCertify) process.stderr.write('Without openssl, tests of encrypted channels are skipped.\n');

testIfCertified('Slack by HTTPS, through a proxy', async () => {
  const tls = certificate(folder, ['hooks.slack.test']);
  const slack = await HttpSink.open(tls);
  // Wherever one wants to go, one ends at this test.
  const asked: string[] = [];
  const proxy = createServer().on('connect', (request, client) => {
    asked.push(request.url ?? '');
    const onward = connect(slack.port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(client).pipe(onward);
    });
    onward.on('error', () => client.destroy());
    client.on('error', () => onward.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  Object.assign(process.env, { NODE_EXTRA_CA_CERTS: tls.file, HTTPS_PROXY: `http://127.0.0.1:${port}` });
  try {
    const large = ['--since', 'all', '--min-revenue-at-risk', '300', '--quiet'];
    await succeeds(...alert('--alert', 'slack:https://hooks.slack.test/services/SECRET', ...large));
  } finally {
    delete process.env.NODE_EXTRA_CA_CERTS;
    delete process.env.HTTPS_PROXY;
    proxy.close();
    await slack.close();
  }
  expect(new Set(asked)).toEqual(new Set(['hooks.slack.test:443']));
  expect(slack.posted.length).toBeGreaterThan(2);
  expect(JSON.parse(slack.posted[0].body).text).toMatch(/^(Drop|Spike): /);
});

testIfCertified.each([
  ['smtps', true],
  ['smtp', false],
])('mail by %s, encrypted, with a password', async (scheme, secure) => {
  const { key, cert, file } = certificate(folder, ['localhost']);
  const mails: { raw: string; secure: boolean; user: unknown }[] = [];
  const server = new SMTPServer({
    ...{ key, cert, secure },
    onAuth: ({ username, password }, _session, done) =>
      password === 'pass word' ? done(null, { user: username ?? '' }) : done(new Error('no')),
    onData: (stream, session, done) => {
      let raw = '';
      stream.on('data', (chunk) => {
        raw += chunk;
      });
      stream.on('end', () => {
        mails.push({ raw, secure: session.secure, user: session.user });
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  Object.assign(process.env, { NODE_EXTRA_CA_CERTS: file, FUNNELPULSE_SMTP_PASSWORD: 'pass word' });
  try {
    const address = `${scheme}://shop%40example.org@localhost:${port}/?to=ops@example.org`;
    await succeeds(...alert('--alert', `email:${address}`, '--since', 'all', '--limit', '1', '--quiet'));
  } finally {
    delete process.env.NODE_EXTRA_CA_CERTS;
    delete process.env.FUNNELPULSE_SMTP_PASSWORD;
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
  expect(mails).toMatchObject([{ secure: true, user: 'shop@example.org' }]);
  expect(mails[0].raw).toMatch(/^Subject: \d+ alerts, the largest of them /m);
  expect(mails[0].raw).toMatch(/^From: shop@example\.org\r?$/m);
});

test.each([
  [[], /--alert is missing: say where to tell, or --dry-run to print/],
  [['--alert', 'slack:http://example.org/SECRET'], /--alert slack:…: an address that begins with https:/],
  [['--alert', 'teams:https://example.org/SECRET'], /--alert: slack:https.* was expected/],
  [
    ['--alert', 'slack:env:FUNNELPULSE_NOT_THERE'],
    /the environment variable FUNNELPULSE_NOT_THERE is not set/,
  ],
  [['--dry-run', '--since', 'June'], /--since June: a day or a time like 2026-01-31/],
  [['--dry-run', '--until', '2026-02-30'], /--until 2026-02-30: a day like 2026-01-31/],
  [['--dry-run', '--min-revenue-at-risk', '-5'], /--min-revenue-at-risk -5: an amount like 500/],
  [['--dry-run', '--limit', '0'], /--limit 0: a whole number from 1 to 1000/],
  [['--dry-run', '--memory', 'FOLDER/text'], /cannot read .*text: it is no memory of alerts/],
  [
    ['--alert', 'webhook:https://127.0.0.1/', '--memory', 'FOLDER/no/x'],
    /cannot write .*no such file or directory/,
  ],
  [['--dry-run', '--from', 'duckdb:FOLDER/none.duckdb'], /cannot read .*none.duckdb: no such file/],
])('%j is one message', async (args, message) => {
  writeFileSync(join(folder, 'text'), 'x');
  const from = args.includes('--from') ? [] : ['--from', `duckdb:${output}`];
  const given = ['alert', ...from, ...args.map((arg) => arg.replace('FOLDER', folder))];
  const { code, stdout, stderr } = await start(given).ended;
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd()).not.toContain('\n');
  expect(stderr).not.toContain('SECRET');
  expect(readdirSync(folder).filter((name) => name.endsWith('.lock') || name.startsWith('.'))).toEqual([]);
});

test('alerts of a run over files come after it', async () => {
  const args = ['run', '--input', join(folder, 'shop.csv'), '--output', `duckdb:${join(folder, 'x.duckdb')}`];
  const { code, stderr } = await start([...args, '--alert', 'webhook:https://127.0.0.1/']).ended;
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /--alert tells of a stream while it runs. After a run over files: funnelpulse alert --from duckdb:/,
  );
});
