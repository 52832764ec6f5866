/** Slack and webhooks over real connections: what arrives, and what is made of every answer. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { alertChannels } from '../../../io/alerts/destination';
import { post, retryAfter } from '../../../io/alerts/post';
import { slackMessage } from '../../../io/alerts/slack';
import { webhookMessage } from '../../../io/alerts/webhook';
import type { Delivery } from '../../../schema/alert';
import { canCertify, certificate } from '../../emulators/certificate';
import { type Answer, answering, HttpSink } from '../../emulators/http_sink';
import { freePort } from '../../emulators/pubsub';
import { digestOf, HOSTILE, messageOf, never } from './messages';

let sink: HttpSink;
beforeEach(async () => {
  sink = await HttpSink.open();
});
afterEach(() => sink.close());

function channel(kind: 'slack' | 'webhook', env: Record<string, string> = {}) {
  return alertChannels('alert', [`${kind}:${sink.url}`], env)[0];
}

test('a webhook gets JSON of a version, with the id in its headers', async () => {
  expect(await channel('webhook').send(messageOf(), never)).toEqual({ outcome: 'sent' });
  const [{ path, headers, body }] = sink.posted;
  expect(path).toBe('/hook/SECRET');
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'idempotency-key': 'memory-1-1',
    'webhook-id': 'memory-1-1',
  });
  expect(headers['webhook-signature']).toBeUndefined();
  expect(JSON.parse(body)).toEqual({
    version: 1,
    id: 'memory-1-1',
    output: 'out/live.duckdb',
    written_at: '2026-02-02T02:40:00.000Z',
    omitted: 0,
    alerts: [
      {
        kind: 'detected',
        number: 1,
        episode: {
          ...{ id: 'memory-1', status: 'open', brand: 'velmora', detector: 'zscore', type: 'drop' },
          ...{ from: '2026-01-31T22:00:00.000Z', to: '2026-02-01T01:00:00.000Z', anomalous_hours: 3 },
          ...{ views: 1200, purchases: 6, expected_purchases: 60.04, revenue_at_risk: '1234.5678' },
          ...{ z: -3.4, since: { hours: 0, views: 0, purchases: 0 } },
        },
      },
    ],
  });
});

test('the documented message is one as it is sent', () => {
  const documentation = readFileSync(join(__dirname, '../../../docs/alerts.md'), 'utf8');
  const [, example] = /```json\n([\s\S]*?)```/.exec(documentation) ?? [];
  const { id, written_at } = JSON.parse(example);
  const { statements } = messageOf({ id: id.replace(/-1$/, '') });
  const message = {
    ...messageOf(),
    id,
    output: 'duckdb:live.duckdb',
    at: Date.parse(written_at),
    statements,
  };
  expect(JSON.parse(example)).toEqual(webhookMessage(message));
});

test.each([
  ['whsec_c2VjcmV0IQ==', Buffer.from('secret!')],
  ['any text', Buffer.from('any text')],
])('with the secret %s it is signed as Standard Webhooks say', async (secret, key) => {
  await channel('webhook', { FUNNELPULSE_WEBHOOK_SECRET: secret }).send(messageOf(), never);
  const [{ headers, body }] = sink.posted;
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = createHmac('sha256', key).update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${expected}`);
  expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(30);
});

test('any brand comes through a webhook as text', async () => {
  for (const brand of HOSTILE) {
    await channel('webhook').send(messageOf({ brand }), never);
    const { body } = sink.posted[sink.posted.length - 1];
    expect(JSON.parse(body).alerts[0].episode.brand).toBe(brand.replace(/\p{Surrogate}/gu, '\ufffd'));
    expect(body).not.toMatch(/\\ud[89a-f]/i);
  }
});

test('Slack gets blocks and a text for notifications', async () => {
  await channel('slack').send(messageOf(), never);
  const { text, blocks } = JSON.parse(sink.posted[0].body);
  expect(text).toBe('Drop: `velmora` sold less than expected for 3 hours');
  expect(blocks.map(({ type }: { type: string }) => type)).toEqual(['section', 'context']);
  expect(blocks[0].text.text).toBe('*Drop:* `velmora` *sold less than expected for 3 hours*');
  expect(blocks[0].fields.map((field: { text: string }) => field.text)).toEqual([
    '*Time*\n31 Jan 2026, 22:00 to 1 Feb 2026, 01:00 UTC',
    '*Anomalous*\n3 hours',
    '*Conversion*\n0.5% (6 of 1,200 views)',
    '*Expected*\n5.0% (60.0 of 1,200 views)',
    '*Largest deviation*\n−3.4 standard deviations',
    '*Revenue at risk*\n1,234.57',
  ]);
});

test.each([
  ['worsened', 'open', 'Drop, worse: `velmora` still sells less than expected, 3 hours so far'],
  ['reopened', 'open', 'Drop, again: `velmora` sold less than expected after all, 3 hours so far'],
  ['recovered', 'recovered', 'Recovered: `velmora` sells as usual again, after 3 hours'],
  ['retracted', 'retracted', 'Taken back: `velmora` sold as usual after all; later data explain the drop'],
] as const)('what %s says', (kind, status, text) => {
  expect(slackMessage(messageOf({ status }, { kind, number: 2 }))).toMatchObject({ text });
});

/** Texts of a message that Slack would interpret. */
function markedTexts(message: object): string[] {
  const found: string[] = [];
  const visit = (value: unknown, key = ''): void => {
    if (typeof value === 'string' && key === 'text') found.push(value);
    else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) visit(inner, name);
  };
  visit(message);
  return found;
}

