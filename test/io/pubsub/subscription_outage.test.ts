/** What the source says where a subscription can't be read, and what it does when the service goes away and comes back: the emulator is stopped and started. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { InputError } from '../../../io/input_error';
import { describeWithPubsub, freePort } from '../../emulators/pubsub';
import { numbersIn, pullAll, pullFor, TestSubscription, until, upTo } from './test_subscription';

// The watermark goes by the clock: a machine that stands still for seconds can spoil a run, but not two.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

/** The error of opening a source, and how long it took. */
async function refusal(source: { open(mark: null): Promise<void> }): Promise<{ error: Error; ms: number }> {
  const start = performance.now();
  const error = await source.open(null).then(
    () => new Error('It was opened'),
    (reason: Error) => reason,
  );
  return { error, ms: performance.now() - start };
}

/** The port of a server that is told of each stream of a gRPC client. */
async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describeWithPubsub('a subscription that can’t be read', () => {
  let subscription: TestSubscription;
  let host: string | undefined;
  beforeEach(async () => {
    subscription = await TestSubscription.create();
    host = process.env.PUBSUB_EMULATOR_HOST;
  });
  afterEach(async () => {
    process.env.PUBSUB_EMULATOR_HOST = host;
    await subscription.close();
  });

  test('one that does not exist', async () => {
    const name = 'projects/funnelpulse-test/subscriptions/nobody-made-it';
    const { error } = await refusal(subscription.source({ subscription: name }));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toBe(
      `There is no subscription ${name} on the emulator at ${host}. Correct its name, or create it: gcloud pubsub subscriptions create nobody-made-it --topic=TOPIC --project=funnelpulse-test`,
    );
  });

  test('a name that is none', async () => {
    const { error } = await refusal(subscription.source({ subscription: 'my-subscription' }));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain('projects/PROJECT/subscriptions/SUBSCRIPTION');
  });

  test('an emulator that is down', async () => {
    process.env.PUBSUB_EMULATOR_HOST = `127.0.0.1:${await freePort()}`;
    const { error, ms } = await refusal(subscription.source());
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(
      /^The Pub\/Sub emulator at 127.0.0.1:\d+ does not answer .* Start it: gcloud/,
    );
    expect(ms).toBeLessThan(10_000);
  });

  test('a service that takes calls and never answers', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket));
    process.env.PUBSUB_EMULATOR_HOST = `127.0.0.1:${await listen(server)}`;
    const { error, ms } = await refusal(subscription.source());
    for (const socket of sockets) socket.destroy();
    server.close();
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain('does not answer');
    expect(ms).toBeLessThan(10_500);
  });

  test.each([
    ['no permission', 7, 'The account needs the role roles/pubsub.subscriber on it.'],
    ['credentials that are refused', 16, 'gcloud auth application-default login'],
    ['a push subscription', 9, 'It has to be a pull subscription.'],
  ])('%s', async (_what, code, advice) => {
    // The emulator knows no permissions: a server that gives the answer in its place.
    const server = createHttp2Server();
    server.on('stream', (stream) => {
      const headers = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': String(code) };
      stream.respond({ ...headers, 'grpc-message': 'because' }, { endStream: true });
    });
    process.env.PUBSUB_EMULATOR_HOST = `127.0.0.1:${await listen(server)}`;
    const source = subscription.source();
    const { error, ms } = await refusal(source);
    server.close();
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(advice);
    expect(error.message).toContain('because');
    expect(ms).toBeLessThan(5000);
  });

  test('no credentials', async () => {
    delete process.env.PUBSUB_EMULATOR_HOST;
    const named = process.env.GOOGLE_APPLICATION_CREDENTIALS;
    process.env.GOOGLE_APPLICATION_CREDENTIALS = '/nowhere/key.json';
    const { error, ms } = await refusal(subscription.source());
    if (named === undefined) delete process.env.GOOGLE_APPLICATION_CREDENTIALS;
    else process.env.GOOGLE_APPLICATION_CREDENTIALS = named;
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(/^No credentials for Google Cloud .*gcloud auth application-default login/);
    expect(ms).toBeLessThan(10_000);
  });
});

