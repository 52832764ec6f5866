/** What a worker says of itself to a runner that asks. */
import type { FnWorker } from '../../../runners/harness/fn_api/fn_worker';
import { statusText } from '../../../runners/harness/fn_api/worker_status';
import { doFn, encoded, stageOf } from './described_stage';
import { PlayingRunner } from './playing_runner';
import { closeGate, Waits } from './stage_fns';

describe('a worker that is asked', () => {
  let runner: PlayingRunner;
  let worker: FnWorker;
  beforeEach(async () => {
    runner = await PlayingRunner.start();
    worker = await runner.worker();
    await runner.until(() => runner.statusStreams.length > 0);
  });
  afterEach(async () => {
    await worker.stop();
    runner.stop();
  });

  async function status(id: string): Promise<string> {
    runner.statusStreams[0].write({ id });
    await runner.until(() => runner.statuses.some((each) => each.id === id));
    const { error, statusInfo } = runner.statuses.find((each) => each.id === id)!;
    expect(error).toBe('');
    return statusInfo;
  }

  test('names the bundles at work, and how far each is', async () => {
    expect(await status('a')).toMatch(/^Worker worker-1, .*\nData streams: none\n.*Bundles at work: 0\n$/s);
    runner.descriptors.set(
      'stage',
      stageOf('stage', { address: runner.address, steps: { wait: doFn(new Waits()) } }),
    );
    const open = closeGate();
    const done = runner.bundle('17', 'stage');
    await runner.send('17', 'in', encoded(['a', 'b', 'c']), true);
    let text = '';
    for (let ask = 0; !text.includes('at element 0 of in'); ask++) text = await status(`b${ask}`);
    expect(text).toContain(`Data streams: ${runner.address}\n`);
    expect(text).toMatch(/Bundles at work: 1\n {2}17: stage stage, for \d+\.\d s, at element 0 of in\n$/);
    open();
    await done;
    expect(await status('c')).toContain('Bundles at work: 0');
  });

  test('works on when the runner asks no more', async () => {
    runner.statusStreams[0].end();
    runner.descriptors.set('stage', stageOf('stage', { address: runner.address }));
    const done = runner.bundle('1', 'stage');
    await runner.send('1', 'in', encoded(['a']), true);
    await done;
  });
});

test('the longest bundle comes first', () => {
  const bundle = { stage: 's', elements: [] };
  const text = statusText({
    ...{ id: 'w', upMs: 1500, dataStreams: ['a:1', 'b:2'], stateStreams: [] },
    memory: { rss: 3 << 20, heapUsed: 1 << 20, heapTotal: 2 << 20, external: 0 },
    bundles: [
      { ...bundle, instructionId: 'young', forMs: 10 },
      { ...bundle, instructionId: 'old', forMs: 99_990 },
    ],
  });
  expect(text).toBe(
    `Worker w, Node ${process.version}, up for 1.5 s
Memory: 3.0 MiB resident, heap 1.0 MiB of 2.0 MiB, 0.0 MiB outside
Data streams: a:1, b:2
State streams: none
Bundles at work: 2
  old: stage s, for 100.0 s, at no source
  young: stage s, for 0.0 s, at no source
`,
  );
});
