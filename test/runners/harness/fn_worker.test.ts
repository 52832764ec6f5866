/** A worker at the hands of a runner that tests play: what the Fn API asks of it, and the faults of the SDK's own worker, each as a test. */
import { setTimeout as sleep } from 'node:timers/promises';
import { counter } from '../../../beam/sdk';
import type { FnWorker } from '../../../runners/harness/fn_api/fn_worker';
import { decoded, doFn, encoded, type StageOptions, stageOf } from './described_stage';
import { PlayingRunner, processBundle, progress } from './playing_runner';
import { Counts, CountsBundles, closeGate, Repeat, Same, SameLater, ThrowsAt, Waits } from './stage_fns';

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

function describeStage(id: string, options: Omit<StageOptions, 'address'> = {}): void {
  runner.descriptors.set(id, stageOf(id, { address: runner.address, ...options }));
}

/** Runs a bundle of texts, all in one message, and returns what it gives out. */
async function run(instructionId: string, stage: string, values: readonly string[]): Promise<unknown[]> {
  const done = runner.bundle(instructionId, stage);
  await runner.send(instructionId, 'in', encoded(values), true);
  await done;
  const { messages, ends, late } = await runner.ended(instructionId, 'out');
  expect({ ends, late }).toEqual({ ends: 1, late: 0 });
  return decoded(messages);
}

const letters = (count: number) => Array.from({ length: count }, (_, at) => `element ${at}`);

test('every call says which worker makes it', async () => {
  describeStage('stage', { steps: { same: doFn(new Same()) } });
  await run('1', 'stage', ['a']);
  const paths = runner.callers.map(({ path }) => path.split('/').at(-1));
  expect(new Set(paths)).toEqual(
    new Set(['Control', 'Data', 'GetProcessBundleDescriptor', 'GetProvisionInfo', 'Logging', 'WorkerStatus']),
  );
  expect(new Set(runner.callers.map(({ workerId }) => workerId))).toEqual(new Set(['worker-1']));
});

test('a stage is asked for once, and its processor serves the next bundle', async () => {
  describeStage('stage', { steps: { count: doFn(new CountsBundles()) } });
  expect(await run('1', 'stage', ['a'])).toEqual(['a 1']);
  expect(await run('2', 'stage', ['a'])).toEqual(['a 2']);
  const asked = runner.callers.filter(({ path }) => path.endsWith('GetProcessBundleDescriptor'));
  expect(asked).toHaveLength(1);
});

test('a stage may be registered before it is used', async () => {
  const processBundleDescriptor = [stageOf('stage', { address: runner.address })];
  await runner.ask('r', { oneofKind: 'register', register: { processBundleDescriptor } });
  expect(await run('1', 'stage', ['a'])).toEqual(['a']);
});

test('a bundle ends when all of its elements have been processed, also where that takes time', async () => {
  describeStage('stage', { steps: { later: doFn(new SameLater(2)) } });
  expect(await run('1', 'stage', letters(100))).toEqual(letters(100));
});

test('outputs of several megabytes come once', async () => {
  describeStage('stage', { steps: { repeat: doFn(new Repeat(1500, 3000)) } });
  const out = await run('1', 'stage', ['a', 'b']);
  expect(out).toHaveLength(3000);
  expect(new Set(out).size).toBe(3000);
  const sizes = runner.output('1', 'out').messages.map(({ length }) => length);
  expect(sizes.length).toBeGreaterThan(7);
  expect(Math.max(...sizes)).toBeLessThan(1.1 * 1024 * 1024);
});

test('an output without elements says that it has ended, too', async () => {
  describeStage('stage', { sinks: ['out', 'other'] });
  const done = runner.bundle('1', 'stage');
  await runner.send('1', 'in', new Uint8Array(), true);
  await done;
  for (const sink of ['out', 'other'])
    expect(await runner.ended('1', sink)).toEqual({ messages: [], ends: 1, late: 0 });
});

test('elements of 48 MB come and go', async () => {
  describeStage('stage', { steps: { same: doFn(new Same()) } });
  const large = ['x'.repeat(48_000_000), 'small', 'y'.repeat(5_000_000)];
  const out = await run('1', 'stage', large);
  // Compared as a whole, a difference would be printed.
  expect(out.map((text) => (text as string).length)).toEqual(large.map(({ length }) => length));
  expect(out[0] === large[0] && out[2] === large[2]).toBe(true);
});