describeWithPubsub('a service that goes away', (emulator) => {
  let subscription: TestSubscription;
  const told: (string | null)[] = [];
  const onOutage = (outage: { message: string } | null) => told.push(outage?.message ?? null);
  beforeEach(async () => {
    told.length = 0;
    subscription = await TestSubscription.create();
  });
  afterEach(() => subscription.close());

  /** Makes what the emulator has forgotten, and waits until the source hears it. */
  async function comeBack(): Promise<void> {
    await emulator().startAgain();
    await subscription.createAgain();
    await until(() => told.at(-1) === null);
  }

  test('and comes back: it is told, and messages come again', async () => {
    const source = subscription.source({ onOutage });
    await source.open(null);
    await subscription.publishNumbers(100);
    await pullAll(source, 100);
    const stopped = Date.now();
    await emulator().stop();
    await until(() => told.length > 0);
    expect(Date.now() - stopped).toBeLessThan(5000);
    expect(told[0]).toMatch(/^The Pub\/Sub emulator at .* does not answer/);
    expect(await pullFor(source, 3000)).toEqual([]);
    await comeBack();
    expect(source.statistics.outages).toBe(1);
    await subscription.publishNumbers(100, 100);
    expect(numbersIn(await pullAll(source, 100))).toEqual(upTo(100, 100));
  });

  test('an emulator that gives old ack ids to new messages: acks of the old ones don’t count for these', async () => {
    const source = subscription.source({ onOutage });
    await source.open(null);
    await subscription.publishNumbers(100);
    await pullAll(source, 100);
    const mark = source.mark();
    await emulator().stop();
    await until(() => told.length > 0);
    await comeBack();
    await subscription.publishNumbers(100, 100);
    await pullAll(source, 100);
    await source.finalise(mark);
    await source.close();
    const next = subscription.source();
    await next.open(null);
    expect(numbersIn(await pullAll(next, 100))).toEqual(upTo(100, 100));
  });

  test('a subscription that is made anew within half a minute is read on', async () => {
    const source = subscription.source({ onOutage });
    await source.open(null);
    await subscription.delete();
    await until(() => told.length > 0);
    expect(told[0]).toMatch(/^There is no subscription/);
    expect(await pullFor(source, 2000)).toEqual([]);
    await subscription.subscribe();
    await until(() => told.at(-1) === null);
    await subscription.publishNumbers(100);
    expect(numbersIn(await pullAll(source, 100))).toEqual(upTo(100));
  });

  test('a run can end while it is away, soon', async () => {
    const source = subscription.source({ onOutage });
    await source.open(null);
    await subscription.publishNumbers(100);
    await pullAll(source, 100);
    await emulator().stop();
    await until(() => told.length > 0);
    await source.finalise(source.mark());
    const start = performance.now();
    await source.close();
    expect(performance.now() - start).toBeLessThan(5000);
    await emulator().startAgain();
  });

  test('a subscription that stays deleted ends the run with one clear error', async () => {
    const source = subscription.source({ onOutage });
    await source.open(null);
    await subscription.delete();
    const error = await pullFor(source, 60_000).catch((reason) => reason);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(/^There is no subscription/);
    await expect(source.pull(1, 10)).rejects.toBe(error);
  });

  test('a run that is killed gives its messages back when their leases run out', async () => {
    await subscription.publishNumbers(500);
    const script = join(__dirname, 'pull_and_hang.js');
    const child: ChildProcess = spawn(process.execPath, [script, subscription.name, '500', '10'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: process.env,
    });
    const ended = once(child, 'exit');
    expect(String(await Promise.race([once(child.stdout!, 'data'), ended]))).toBe('pulled');
    child.kill('SIGKILL');
    await ended;
    const source = subscription.source();
    await source.open(null);
    expect(await pullFor(source, 1000)).toEqual([]);
    // The emulator goes on giving messages to the streams of the killed one, too, for a lease each time.
    expect(numbersIn(await pullAll(source, 500, 180_000))).toEqual(upTo(500));
  }, 240_000);
});
