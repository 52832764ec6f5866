/** Mail over real SMTP: what arrives is what was meant, whatever the data hold; and what is made of servers that fail. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { alertChannels } from '../../../io/alerts/destination';
import { emailChannel, mailOf } from '../../../io/alerts/email';
import { canCertify, certificate } from '../../emulators/certificate';
import { freePort } from '../../emulators/pubsub';
import { HOSTILE, messageOf, never } from './messages';

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly secure: boolean;
  readonly user: string | null;
}

let mails: Mail[];
let server: SMTPServer | null;
beforeEach(() => {
  mails = [];
  server = null;
});
afterEach(async () => {
  const closing = server;
  if (closing !== null) await new Promise<void>((resolve) => closing.close(() => resolve()));
});

/** Starts a mail server; returns its port. */
async function listen(options: SMTPServerOptions = {}): Promise<number> {
  const started = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('utf8'),
          secure: session.secure,
          user: (session.user as unknown as string) ?? null,
        });
        done();
      });
    },
    ...options,
  });
  server = started;
  started.on('error', () => {});
  started.listen(0, '127.0.0.1');
  await once(started.server, 'listening');
  return (started.server.address() as AddressInfo).port;
}

const ADDRESSES = 'from=shop@example.org&to=ops@example.org&to=night@example.org';

function channel(port: number, scheme = 'smtp', user = '', env: Record<string, string> = {}) {
  return alertChannels('alert', [`email:${scheme}://${user}127.0.0.1:${port}/?${ADDRESSES}`], env)[0];
}

/** Headers of a mail, unfolded, names in lower case. */
function headersOf({ raw }: Mail): [string, string][] {
  return raw
    .slice(0, raw.indexOf('\r\n\r\n'))
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]);
}

test('a mail with text and HTML, from and to whom it was said, with an id that stays', async () => {
  const email = channel(await listen());
  expect(await email.send(messageOf(), never)).toEqual({ outcome: 'sent' });
  expect(await email.send(messageOf(), never)).toEqual({ outcome: 'sent' });
  const [mail, again] = mails;
  expect(mail).toMatchObject({ from: 'shop@example.org', to: ['ops@example.org', 'night@example.org'] });
  const headers = Object.fromEntries(headersOf(mail));
  expect(headers).toMatchObject({
    from: 'shop@example.org',
    to: 'ops@example.org, night@example.org',
    subject: 'Drop: velmora sold less than expected for 3 hours',
    'auto-submitted': 'auto-generated',
  });
  expect(headers['message-id']).toMatch(/^<[0-9a-f]{32}@example\.org>$/);
  expect(Object.fromEntries(headersOf(again))['message-id']).toBe(headers['message-id']);
  expect(mail.raw).toMatch(/multipart\/alternative/);
  expect(mail.raw).toMatch(/text\/plain; charset=utf-8/);
  expect(mail.raw).toMatch(/text\/html; charset=utf-8/);
  expect(mail.raw).toContain('Revenue at risk');
});

test('what is said later about the same episode is an answer to the first', () => {
  const first = mailOf(messageOf(), 'shop@example.org');
  const later = mailOf(messageOf({}, { kind: 'worsened', number: 2 }), 'shop@example.org');
  expect(later.messageId).not.toBe(first.messageId);
  expect(later).toMatchObject({ inReplyTo: first.messageId, references: [first.messageId] });
});

test.each(HOSTILE.map((brand) => [brand.slice(0, 40), brand]))(
  'the brand %j ends no header and means nothing in HTML',
  async (_, brand) => {
    const email = channel(await listen());
    expect(await email.send(messageOf({ brand }), never)).toEqual({ outcome: 'sent' });
    const [mail] = mails;
    expect(mail.to).toEqual(['ops@example.org', 'night@example.org']);
    const names = headersOf(mail).map(([name]) => name);
    expect(names.sort()).toEqual(
      [
        ...['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to'],
      ].sort(),
    );
    const { html, subject } = mailOf(messageOf({ brand }), 'shop@example.org');
    expect(html).not.toMatch(/<script|<!channel|<@/);
    expect(`${html}${subject}`).not.toMatch(/\p{Surrogate}|\p{Cc}|\u202e/u);
    expect(subject.length).toBeLessThan(200);
  },
);

const AUTH: SMTPServerOptions = {
  authOptional: false,
  disabledCommands: [],
  hideSTARTTLS: true,
  allowInsecureAuth: true,
  onAuth: ({ username, password }, _session, done) =>
    password === 'right' ? done(null, { user: username ?? '' }) : done(new Error('no such user or password')),
};

test('user and password', async () => {
  const port = await listen(AUTH);
  const user = 'shop%40example.org@';
  const good = channel(port, 'smtp', user, { FUNNELPULSE_SMTP_PASSWORD: 'right' });
  expect(await good.send(messageOf(), never)).toEqual({ outcome: 'sent' });
  expect(mails[0].user).toBe('shop@example.org');
  const bad = channel(port, 'smtp', user, { FUNNELPULSE_SMTP_PASSWORD: 'wrong' });
  expect(await bad.send(messageOf(), never)).toEqual({
    ...{ outcome: 'refused', reason: 'it did not take the user and the password (535)' },
  });
});

test('a server elsewhere that offers no encryption gets nothing', async () => {
  const port = await listen();
  // The name is another machine's to who doesn't ask for its address.
  const mailbox = { host: '0.0.0.0', port, encrypted: false, user: null, password: null };
  const email = emailChannel('email', { ...mailbox, from: 'a@example.org', to: ['b@example.org'] });
  const delivery = await email.send(messageOf(), never);
  expect(delivery).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(/STARTTLS/) });
  expect(mails).toEqual([]);
});

const testIfCertified = canCertify || process.env.CI ? test : test.skip;

testIfCertified('a certificate that nobody vouches for is not taken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'funnelpulse-mail-'));
  const port = await listen({ secure: true, ...certificate(folder, ['localhost']) });
  rmSync(folder, { recursive: true });
  const delivery = await channel(port, 'smtps').send(messageOf(), never);
  expect(delivery).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/certificate/) });
  expect(mails).toEqual([]);
});

test('a server that is full for now is tried again; one that refuses is not', async () => {
  let code = 451;
  const port = await listen({
    onRcptTo: (_address, _session, done) =>
      done(Object.assign(new Error('mailbox SECRET is not to be named'), { responseCode: code })),
  });
  expect(await channel(port).send(messageOf(), never)).toEqual({
    ...{ outcome: 'failed', reason: 'it answered 451', afterMs: null },
  });
  code = 550;
  expect(await channel(port).send(messageOf(), never)).toEqual({
    ...{ outcome: 'refused', reason: 'it answered 550' },
  });
});

test('where nobody listens, and who hangs up', async () => {
  expect(await channel(await freePort()).send(messageOf(), never)).toEqual({
    ...{ outcome: 'failed', reason: 'nobody listens there', afterMs: null },
  });
  const rude = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(rude, 'listening');
  const delivery = await channel((rude.address() as AddressInfo).port).send(messageOf(), never);
  rude.close();
  expect(delivery).toMatchObject({ outcome: 'failed' });
});

test('one who never says a word is not waited for when the run ends', async () => {
  const mute = createServer(() => {}).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const stop = new AbortController();
  const email = channel((mute.address() as AddressInfo).port);
  const sending = email.send(messageOf(), stop.signal);
  await once(mute, 'connection');
  stop.abort();
  expect(await sending).toMatchObject({ outcome: 'failed' });
  email.close();
  mute.close();
});