test('data may come before the bundle is asked for, and its end in a message of its own', async () => {
  describeStage('stage', { steps: { same: doFn(new Same()) } });
  await run('0', 'stage', []);
  await runner.send('1', 'in', encoded(['a', 'b']));
  await runner.send('1', 'in', encoded(['c']));
  await sleep(20);
  const done = runner.bundle('1', 'stage');
  await sleep(20);
  expect(runner.output('1', 'out').ends).toBe(0);
  await runner.send('1', 'in', new Uint8Array(), true);
  await done;
  expect(decoded((await runner.ended('1', 'out')).messages)).toEqual(['a', 'b', 'c']);
});

test('a stage with two sources ends with the last of both, in whatever order they come', async () => {
  describeStage('stage', { sources: ['left', 'right'], steps: { same: doFn(new Same()) } });
  const done = runner.bundle('1', 'stage');
  await runner.send('1', 'right', encoded(['r1']));
  await runner.send('1', 'left', encoded(['l1']), true);
  await sleep(20);
  expect(runner.output('1', 'out').ends).toBe(0);
  await runner.send('1', 'right', encoded(['r2']));
  await runner.send('1', 'right', new Uint8Array(), true);
  await done;
  expect(decoded((await runner.ended('1', 'out')).messages)).toEqual(['r1', 'l1', 'r2']);
});

test('the ends of timers are waited for', async () => {
  const steps = { same: doFn(new Same(), undefined, { timerFamilySpecs: { clock: {} } } as never) };
  describeStage('stage', { steps });
  const done = runner.bundle('1', 'stage');
  await runner.send('1', 'in', encoded(['a']), true);
  await sleep(20);
  expect(runner.output('1', 'out').ends).toBe(0);
  const timers = [{ instructionId: '1', transformId: 'same', timerFamilyId: 'clock', isLast: true }];
  runner.dataStreams[0].write({ data: [], timers: [{ ...timers[0], timers: new Uint8Array() }] });
  await done;
});

test('elements may come with the request', async () => {
  describeStage('stage');
  const data = [{ instructionId: '1', transformId: 'in', data: encoded(['a']), isLast: true }];
  const answer = await runner.ask('1', {
    oneofKind: 'processBundle',
    processBundle: { processBundleDescriptorId: 'stage', cacheTokens: [], elements: { data, timers: [] } },
  });
  expect(answer.error).toBe('');
  expect(decoded((await runner.ended('1', 'out')).messages)).toEqual(['a']);
});

test('bundles of one stage run at the same time, each with functions of its own', async () => {
  describeStage('stage', { steps: { wait: doFn(new Waits()), count: doFn(new CountsBundles()) } });
  const open = closeGate();
  const done = ['1', '2', '3'].map((id) => runner.bundle(id, 'stage'));
  for (const id of ['3', '1', '2']) await runner.send(id, 'in', encoded([id]), true);
  // The fourth comes to its end while three wait at the gate: it isn't held up by them.
  describeStage('quick');
  expect(await run('4', 'quick', ['d'])).toEqual(['d']);
  open();
  await Promise.all(done);
  for (const id of ['1', '2', '3'])
    expect(decoded((await runner.ended(id, 'out')).messages)).toEqual([`${id} 1`]);
});

test('what fails in a step fails the bundle with step and element, not the process', async () => {
  describeStage('stage', { steps: { throws: doFn(new ThrowsAt('b')) } });
  const done = runner.ask('1', processBundle('stage'));
  await runner.send('1', 'in', encoded(['a', 'b', 'c']), true);
  const { error } = await done;
  expect(error).toContain(
    'Step/throws: no more of b (at "b" in the global window at 1970-01-01T00:00:01.234Z)',
  );
  expect(error).toContain('stage_fns.ts');
  expect(runner.output('1', 'out').ends).toBe(0);
  // What still comes for it is let go, and the next bundle is none the worse.
  await runner.send('1', 'in', encoded(['d']), true);
  expect(await run('2', 'stage', ['a', 'c'])).toEqual(['a', 'c']);
  await runner.until(() => runner.logs.some(({ instructionId }) => instructionId === '1'));
  expect(runner.logs.find(({ instructionId }) => instructionId === '1')).toMatchObject({
    transformId: 'throws',
    message: expect.stringContaining('no more of b'),
    trace: expect.stringContaining('RangeError'),
  });
});

