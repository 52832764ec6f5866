/** Bundles that the runner cuts. */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { FnWorker } from '../../../runners/harness/fn_api/fn_worker';
import { splitPoint } from '../../../runners/harness/fn_api/split_point';
import { decoded, doFn, encoded, stageOf } from './described_stage';
import { PlayingRunner, split } from './playing_runner';
import { closeGate, Waits } from './stage_fns';

const desired = (fractionOfRemainder: number, elements: number, points: number[] = []) => ({
  fractionOfRemainder,
  estimatedInputElements: BigInt(elements),
  allowedSplitPoints: points.map(BigInt),
});
const NEVER = Number.POSITIVE_INFINITY;

describe('where a bundle is cut', () => {
  test.each([
    ['nothing begun, nothing kept: all is given away', -1, NEVER, desired(0, 10), 0],
    ['nothing begun, half kept', -1, NEVER, desired(0.5, 10), 5],
    ['the element at work is kept', 3, NEVER, desired(0, 10), 4],
    ['half of what is left is kept', 3, NEVER, desired(0.5, 10), 7],
    ['all is kept: no cut', 3, NEVER, desired(1, 10), undefined],
    ['at the last element: no cut', 9, NEVER, desired(0, 10), undefined],
    ['cut before: of what was kept then', 3, 6, desired(0.5, 10), 5],
    ['at the next point that is allowed', 3, NEVER, desired(0.5, 10, [2, 6, 9]), 6],
    ['no point that is allowed is left', 3, NEVER, desired(0.5, 10, [0, 3, 10]), undefined],
    ['a bundle of unknown size', 3, NEVER, desired(0.5, 0), undefined],
  ])('%s', (_name, index, end, request, expected) => {
    expect(splitPoint(index, end, request)).toBe(expected);
  });

  test('never at or before the element at work, never behind the end, always where it is allowed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1, max: 20 }),
        fc.oneof(fc.constant(NEVER), fc.nat(25)),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(25),
        fc.uniqueArray(fc.nat(25)),
        (index, end, fraction, elements, points) => {
          const point = splitPoint(index, end, desired(fraction, elements, points));
          if (point === undefined) return;
          expect(point).toBeGreaterThan(index);
          expect(point).toBeLessThan(Math.min(elements, end));
          if (points.length > 0) expect(points).toContain(point);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('a worker', () => {
  let runner: PlayingRunner;
  let worker: FnWorker;
  beforeEach(async () => {
    runner = await PlayingRunner.start();
    worker = await runner.worker();
    const steps = { wait: doFn(new Waits()) };
    runner.descriptors.set('stage', stageOf('stage', { address: runner.address, steps }));
  });
  afterEach(async () => {
    await worker.stop();
    runner.stop();
  });

  const cut = async (...args: Parameters<typeof split>) => {
    const { response, error } = await runner.ask('split', split(...args));
    expect(error).toBe('');
    if (response.oneofKind !== 'processBundleSplit') throw new Error('another answer');
    return response.processBundleSplit.channelSplits.map(({ transformId, ...at }) => [
      transformId,
      Number(at.lastPrimaryElement),
      Number(at.firstResidualElement),
    ]);
  };

  test('processes what it keeps and nothing that it gives away, though all of it comes', async () => {
    const open = closeGate();
    const values = Array.from({ length: 10 }, (_, at) => String(at));
    const done = runner.bundle('1', 'stage');
    await runner.send('1', 'in', encoded(values.slice(0, 4)));
    await sleep(20);
    // At the gate waits element 0.
    expect(await cut('1', 'in', 0.5, 10)).toEqual([['in', 4, 5]]);
    expect(await cut('1', 'in', 0.5, 5)).toEqual([['in', 2, 3]]);
    expect(await cut('1', 'other', 0.5, 5)).toEqual([]);
    await runner.send('1', 'in', encoded(values.slice(4)));
    await runner.send('1', 'in', new Uint8Array(), true);
    open();
    await done;
    expect(decoded((await runner.ended('1', 'out')).messages)).toEqual(['0', '1', '2']);
  });

  test('of a bundle that it does not know, or that has ended, cuts nothing', async () => {
    expect(await cut('unknown', 'in', 0.5, 10)).toEqual([]);
    const done = runner.bundle('1', 'stage');
    await runner.send('1', 'in', encoded(['a']), true);
    await done;
    expect(await cut('1', 'in', 0, 10)).toEqual([]);
  });
});
