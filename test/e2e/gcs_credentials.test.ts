/** Cloud Storage as Google serves it, as far as the way there goes: TLS, an account's credentials, a proxy. The addresses are Google's, and end at servers of this test. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canCertify, certificate } from '../emulators/certificate';
import { describeWithGcs, makeBucket, upload } from '../emulators/gcs';
import { tableTexts } from '../io/table_texts';
import { type Outcome, SAMPLE, start } from './product';

const STORAGE = 'storage.googleapis.com';
/** Where an account's refresh token is exchanged for one that requests carry. */
const TOKENS = 'oauth2.googleapis.com';
const TOKEN = 'ya29.a-secret-that-nobody-may-see';

if (!canCertify)
  process.stderr.write(
    'Without openssl, which makes a certificate for them, tests of credentials are skipped.\n',
  );
const describeIfCertified: typeof describeWithGcs =
  canCertify || process.env.CI
    ? describeWithGcs
    : (name, body) => describe.skip(name, () => body(() => undefined as never));

describeIfCertified('run over gs:// with credentials', (server) => {
  let folder: string;
  let proxy: Server;
  let google: Server;
  /** What was asked of the storage service. */
  let asked: { readonly url: string; readonly headers: IncomingMessage['headers'] }[];
  /** Hosts to which the proxy was asked for a way. */
  const ways: string[] = [];
  const sockets = new Set<Socket>();
  let decide: (url: string, answer: ServerResponse) => boolean;
  const environment = { ...process.env };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'funnelpulse-credentials-'));
    await upload(await makeBucket('shop'), { 'events.csv': readFileSync(SAMPLE) });
    const { key, cert, file } = certificate(folder, [STORAGE, TOKENS]);
    google = createTlsServer({ key, cert }, (incoming, answer) => {
      if (incoming.headers.host === TOKENS) {
        answer.writeHead(200, { 'content-type': 'application/json' });
        answer.end(JSON.stringify({ access_token: TOKEN, expires_in: 3600, token_type: 'Bearer' }));
        return;
      }
      const { url, headers, method } = incoming;
      asked.push({ url: url!, headers });
      if (decide(url!, answer)) return;
      const { hostname, port } = new URL(server().endpoint);
      incoming.pipe(
        request({ hostname, port, path: url, method, headers }, (response) => {
          answer.writeHead(response.statusCode!, response.headers);
          response.pipe(answer);
        }),
      );
    });
    google.listen(0, '127.0.0.1');
    proxy = createServer().on('connect', ({ url }: IncomingMessage, socket: Socket) => {
      ways.push(url!);
      const there = connect((google.address() as AddressInfo).port, '127.0.0.1');
      for (const each of [socket, there]) sockets.add(each.on('error', () => {}));
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(there).pipe(socket);
    });
    proxy.listen(0, '127.0.0.1');
    await Promise.all([once(google, 'listening'), once(proxy, 'listening')]);
    const account = join(folder, 'account.json');
    const secrets = { client_id: 'id', client_secret: 'secret', refresh_token: 'refresh' };
    writeFileSync(
      account,
      JSON.stringify({ type: 'authorized_user', ...secrets, quota_project_id: 'payer' }),
    );
    delete process.env.STORAGE_EMULATOR_HOST;
    Object.assign(process.env, {
      GOOGLE_APPLICATION_CREDENTIALS: account,
      GOOGLE_CLOUD_PROJECT: 'shop',
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      NODE_EXTRA_CA_CERTS: file,
      METADATA_SERVER_DETECTION: 'none',
    });
  });
  beforeEach(() => {
    asked = [];
    decide = () => false;
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
    google.close();
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
    rmSync(folder, { recursive: true, force: true });
  });

  const output = () => join(folder, 'funnel.duckdb');
  const run = (input: string, into = output()): Promise<Outcome> =>
    start(['run', '--input', input, '--output', `duckdb:${into}`, '--now', '2026-01-01T00:00:00Z', '--quiet'])
      .ended;

  test('every request carries them, and goes by the proxy', async () => {
    expect(await run(`gs://shop/events.csv`)).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    const media = asked.filter(({ url }) => url.includes('alt=media'));
    expect(media.length).toBeGreaterThan(1);
    expect(asked.length).toBeGreaterThan(media.length);
    for (const { headers } of asked)
      expect(headers).toMatchObject({
        host: STORAGE,
        authorization: `Bearer ${TOKEN}`,
        'x-goog-user-project': 'payer',
      });
    expect(new Set(ways)).toEqual(new Set([`${STORAGE}:443`, `${TOKENS}:443`]));
    const local = join(folder, 'local.duckdb');
    expect(await run(SAMPLE, local)).toMatchObject({ code: 0 });
    const [found, expected] = await Promise.all(
      [output(), local].map((file) => tableTexts(file, ['source'])),
    );
    expect({ ...found, runs: [] }).toEqual({ ...expected, runs: [] });
  });

  test.each([
    [403, /no permission \(not you\)\. The account needs the role/],
    [400, /Cloud Storage refuses it \(400: not you\)/],
    [307, /the answer is a redirection \(307: it points to elsewhere\.example\), which is not followed/],
  ])('nobody else sees them where the answer is %d', async (status, said) => {
    ways.length = 0;
    decide = (url, answer) => {
      if (!url.includes('alt=media')) return false;
      answer.writeHead(status, { location: 'https://elsewhere.example/x' });
      answer.end(JSON.stringify({ error: { message: 'not you' } }));
      return true;
    };
    const { code, stdout, stderr } = await run('gs://shop/events.csv');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(said);
    expect(stderr).not.toMatch(/ya29|refresh|authorization/i);
    expect(new Set(ways)).toEqual(new Set([`${STORAGE}:443`, `${TOKENS}:443`]));
  });
});