test('a stage that nobody can run fails its bundles alone', async () => {
  const unknown = { spec: { urn: 'beam:transform:of_tomorrow:v1', payload: new Uint8Array() } };
  describeStage('unknown', { steps: { unknown } });
  describeStage('stage');
  const { error } = await runner.ask('1', processBundle('unknown'));
  expect(error).toContain('beam:transform:of_tomorrow:v1');
  const { error: missing } = await runner.ask('2', processBundle('nowhere'));
  expect(missing).toContain('no such stage');
  expect(await run('3', 'stage', ['a'])).toEqual(['a']);
});

test('state, splittable DoFns and timers are refused by name', async () => {
  const cases: [string, object, RegExp][] = [
    [
      'state',
      { stateSpecs: { bag: { spec: { oneofKind: undefined } } } },
      /Step\/same: state is not supported/,
    ],
    ['split', { restrictionCoderId: 'text' }, /Step\/same: splittable DoFns are not supported/],
  ];
  for (const [id, payload, said] of cases) {
    describeStage(id, { steps: { same: doFn(new Same(), undefined, payload) } });
    const { error } = await runner.ask(id, processBundle(id));
    expect(error).toMatch(said);
  }
  describeStage('timers', {
    steps: { same: doFn(new Same(), undefined, { timerFamilySpecs: { clock: {} } } as never) },
  });
  const done = runner.ask('timers', processBundle('timers'));
  await runner.until(() => runner.dataStreams.length > 0);
  const timer = { instructionId: 'timers', transformId: 'same', timerFamilyId: 'clock', isLast: false };
  runner.dataStreams[0].write({ data: [], timers: [{ ...timer, timers: new Uint8Array(3) }] });
  expect((await done).error).toContain('same was sent timers');
});

