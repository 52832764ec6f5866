/** Metrics' short ids are introduced one report at a time, where the runner asks for them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { counter } from '../../../beam/sdk';
import type { FnWorker } from '../../../runners/harness/fn_api/fn_worker';
import { doFn, encoded, stageOf } from './described_stage';
import { PlayingRunner, progress } from './playing_runner';
import { Counts, closeGate, Waits } from './stage_fns';

const SHORT_IDS = 'beam:protocol:monitoring_info_short_ids:v1';

/** The short ids of a bundle: elements of three collections, the read index, a counter and a distribution. */
const COUNTED = ['m0', 'm1', 'm2', 'm3', 'm4', 'm5'];

let runner: PlayingRunner;
let worker: FnWorker;
async function start(...capabilities: string[]): Promise<void> {
  runner = await PlayingRunner.start();
  runner.capabilities.push(...capabilities);
  worker = await runner.worker();
  const { Metric } = require('apache-beam/transforms/pardo');
  const length = new Metric('beam:metric:user:distribution_int64:v1', 'length');
  const steps = { counts: doFn(new Counts(), { seen: counter('seen'), length }), wait: doFn(new Waits()) };
  runner.descriptors.set('stage', stageOf('stage', { address: runner.address, steps }));
}
afterEach(async () => {
  await worker.stop();
  runner.stop();
});

const bundle = async (id: string) => {
  const done = runner.bundle(id, 'stage');
  await runner.send(id, 'in', encoded(['a']), true);
  return done;
};

test('the second report waits until the runner knows the ids of the first', async () => {
  await start(SHORT_IDS);
  const ended: string[] = [];
  const ids = ['1', '2', '3'];
  const all = Promise.all(
    ids.map(async (id) => {
      const { monitoringData } = await bundle(id);
      ended.push(id);
      return Object.keys(monitoringData);
    }),
  );
  await runner.until(() => ended.length > 0);
  await sleep(100);
  expect(ended).toHaveLength(1);
  const monitoringInfoId = COUNTED;
  await runner.ask('?', { oneofKind: 'monitoringInfos', monitoringInfos: { monitoringInfoId } });
  const reported = await all;
  expect(reported.map((used) => used.sort())).toEqual(ids.map(() => monitoringInfoId));
});

test('a runner that does not ask is not waited for longer than a second, and only once', async () => {
  await start(SHORT_IDS);
  const started = performance.now();
  await Promise.all(['1', '2', '3'].map(bundle));
  expect(performance.now() - started).toBeGreaterThan(900);
  const again = performance.now();
  await Promise.all(['4', '5', '6'].map(bundle));
  expect(performance.now() - again).toBeLessThan(900);
});

test('ids that a report on progress has introduced are known', async () => {
  await start(SHORT_IDS);
  const open = closeGate();
  const first = bundle('1');
  await runner.until(() => runner.dataStreams.length > 0);
  let used: string[] = [];
  while (used.length < COUNTED.length) {
    const { response } = await runner.ask('progress', progress('1'));
    used = Object.keys(
      (response as { processBundleProgress: { monitoringData: object } }).processBundleProgress
        .monitoringData,
    );
  }
  const monitoringInfoId = used;
  await runner.ask('?', { oneofKind: 'monitoringInfos', monitoringInfos: { monitoringInfoId } });
  const started = performance.now();
  open();
  await Promise.all([first, ...['2', '3'].map(bundle)]);
  expect(performance.now() - started).toBeLessThan(900);
});

test('a runner without short ids is not waited for', async () => {
  await start();
  const started = performance.now();
  await Promise.all(['1', '2', '3'].map(bundle));
  expect(performance.now() - started).toBeLessThan(900);
});
