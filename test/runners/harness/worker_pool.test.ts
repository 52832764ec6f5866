/** A pool of workers in one process, which runners start and stop. */

import { Channel } from '../../../runners/harness/fn_api/channel';
import { WORKER_POOL_METHODS } from '../../../runners/harness/fn_api/services';
import { WorkerPool } from '../../../runners/harness/fn_api/worker_pool';
import { decoded, doFn, encoded, stageOf } from './described_stage';
import { PlayingRunner, processBundle } from './playing_runner';
import { CountsBundles, ThrowsAt } from './stage_fns';

let runner: PlayingRunner;
let pool: WorkerPool;
let channel: Channel;
let failures: unknown[];
beforeEach(async () => {
  runner = await PlayingRunner.start();
  failures = [];
  pool = await WorkerPool.start({ onFailure: (failure) => failures.push(failure) });
  channel = new Channel(pool.address);
});
afterEach(async () => {
  channel.close();
  await pool.stop();
  runner.stop();
});

const startWorker = async (workerId: string, provision: string) => {
  const provisionEndpoint = { url: provision } as never;
  const { error } = await channel.ask(WORKER_POOL_METHODS.startWorker, {
    workerId,
    provisionEndpoint,
    params: {},
  });
  expect(error).toBe('');
};
const stopWorker = (workerId: string) => channel.ask(WORKER_POOL_METHODS.stopWorker, { workerId });

test('several workers at once, each with streams and functions of its own', async () => {
  for (const id of ['one', 'two']) {
    await startWorker(id, runner.address);
    await runner.until(() => runner.controlStreams.length === (id === 'one' ? 1 : 2));
  }
  const steps = { count: doFn(new CountsBundles()) };
  runner.descriptors.set('stage', stageOf('stage', { address: runner.address, steps }));
  const [one, two] = runner.controlStreams;
  for (const [at, control] of [one, two].entries()) {
    const done = runner.ask(`${at}`, processBundle('stage'), control);
    await runner.until(() => runner.dataStreams.length > at);
    await runner.send(`${at}`, 'in', encoded(['a']), true);
    expect((await done).error).toBe('');
    expect(decoded((await runner.ended(`${at}`, 'out')).messages)).toEqual(['a 1']);
  }
  const datas = runner.callers.filter(({ path }) => path.endsWith('/Data'));
  expect(datas.map(({ workerId }) => workerId)).toEqual(['one', 'two']);

  expect(await stopWorker('one')).toMatchObject({ error: '' });
  await runner.until(() => one.destroyed || one.readableEnded);
  const done = runner.ask('2', processBundle('stage'), two);
  await runner.send('2', 'in', encoded(['b']), true);
  expect((await done).error).toBe('');
  expect(await stopWorker('nobody')).toMatchObject({ error: '' });
});

test('what a worker fails with is told as it was thrown', async () => {
  await startWorker('one', runner.address);
  await runner.until(() => runner.controlStreams.length === 1);
  const steps = { throws: doFn(new ThrowsAt('a')) };
  runner.descriptors.set('stage', stageOf('stage', { address: runner.address, steps }));
  const done = runner.ask('1', processBundle('stage'));
  await runner.send('1', 'in', encoded(['a']), true);
  await done;
  expect(failures).toEqual([expect.objectContaining({ name: 'StepError', step: 'Step/throws' })]);
  expect((failures[0] as Error).cause).toBeInstanceOf(RangeError);
});

test('an address that nobody can listen on', async () => {
  // gRPC has a line of its own about it.
  const said = jest.spyOn(console, 'error').mockImplementation();
  await expect(WorkerPool.start({ address: pool.address })).rejects.toThrow(/No workers can be offered on/);
  said.mockRestore();
});
