import '../../beam/sdk';
import { deserializeFn, serializeFn } from 'apache-beam/internal/serialize';
import { IntervalWindow } from 'apache-beam/values';
import fc from 'fast-check';
import Long from 'long';
import '../../beam/registration';
import {
  FixedWindows,
  GlobalWindows,
  Sessions,
  SlidingWindows,
  type WindowFn,
  windowFnFromProto,
} from '../../beam/windows';
import { mergeOverlapping } from '../../runners/harness/operators/windowing';

const bounds = (windows: IntervalWindow[]) =>
  windows.map(({ start, end }) => [start.toNumber(), end.toNumber()]);
const at = (ms: number) => Long.fromNumber(ms);

describe('fixed windows', () => {
  test('hold their elements, before and after 1970', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e8 }), fc.maxSafeInteger(), fc.nat(), (size, ms, some) => {
        const offset = some % size;
        const [{ start, end }] = new FixedWindows(size, offset).assignWindows(at(ms));
        expect(start.lessThanOrEqual(ms) && end.greaterThan(ms)).toBe(true);
        expect(end.sub(start).toNumber()).toBe(size);
        expect(Math.abs(start.sub(offset).mod(size).toNumber())).toBe(0);
      }),
    );
  });

  test('hold Beam’s first and last moments', () => {
    for (const extreme of ['-9223372036854775', '9223372036854775'].map((text) => Long.fromString(text))) {
      const [{ start, end }] = new FixedWindows(3_600_000).assignWindows(extreme);
      expect(start.lessThanOrEqual(extreme) && end.greaterThan(extreme)).toBe(true);
    }
  });

  test('forget the window before', () => {
    const windows = new FixedWindows(10);
    expect(bounds([5, -5, 5, 15].flatMap((ms) => windows.assignWindows(at(ms))))).toEqual([
      [0, 10],
      [-10, 0],
      [0, 10],
      [10, 20],
    ]);
  });
});

test('sliding windows: all that hold the element, the last first', () => {
  const windows = new SlidingWindows(30, 10, 5);
  expect(bounds(windows.assignWindows(at(-6)))).toEqual([
    [-15, 15],
    [-25, 5],
    [-35, -5],
  ]);
  expect(windows.assignsToOneWindow()).toBe(false);
});

test.each<[string, () => WindowFn]>([
  ['a size of 0', () => new FixedWindows(0)],
  ['half a millisecond', () => new FixedWindows(0.5)],
  ['an offset as large as the size', () => new FixedWindows(10, 10)],
  ['a negative offset', () => new SlidingWindows(10, 10, -1)],
  ['gaps between windows', () => new SlidingWindows(10, 20)],
  ['sessions without a gap', () => new Sessions(0)],
])('%s is refused', (_what, make) => {
  expect(make).toThrow(RangeError);
});

test.each([
  new GlobalWindows(),
  new FixedWindows(3_600_000, 1_234),
  new SlidingWindows(86_400_001, 3_600_500, 7),
  new Sessions(1_800_250),
])('$beamName is the same after the proto, and after serialisation', (windowFn) => {
  expect(windowFnFromProto(windowFn.toProto())).toEqual(windowFn);
  (windowFn as WindowFn).assignWindows(at(5));
  const { copy } = deserializeFn(serializeFn({ copy: windowFn }));
  expect(copy).toBeInstanceOf(windowFn.constructor);
  expect(copy.toProto()).toEqual(windowFn.toProto());
  expect(copy).not.toHaveProperty('__last');
});

test('unknown window functions are none of ours', () => {
  expect(
    windowFnFromProto({ urn: 'beam:window_fn:calendar_days:v1', payload: new Uint8Array() }),
  ).toBeUndefined();
});

test('overlapping windows merge in whatever order they come', () => {
  const window = (start: number, end: number) => new IntervalWindow(at(start), at(end));
  const windows = [
    window(0, 10),
    window(10, 20),
    window(5, 8),
    window(30, 40),
    window(35, 60),
    window(59, 61),
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(windows, { minLength: windows.length }), (shuffled) => {
      expect(bounds(mergeOverlapping(shuffled).map(({ into }) => into))).toEqual([
        [0, 10],
        [10, 20],
        [30, 61],
      ]);
    }),
  );
});
