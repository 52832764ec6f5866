/** The source against the emulator. What happens in outages is in subscription_outage.test.ts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { InputError } from '../../../io/input_error';
import { END_OF_TIME, NO_WATERMARK } from '../../../io/pubsub/subscription_watermark';
import { describeWithPubsub } from '../../emulators/pubsub';
import {
  numbersIn,
  pullAll,
  pullFor,
  TestSubscription,
  timeOfNumber,
  until,
  upTo,
} from './test_subscription';
import { dataOf, decodeMessage } from './wire_message';

// The watermark goes by the clock: a machine that stands still for seconds can spoil a run, but not two.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

/** Long enough for the emulator to deliver again what it would. */
const LEASE = 10;

describeWithPubsub('a subscription as a source', () => {
  let subscription: TestSubscription;
  beforeEach(async () => {
    subscription = await TestSubscription.create();
  });
  afterEach(() => subscription.close());

  test('messages come with body, attributes and event time', async () => {
    await subscription.publish([
      { data: Buffer.from('body'), attributes: { event_time: '2019-10-01T12:00:00.123456Z', other: 'é' } },
    ]);
    const source = subscription.source();
    await source.open(null);
    const [{ value, timestamp }] = await pullAll(source, 1);
    const message = decodeMessage(value);
    expect(Buffer.from(message.data as Uint8Array).toString()).toBe('body');
    expect(message.attributes.other).toBe('é');
    expect(message.messageId).not.toBe('');
    expect(Number(message.publishTime!.seconds)).toBeGreaterThan(1_700_000_000);
    expect(timestamp).toBe(Date.parse('2019-10-01T12:00:00.123Z'));
  });

  test('the event time is the attribute’s, else the body’s, else the watermark', async () => {
    await subscription.publish([
      { data: Buffer.from('2000'), attributes: { event_time: '1000' } },
      { data: Buffer.from('2000'), attributes: { event_time: 'yesterday' } },
      { data: Buffer.from('2000'), attributes: { other: '1000' } },
      { data: Buffer.from('none'), attributes: { event_time: '' } },
    ]);
    const source = subscription.source({ eventTimeOf: (data) => Number(Buffer.from(data).toString()) });
    await source.open(null);
    const times = (await pullAll(source, 4)).map(({ timestamp }) => timestamp);
    expect(times.sort((a, b) => a - b)).toEqual([NO_WATERMARK, 1000, 2000, 2000]);
  });

  test('messages of 0 bytes, of 9 MiB and of bytes that are no text come as they are', async () => {
    const bodies = [Buffer.alloc(0), Buffer.alloc(9 << 20, 'x'), Buffer.from([0xff, 0xfe, 0, 0x80, 0xc3])];
    await subscription.publish(bodies.map((data) => ({ data })));
    const source = subscription.source();
    await source.open(null);
    const pulled = await pullAll(source, 3);
    const got = pulled.map(({ value }) => dataOf(value));
    got.sort((a, b) => a.length - b.length);
    expect(got.map((data) => data.length)).toEqual([0, 5, 9 << 20]);
    expect(got[1]).toEqual(bodies[2]);
    expect(got[2].equals(bodies[1])).toBe(true);
  });

  test('20,000 messages over ten streams come all, and once', async () => {
    const count = 20_000;
    await subscription.publishNumbers(count);
    const source = subscription.source();
    const start = Date.now();
    const cpu = process.cpuUsage();
    await source.open(null);
    const pulled = await pullAll(source, count);
    const seconds = (Date.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    process.stderr.write(
      `${Math.round(count / seconds)} messages a second, ${((user + system) / count).toFixed(1)} µs of CPU each\n`,
    );
    expect(numbersIn(pulled)).toEqual(upTo(count));
    expect(source.statistics).toMatchObject({ received: count, buffered: 0, unacked: count, acked: 0 });
  });

  test('two streams take different messages', async () => {
    await subscription.publishNumbers(3000);
    const source = subscription.source({ limits: { streams: 2 } });
    await source.open(null);
    expect(numbersIn(await pullAll(source, 3000))).toEqual(upTo(3000));
  });

  test('what is finalised is acked and does not come again; the rest comes all', async () => {
    await subscription.publishNumbers(1000);
    const first = subscription.source();
    await first.open(null);
    const before: number[] = [];
    while (before.length < 400) before.push(...numbersIn((await first.pull(100, 200)).elements));
    await first.finalise(first.mark());
    const after = numbersIn(await pullAll(first, 1000 - before.length));
    await first.close();
    expect(first.statistics).toMatchObject({ acked: before.length, refused: 0 });

    const second = subscription.source();
    await second.open(null);
    expect(numbersIn(await pullAll(second, after.length))).toEqual(after);
    expect(await pullFor(second, (LEASE + 2) * 1000)).toEqual([]);
  });

  test('what was pulled and not finalised comes again, all of it', async () => {
    await subscription.publishNumbers(500);
    const first = subscription.source();
    await first.open(null);
    await pullAll(first, 500);
    first.mark();
    await first.close();
    const second = subscription.source();
    await second.open(null);
    expect(numbersIn(await pullAll(second, 500))).toEqual(upTo(500));
  });

  test('what is published after a program has closed its source and ended comes to the next one, at once', async () => {
    await subscription.publishNumbers(10);
    const script = join(__dirname, 'pull_and_close.js');
    const child = spawn(process.execPath, [script, subscription.name, '10'], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: process.env,
    });
    expect(await once(child, 'exit')).toEqual([0, null]);
    await subscription.publishNumbers(100, 10);
    const next = subscription.source();
    await next.open(null);
    // Long before a lease runs out.
    expect(numbersIn(await pullAll(next, 100, 10_000))).toEqual(upTo(100, 10));
  });

  test('leases are extended for as long as it takes', async () => {
    await subscription.publishNumbers(300);
    const source = subscription.source({ limits: { leaseSeconds: LEASE } });
    await source.open(null);
    await pullAll(source, 300);
    expect(await pullFor(source, (2.5 * LEASE + 1) * 1000)).toEqual([]);
    expect(source.statistics).toMatchObject({ received: 300, unacked: 300 });
    await source.finalise(source.mark());
    await until(() => source.statistics.acked === 300);
  });

  test('acks are sent while messages come', async () => {
    const source = subscription.source();
    await source.open(null);
    for (let round = 0; round < 5; round++) {
      await subscription.publishNumbers(200, round * 200);
      expect(numbersIn(await pullAll(source, 200))).toEqual(upTo(200, round * 200));
      await source.finalise(source.mark());
      await until(() => source.statistics.acked === (round + 1) * 200);
    }
    expect(source.statistics).toMatchObject({ unacked: 0, refused: 0 });
  });

  test('a mark of another source acks nothing', async () => {
    await subscription.publishNumbers(100);
    const [other, source] = [subscription.source(), subscription.source()];
    await source.open(null);
    await pullAll(source, 100);
    await source.finalise(other.mark());
    await source.finalise(Buffer.from(JSON.stringify({ version: 1, source: 'another', given: 100 })));
    expect(source.statistics.unacked).toBe(100);
  });

  test('it stops pulling when its buffer is full, and goes on when that is taken', async () => {
    const count = 20_000;
    await subscription.publishNumbers(count);
    const source = subscription.source({ limits: { streams: 2, bufferedMessages: 500 } });
    await source.open(null);
    await until(() => source.statistics.buffered >= 500);
    // What is on its way comes on top: the window of the connection holds some responses of a hundred.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(source.statistics.buffered).toBeLessThan(3000);
    expect(numbersIn(await pullAll(source, count))).toEqual(upTo(count));
  });

  test('it stops pulling when its buffer holds too many bytes', async () => {
    await subscription.publish(Array.from({ length: 60 }, () => ({ data: Buffer.alloc(1 << 20) })));
    const source = subscription.source({ limits: { streams: 2, bufferedBytes: 4 << 20 } });
    await source.open(null);
    await until(() => source.statistics.bufferedBytes >= 4 << 20);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(source.statistics.bufferedBytes).toBeLessThan(45 << 20);
    await pullAll(source, 60);
  });

  test('it stops pulling when too much is unacked, and goes on when that is finalised', async () => {
    await subscription.publishNumbers(5000);
    const source = subscription.source({ limits: { streams: 2, unackedMessages: 1000 } });
    await source.open(null);
    const first = await pullFor(source, 3000);
    expect(first.length).toBeGreaterThanOrEqual(1000);
    expect(first.length).toBeLessThan(4000);
    const pulled = [...first];
    while (pulled.length < 5000) {
      await source.finalise(source.mark());
      pulled.push(...(await source.pull(10_000, 200)).elements);
    }
    expect(numbersIn(pulled)).toEqual(upTo(5000));
  });

  test('an empty subscription waits, and gives out nothing', async () => {
    const source = subscription.source();
    await source.open(null);
    const start = performance.now();
    expect(await source.pull(10, 150)).toEqual({ elements: [], watermark: NO_WATERMARK, isOver: false });
    expect(performance.now() - start).toBeGreaterThan(140);
  });

  test('it has a watermark, which a mark keeps for the next source', async () => {
    const first = subscription.source({ watermark: { memoryMs: 10_000 }, limits: { leaseSeconds: LEASE } });
    await first.open(null);
    for (let round = 0; round < 4; round++) {
      await subscription.publishNumbers(20, round * 20);
      await pullAll(first, 20);
      await pullFor(first, 2000);
    }
    const { watermark } = await first.pull(1, 0);
    expect(watermark).toBe(Date.parse(timeOfNumber(0)));
    const mark = first.mark();
    await first.finalise(mark);
    await first.close();
    const second = subscription.source();
    await second.open(mark);
    expect((await second.pull(1, 0)).watermark).toBe(watermark);
  });

  test('it does not pass what waits to be given out', async () => {
    const source = subscription.source({
      watermark: { memoryMs: 15_000 },
      limits: { leaseSeconds: LEASE },
    });
    await source.open(null);
    for (let round = 0; round < 2; round++) {
      await subscription.publishNumbers(20, round);
      await pullAll(source, 20);
      await pullFor(source, 5500);
    }
    expect((await source.pull(1, 0)).watermark).toBe(Date.parse(timeOfNumber(0)));
    await subscription.publishNumbers(20, 100);
    await until(() => source.statistics.buffered === 20);
    // These leave the memory, which holds a thousand seconds later then.
    await new Promise((resolve) => setTimeout(resolve, 21_000));
    await subscription.publishNumbers(20, 1000);
    await until(() => source.statistics.buffered === 40);
    const { watermark, elements } = await source.pull(1, 0);
    expect(numbersIn(elements)).toEqual([100]);
    expect(watermark).toBe(Date.parse(timeOfNumber(100)));
    await source.pull(39, 0);
    expect((await source.pull(1, 0)).watermark).toBe(Date.parse(timeOfNumber(1000)));
  });

  test('with finish it is over some time after the last message', async () => {
    const source = subscription.source({ watermark: { whenIdle: 'finish', idleTimeoutMs: 1500 } });
    await source.open(null);
    await subscription.publishNumbers(50);
    const pulled = await pullAll(source, 50);
    const start = performance.now();
    let last = await source.pull(10, 50);
    while (!last.isOver && performance.now() - start < 10_000) last = await source.pull(10, 50);
    expect(last).toEqual({ elements: [], watermark: END_OF_TIME, isOver: true });
    expect(performance.now() - start).toBeGreaterThan(1000);
    expect(pulled).toHaveLength(50);
  });

  test('an eventTimeOf that throws ends the run with its error', async () => {
    await subscription.publish([{}]);
    const source = subscription.source({
      eventTimeOf: () => {
        throw new Error('no time');
      },
    });
    await source.open(null);
    await expect(pullAll(source, 1)).rejects.toThrow('no time');
  });

  test('another kind of state is refused', async () => {
    const source = subscription.source();
    await expect(source.open(Buffer.from('1234'))).rejects.toThrow(InputError);
  });
});