test('no name means anything to Slack, whatever it is, and none is too long for it', () => {
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' })), (brand) => {
      for (const text of markedTexts(slackMessage(messageOf({ brand })))) {
        expect(text).not.toMatch(/[<>]|&(?!(amp|lt|gt);)/);
        expect(text.split('`').length - 1 === 2 || !text.includes('`')).toBe(true);
        expect(text).not.toMatch(/\p{Surrogate}|(?!\n)\p{Cc}/u);
        expect(text.length).toBeLessThan(1000);
      }
    }),
  );
});

test('a digest is within what Slack takes, and says how many it leaves out', () => {
  const { text, blocks } = slackMessage(digestOf(100, 5)) as { text: string; blocks: { text?: object }[] };
  expect(text).toBe('105 alerts, the largest of them drop of `brand 1`');
  expect(blocks).toHaveLength(22);
  expect(blocks[20].text).toMatchObject({ text: 'And 85 more.' });
});

test.each<[number, Record<string, string>, Partial<Delivery>]>([
  [204, {}, { outcome: 'sent' }],
  [500, {}, { outcome: 'failed', reason: 'it answered 500 Internal Server Error', afterMs: null }],
  [503, { 'retry-after': '7' }, { outcome: 'failed', afterMs: 7000 }],
  [
    429,
    { 'retry-after': '2' },
    { outcome: 'failed', reason: 'it answered 429 Too Many Requests', afterMs: 2000 },
  ],
  [429, { 'retry-after': 'soon' }, { outcome: 'failed', afterMs: null }],
  [408, {}, { outcome: 'failed' }],
  [400, {}, { outcome: 'refused', reason: 'it answered 400 Bad Request' }],
  [404, { 'retry-after': '1' }, { outcome: 'refused', reason: 'it answered 404 Not Found' }],
  [302, { location: 'http://127.0.0.1:1/' }, { outcome: 'refused' }],
])('the answer %d %j', async (status, headers, expected) => {
  sink.answers.push(answering(status, headers));
  const delivery = await channel('slack').send(messageOf(), never);
  expect(delivery).toMatchObject(expected);
  expect(JSON.stringify(delivery)).not.toContain('SECRET');
  expect(sink.posted).toHaveLength(1);
});