test('bytes that are no elements fail the bundle', async () => {
  describeStage('stage');
  const whole = encoded(['a', 'bcd']);
  for (const [at, bytes] of [
    whole.subarray(0, whole.length - 2),
    whole.subarray(0, 20),
    new Uint8Array([1]),
  ].entries()) {
    const done = runner.ask(`${at}`, processBundle('stage'));
    await runner.send(`${at}`, 'in', bytes, true);
    expect((await done).error).toMatch(/in: .*\(at element \d of the bundle, which can't be decoded\)/);
  }
});

test('elements for a source that the stage has not, or after its last, fail the bundle', async () => {
  describeStage('stage', { sources: ['left', 'right'] });
  const wrong = runner.ask('1', processBundle('stage'));
  await runner.send('1', 'middle', encoded(['a']));
  expect((await wrong).error).toContain('middle, which is no source of the stage');
  const late = runner.ask('2', processBundle('stage'));
  await runner.send('2', 'left', encoded(['a']), true);
  await runner.send('2', 'left', encoded(['b']), true);
  expect((await late).error).toContain('left after its last');
});

test('an instruction that the worker does not know is answered with an error', async () => {
  const { error } = await runner.ask('1', { oneofKind: undefined });
  expect(error).toContain("doesn't know the instruction");
});

test('a bundle is finalised, whatever it was', async () => {
  const finalize = { oneofKind: 'finalizeBundle' as const, finalizeBundle: { instructionId: 'any' } };
  expect((await runner.ask('1', finalize)).response).toEqual({
    oneofKind: 'finalizeBundle',
    finalizeBundle: {},
  });
});

describe('metrics', () => {
  const { Metric } = require('apache-beam/transforms/pardo');
  const context = () => ({
    seen: counter('seen'),
    length: new Metric('beam:metric:user:distribution_int64:v1', 'length'),
  });
  const byUrn = (infos: { urn: string; payload: Uint8Array; labels: object }[]) =>
    infos.map(({ urn, payload, labels }) => [urn, { ...labels }, [...payload]]);
  const user = (NAME: string) => ({ PTRANSFORM: 'counts', NAMESPACE: 'user', NAME });

  test('of each bundle its own, as infos and by short ids', async () => {
    describeStage('stage', { steps: { counts: doFn(new Counts(), context()) } });
    for (const [id, texts] of [
      ['1', ['a', 'bcd']],
      ['2', ['bc']],
    ] as const) {
      const done = runner.bundle(id, 'stage');
      await runner.send(id, 'in', encoded(texts), true);
      const { monitoringInfos, monitoringData } = await done;
      const n = texts.length;
      const lengths = texts.map(({ length }) => length);
      expect(byUrn(monitoringInfos)).toEqual(
        expect.arrayContaining([
          ['beam:metric:element_count:v1', { PCOLLECTION: 'pc 0' }, [n]],
          ['beam:metric:element_count:v1', { PCOLLECTION: 'pc 1' }, [n]],
          ['beam:metric:data_channel:read_index:v1', { PTRANSFORM: 'in' }, [n - 1]],
          ['beam:metric:user:sum_int64:v1', user('seen'), [2 * n]],
          [
            'beam:metric:user:distribution_int64:v1',
            user('length'),
            [n, lengths.reduce((a, b) => a + b), Math.min(...lengths), Math.max(...lengths)],
          ],
        ]),
      );
      expect(monitoringInfos).toHaveLength(5);
      const monitoringInfoId = Object.keys(monitoringData);
      const { response } = await runner.ask(`${id}?`, {
        oneofKind: 'monitoringInfos',
        monitoringInfos: { monitoringInfoId: [...monitoringInfoId, 'unheard of'] },
      });
      const meant = (response as never as { monitoringInfos: { monitoringInfo: Record<string, object> } })
        .monitoringInfos.monitoringInfo;
      const explained = monitoringInfoId.map((short) => ({
        ...meant[short],
        payload: monitoringData[short],
      }));
      expect(byUrn(explained as never)).toEqual(byUrn(monitoringInfos));
      expect(Object.keys(meant)).toHaveLength(5);
    }
  });

  test('while a bundle is at work, and of none before and after', async () => {
    describeStage('stage', { steps: { wait: doFn(new Waits()), counts: doFn(new Counts(), context()) } });
    const asked = async () => {
      const { response, error } = await runner.ask('?', progress('1'));
      expect(error).toBe('');
      return byUrn(
        (response as never as { processBundleProgress: { monitoringInfos: never[] } }).processBundleProgress
          .monitoringInfos,
      );
    };
    expect(await asked()).toEqual([]);
    const open = closeGate();
    const done = runner.bundle('1', 'stage');
    await runner.send('1', 'in', encoded(['a', 'b', 'c']), true);
    await runner.until(() => runner.dataStreams.length > 0);
    await sleep(20);
    expect(await asked()).toEqual([
      ['beam:metric:element_count:v1', { PCOLLECTION: 'pc 2' }, [0]],
      ['beam:metric:element_count:v1', { PCOLLECTION: 'pc 1' }, [0]],
      ['beam:metric:element_count:v1', { PCOLLECTION: 'pc 0' }, [1]],
      ['beam:metric:data_channel:read_index:v1', { PTRANSFORM: 'in' }, [0]],
    ]);
    open();
    await done;
    expect(await asked()).toEqual([]);
  });
});

describe('the end', () => {
  test('the runner ends the control stream: the worker has finished', async () => {
    runner.controlStreams[0].end();
    await expect(worker.finished).resolves.toBeUndefined();
  });

  test('the control stream breaks: the worker says so, and the process goes on', async () => {
    runner.controlStreams[0].emit('error', { code: 13, details: 'gone' });
    await expect(worker.finished).rejects.toThrow(/The control stream broke: .*gone/);
  });

  test('a bundle at work is given up between two elements', async () => {
    describeStage('stage', { steps: { wait: doFn(new Waits()), same: doFn(new Same()) } });
    const open = closeGate();
    void runner.ask('1', processBundle('stage'));
    await runner.send('1', 'in', encoded(['a', 'b', 'c']), true);
    await sleep(20);
    runner.controlStreams[0].end();
    await sleep(50);
    let hasFinished = false;
    void worker.finished.then(() => {
      hasFinished = true;
    });
    await sleep(50);
    expect(hasFinished).toBe(false);
    open();
    await worker.finished;
    expect(decoded(runner.output('1', 'out').messages)).toEqual([]);
  });

  test('a data stream that the runner ends fails the bundles that still wait; the next opens another', async () => {
    describeStage('stage', { steps: { same: doFn(new Same()) } });
    const done = runner.ask('1', processBundle('stage'));
    await runner.send('1', 'in', encoded(['a', 'b']));
    await sleep(20);
    runner.dataStreams[0].end();
    expect((await done).error).toContain('The runner has ended the data stream');
    expect(runner.output('1', 'out').ends).toBe(0);
    const again = runner.bundle('2', 'stage');
    await runner.until(() => runner.dataStreams.length === 2);
    await runner.send('2', 'in', encoded(['a']), true);
    await again;
    expect(decoded((await runner.ended('2', 'out')).messages)).toEqual(['a']);
  });
});
