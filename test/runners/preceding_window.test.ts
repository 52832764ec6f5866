/** Side inputs that are looked up in an earlier window: which one that is, by the mapping and by a whole run. */
import '../../beam/sdk';
import { FunctionSpec } from 'apache-beam/proto/beam_runner_api';
import { GlobalWindow, IntervalWindow, type Window } from 'apache-beam/values';
import fc from 'fast-check';
import Long from 'long';
import { mapSideInputs } from '../../beam/map_side_inputs';
import { pinned } from '../../beam/pin';
import { PrecedingWindow } from '../../beam/preceding_window';
import { assignTimestamps, counter, parDo, type Root, windowInto, withName } from '../../beam/sdk';
import { asList } from '../../beam/side_inputs';
import { FixedWindows, GlobalWindows, Sessions, SlidingWindows, type WindowFn } from '../../beam/windows';
import { WINDOW_MAPPING_URNS, windowMapping } from '../../runners/harness/window_mapping';
import { type Collection, elements, fns, make, params, runLocal, runOnDirectRunner } from './graphs';

const window = (start: number, end: number) =>
  new IntervalWindow(Long.fromNumber(start), Long.fromNumber(end));
const bounds = ({ start, end }: IntervalWindow) => [start.toNumber(), end.toNumber()];
/** As a runner has it: the function of a proto that has been sent, without the side input's windows. */
function mapping(preceding: PrecedingWindow): (mainWindow: Window) => IntervalWindow {
  const sent = FunctionSpec.fromBinary(FunctionSpec.toBinary(preceding.toProto()));
  return windowMapping(sent, undefined) as (mainWindow: Window) => IntervalWindow;
}

describe('the mapping', () => {
  test('an hour of a day to the weeks that ended a day before', () => {
    const [HOUR, DAY] = [3_600_000, 86_400_000];
    const map = mapping(new PrecedingWindow(56 * DAY, DAY, DAY));
    const day = Date.UTC(2019, 9, 1);
    for (const start of [day, day + 13 * HOUR, day + 23 * HOUR])
      expect(bounds(map(window(start, start + HOUR)))).toEqual([day - 57 * DAY, day - DAY]);
    const before1970 = -DAY;
    expect(bounds(map(window(before1970 + HOUR, before1970 + 2 * HOUR)))).toEqual([-58 * DAY, -2 * DAY]);
  });

  test('the window has its size, ends by its lag before the main one’s period, and that begins by a period before its start at most', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 1, max: 1e6 }),
        fc.nat({ max: 1e6 }),
        fc.integer({ min: -1e12, max: 1e12 }),
        (size, period, lag, start) => {
          const [from, end] = bounds(
            mapping(new PrecedingWindow(size, period, lag))(window(start, start + 1)),
          );
          expect(end - from).toBe(size);
          expect(Math.abs((end + lag) % period)).toBe(0);
          expect(end + lag).toBeLessThanOrEqual(start);
          expect(end + lag + period).toBeGreaterThan(start);
        },
      ),
    );
  });

  test('is known as one of its side input’s windows exactly where these have it', () => {
    const small = fc.integer({ min: 1, max: 12 });
    const windowFn: fc.Arbitrary<FixedWindows | SlidingWindows> = fc
      .tuple(small, small, fc.nat({ max: 11 }), fc.boolean())
      .map(([a, b, offset, slides]) => {
        const [period, size] = [Math.min(a, b), Math.max(a, b)];
        return slides
          ? new SlidingWindows(size, period, offset % period)
          : new FixedWindows(size, offset % size);
      });
    fc.assert(
      fc.property(windowFn, small, small, fc.nat({ max: 12 }), (side, size, period, lag) => {
        const preceding = new PrecedingWindow(size, period, lag);
        const map = mapping(preceding);
        const isThere = Array.from({ length: 400 }, (_, start) => {
          const [from, end] = bounds(map(window(start, start + 1)));
          return side
            .assignWindows(Long.fromNumber(end - 1))
            .some((each) => bounds(each).join() === [from, end].join());
        });
        expect(preceding.isOneOf(side)).toBe(isThere.every(Boolean));
      }),
      { numRuns: 500 },
    );
    const any = new PrecedingWindow(1, 1, 0);
    for (const other of [new GlobalWindows(), new Sessions(1), undefined])
      expect(any.isOneOf(other)).toBe(false);
  });

  test('nothing precedes the global window, and nothing is an odd size', () => {
    expect(() => mapping(new PrecedingWindow(1, 1, 0))(new GlobalWindow())).toThrow(/global window/);
    expect(() => new PrecedingWindow(0, 1, 0)).toThrow(/size/);
    expect(() => new PrecedingWindow(1, 0.5, 0)).toThrow(/period/);
    expect(() => new PrecedingWindow(1, 1, -1)).toThrow(/lag/);
    expect(WINDOW_MAPPING_URNS.has(new PrecedingWindow(1, 1, 0).toProto().urn)).toBe(true);
  });
});