test('a date in Retry-After is a time from now', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(retryAfter('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(60_000);
  expect(retryAfter('Wed, 31 Dec 2025 00:01:00 GMT', now)).toBe(0);
  expect(retryAfter(undefined, now)).toBeNull();
});

const silent: Answer = () => {};
const endless: Answer = (response) => {
  response.writeHead(200);
  const more = setInterval(() => response.write('x'.repeat(10_000)), 1);
  response.on('close', () => clearInterval(more));
};
const cut: Answer = (response) => response.destroy();

test('who does not answer, talks without end or hangs up', async () => {
  sink.answers.push(silent, endless, cut);
  const send = () => post(new URL(sink.url), { headers: {}, body: '{}', signal: never, withinMs: 500 });
  expect(await send()).toEqual({ outcome: 'failed', reason: 'no answer within 0.5 s', afterMs: null });
  expect(await send()).toEqual({ outcome: 'sent' });
  expect(await send()).toEqual({ outcome: 'failed', reason: 'the connection was cut', afterMs: null });
});

test('where nobody listens, or somebody who speaks no HTTP', async () => {
  const port = await freePort();
  const [refused] = alertChannels('alert', [`slack:http://localhost:${port}/SECRET`], {});
  expect(await refused.send(messageOf(), never)).toEqual({
    ...{ outcome: 'failed', reason: 'nobody listens there', afterMs: null },
  });
  const babbling = createServer((socket) => socket.end('nonsense\r\n\r\n')).listen(0, '127.0.0.1');
  await once(babbling, 'listening');
  const { port: other } = babbling.address() as { port: number };
  const delivery = await post(new URL(`http://127.0.0.1:${other}/SECRET`), {
    headers: {},
    body: '',
    signal: never,
  });
  babbling.close();
  expect(delivery).toMatchObject({ outcome: 'failed' });
  expect(JSON.stringify(delivery)).not.toContain('SECRET');
});

const testIfCertified = canCertify || process.env.CI ? test : test.skip;

testIfCertified('a certificate that nobody vouches for is not taken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'funnelpulse-posting-'));
  const encrypted = await HttpSink.open(certificate(folder, ['localhost']));
  const url = new URL(`https://localhost:${encrypted.port}/SECRET`);
  const delivery = await post(url, { headers: {}, body: '{}', signal: never });
  await encrypted.close();
  rmSync(folder, { recursive: true });
  expect(delivery).toMatchObject({ outcome: 'failed', reason: 'its certificate is one that it made itself' });
  expect(encrypted.posted).toEqual([]);
});

test('an answer that nobody waits for any more', async () => {
  sink.answers.push(silent);
  const stop = new AbortController();
  const sending = channel('webhook').send(messageOf(), stop.signal);
  await sink.received(1);
  stop.abort();
  expect(await sending).toMatchObject({ outcome: 'failed' });
});

test.each([
  ['mattermost:https://x', /^--alert: slack:https.*KIND:env:NAME was expected/],
  ['slack:hooks.slack.com/SECRET', /^--alert slack:…: an address like slack:https/],
  ['slack:http://example.org/SECRET', /^--alert slack:…: an address that begins with https/],
  ['webhook:http://127.0.0.1.example.org/SECRET', /https:\/\/ was expected/],
  ['webhook:ftp://127.0.0.1/SECRET', /https:\/\/ was expected/],
  ['webhook:https://user:SECRET@example.org/', /user and password can’t stand in the address/],
  ['slack:env:NOT_THERE', /^--alert slack:env:NOT_THERE: the environment variable NOT_THERE is not set/],
  ['slack:env:WRONG', /^--alert slack:env:WRONG: an address like/],
  ['email:smtps://a:SECRET@example.org/?to=a@b.c', /FUNNELPULSE_SMTP_PASSWORD/],
  ['email:smtps://a@example.org/?to=a@b.c', /a user was named and no password/],
  ['email:https://example.org/?from=a@b.c&to=a@b.c', /smtps:\/\/ was expected/],
  ['email:smtps://example.org/?to=a@b.c', /one \?from=ADDRESS and at least one &to=ADDRESS/],
  ['email:smtps://example.org/?from=a@b.c&to=a@b.c%0d%0aBcc:x@y.z', /each like shop@example.org/],
  ['email:smtps://example.org/?from=a@b.c&to=a@b.c&bcc=x@y.z', /only \?from=ADDRESS&to=ADDRESS/],
])('%s is refused in words that keep the secret', (text, message) => {
  const attempt = () => alertChannels('alert', [text], { WRONG: 'SECRET' });
  expect(attempt).toThrow(message);
  expect(attempt).not.toThrow(/SECRET/);
});

test('an address is given once, however it is given', () => {
  const twice = ['slack:env:A', 'webhook:https://hooks.example/SECRET', 'slack:https://hooks.example/SECRET'];
  const attempt = () => alertChannels('alert', twice, { A: 'https://hooks.example/SECRET' });
  expect(attempt).toThrow('--alert slack:… is given twice: give it once');
});

test('an address can come from the environment; the second of a kind has a number', () => {
  const named = alertChannels(
    'alert',
    ['slack:env:A', 'webhook:https://a.example', 'slack:https://b.example'],
    {
      A: ' https://hooks.example/SECRET ',
    },
  );
  expect(named.map(({ name }) => name)).toEqual(['slack', 'webhook', 'slack 2']);
});
