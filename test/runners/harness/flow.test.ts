/** How much waits where: data that comes faster than it is processed, and results that go faster than they are taken. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FnWorker } from '../../../runners/harness/fn_api/fn_worker';
import { InboundData } from '../../../runners/harness/fn_api/inbound_data';
import { decoded, doFn, encoded, stageOf } from './described_stage';
import { PlayingRunner } from './playing_runner';
import { closeGate, Repeat, Waits } from './stage_fns';

const MB = 1024 * 1024;

describe('data that waits for its bundle', () => {
  const part = (instructionId: string, bytes: number) => ({
    data: [{ instructionId, transformId: 'in', data: new Uint8Array(bytes), isLast: false }],
    timers: [],
  });
  const stream = () => ({
    paused: false,
    pause() {
      this.paused = true;
    },
    resume() {
      this.paused = false;
    },
  });

  test('streams stand still above the bound and go on at half of it; all of them', async () => {
    const [a, b] = [stream(), stream()];
    const inbound = new InboundData(100);
    inbound.addStream(a);
    const inbox = inbound.open('1');
    inbound.accept(part('1', 60));
    expect(a.paused).toBe(false);
    inbound.accept(part('1', 60));
    inbound.addStream(b);
    expect([a.paused, b.paused]).toEqual([true, true]);
    await inbox.take();
    expect([a.paused, b.paused]).toEqual([true, true]);
    await inbox.take();
    expect([a.paused, b.paused]).toEqual([false, false]);
  });

  test('a bundle that nobody has asked for does not count until it begins, and no more when it has ended', () => {
    const only = stream();
    const inbound = new InboundData(100);
    inbound.addStream(only);
    inbound.accept(part('1', 500));
    expect(only.paused).toBe(false);
    inbound.open('1');
    expect(only.paused).toBe(true);
    inbound.close('1');
    expect(only.paused).toBe(false);
    // What comes late is let go.
    inbound.accept(part('1', 500));
    inbound.open('2');
    expect(only.paused).toBe(false);
  });
});

describe('a worker', () => {
  let runner: PlayingRunner;
  let worker: FnWorker;
  beforeEach(async () => {
    runner = await PlayingRunner.start();
    worker = await runner.worker();
  });
  afterEach(async () => {
    await worker.stop();
    runner.stop();
  });

  test('reads no further when 32 MB wait, answers all the same, and loses nothing', async () => {
    const steps = { wait: doFn(new Waits()) };
    runner.descriptors.set('stage', stageOf('stage', { address: runner.address, steps }));
    const open = closeGate();
    const done = runner.bundle('1', 'stage');
    await runner.until(() => runner.dataStreams.length > 0);
    const values = Array.from({ length: 150 }, (_, at) => `${at} ${'x'.repeat(MB)}`);
    let sent = 0;
    for (const value of values)
      runner.dataStreams[0].write(
        {
          data: [{ instructionId: '1', transformId: 'in', data: encoded([value]), isLast: false }],
          timers: [],
        },
        () => sent++,
      );
    await runner.send('1', 'in', new Uint8Array(), true);
    const stoodStill = async () => {
      for (let before = -1; before !== sent; await sleep(300)) before = sent;
      return sent;
    };
    // 32 MB in the inbox, and what gRPC and the system hold: 16 messages, and windows.
    expect(await stoodStill()).toBeLessThan(90);
    expect((await runner.ask('?', { oneofKind: undefined })).error).not.toBe('');
    open();
    await done;
    const out = decoded((await runner.ended('1', 'out')).messages);
    expect(out.map((value) => Number((value as string).split(' ')[0]))).toEqual(values.map((_, at) => at));
  });

  test('makes no more than the runner takes', async () => {
    const steps = { repeat: doFn(new Repeat(200, MB)) };
    runner.descriptors.set('stage', stageOf('stage', { address: runner.address, steps }));
    const done = runner.bundle('1', 'stage');
    await runner.until(() => runner.dataStreams.length > 0);
    runner.dataStreams[0].pause();
    const before = process.memoryUsage().arrayBuffers;
    await runner.send('1', 'in', encoded(['a']), true);
    await sleep(1000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * MB);
    runner.dataStreams[0].resume();
    await done;
    const { messages } = await runner.ended('1', 'out');
    expect(messages.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(200 * MB);
  });
});