function windowed(root: Root, name: string, texts: string[], windowFn: WindowFn): Collection {
  return elements(root, name, texts)
    .apply(withName(`${name}, stamped`, assignTimestamps(fns.timestampOfText)))
    .apply(withName(`${name}, windowed`, windowInto(windowFn as never))) as never;
}

const MAIN = ['m 1 2100', 'm 2 2900', 'm 3 4000', 'm 4 9000'];
const SIDE = ['s 1 -1', 's 2 0', 's 3 999', 's 4 1000', 's 5 2000'];

/** Each element of the main input with what it sees: of two seconds before the one before its own. */
function lookUp(main: WindowFn, side: WindowFn, name = 'side') {
  return (root: Root, file: string) => {
    const context = {
      ...params(),
      seen: counter('collected'),
      side: asList(windowed(root, 'Side', SIDE, side)),
    };
    const collect = parDo(make('Collect', file), context as never);
    const mapped = mapSideInputs(collect, { [name]: new PrecedingWindow(2000, 1000, 1000) });
    windowed(root, 'Main', MAIN, main).apply(pinned('Look up', mapped) as never);
  };
}
const [HALVES, SLIDING] = [new FixedWindows(500), new SlidingWindows(2000, 1000)];

test.each([0, 2])('each element sees the window that it is mapped to (%i workers)', async (workers) => {
  const { lines } = await runLocal(lookUp(HALVES, SLIDING), { workers });
  expect(lines.map(({ value, side }) => [value, (side as string[]).toSorted()])).toEqual([
    ['m 1 2100', ['s 1 -1', 's 2 0', 's 3 999']],
    ['m 2 2900', ['s 1 -1', 's 2 0', 's 3 999']],
    ['m 3 4000', ['s 4 1000', 's 5 2000']],
    ['m 4 9000', []],
  ]);
});

test.each<[string, WindowFn, WindowFn, RegExp]>([
  ['a main input in the global window', new GlobalWindows(), SLIDING, /global window of the main input/],
  ['a side input in the global window', HALVES, new GlobalWindows(), /none of the windows/],
  ['windows of another size', HALVES, new SlidingWindows(3000, 1000), /none of the windows/],
  ['windows that end in between', HALVES, new SlidingWindows(2000, 1000, 500), /none of the windows/],
  ['fixed windows of which every other is meant', HALVES, new FixedWindows(2000), /none of the windows/],
])('refuses %s', async (_what, main, side, reason) => {
  await expect(runLocal(lookUp(main, side))).rejects.toMatchObject({
    name: 'UnsupportedStepError',
    step: 'Look up',
    message: reason,
  });
});

test('a side input that the step has not is an error when the graph is built', async () => {
  await expect(runLocal(lookUp(HALVES, SLIDING, 'other'))).rejects.toThrow('no side input other');
});

test('the SDK’s DirectRunner knows no such mapping, and says so', async () => {
  await expect(runOnDirectRunner(lookUp(HALVES, SLIDING))).rejects.toThrow(/window mapping/);
});
