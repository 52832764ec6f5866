import {
  AccumulationMode_Enum,
  ClosingBehavior_Enum,
  OnTimeBehavior_Enum,
  OutputTime_Enum,
  WindowingStrategy,
} from 'apache-beam/proto/beam_runner_api';
import { P } from 'apache-beam/pvalue';
import { reshuffle } from '../../beam/reshuffle';
import {
  assignTimestamps,
  combinePerKey,
  flatten,
  groupByKey,
  type Root,
  windowInto,
  withName,
} from '../../beam/sdk';
import { FixedWindows, GlobalWindows, Sessions, SlidingWindows, type WindowFn } from '../../beam/windows';
import {
  apply,
  type Collection,
  collect,
  elements,
  fns,
  int,
  keyed,
  type Line,
  make,
  runLocal,
  runOnDirectRunner,
  values,
} from './graphs';

/** The global window's last moment, as a double. */
const END_OF_TIME = Number(9223371950454775n);
const ON_TIME = 'ON_TIME 0 0 first last';

function strategy(outputTime: OutputTime_Enum, more: Partial<WindowingStrategy> = {}): WindowingStrategy {
  return WindowingStrategy.create({
    trigger: { trigger: { oneofKind: 'default', default: {} } },
    accumulationMode: AccumulationMode_Enum.DISCARDING,
    closingBehavior: ClosingBehavior_Enum.EMIT_IF_NONEMPTY,
    onTimeBehavior: OnTimeBehavior_Enum.FIRE_ALWAYS,
    outputTime,
    environmentId: 'jsEnvironment',
    ...more,
  } as never);
}

/** Elements 'key value milliseconds' as windowed keys and values. */
function windowed(root: Root, texts: string[], windowFn: WindowFn, base?: WindowingStrategy): Collection {
  const stamped = elements(root, 'Emit', texts)
    .apply(withName('Stamp', assignTimestamps(fns.timestampOfText)))
    .apply(withName('Window', windowInto(windowFn as never, base)));
  return apply(stamped, 'Parse', make('ParseKeyed'), keyed());
}

function grouped(texts: string[], windowFn: WindowFn, base?: WindowingStrategy) {
  return (root: Root, file: string) =>
    collect(
      windowed(root, texts, windowFn, base).apply(withName('Group', groupByKey())) as never,
      'Collect',
      file,
    );
}

const summary = (lines: Line[]) =>
  lines.map(({ value, window, timestamp, pane }) => {
    const { key, value: collected } = value as { key: string; value: unknown };
    return [key, collected, window, Number(timestamp), pane];
  });

describe('groups by key and window, in one pane at the end of the window', () => {
  test('fixed windows, also before 1970', async () => {
    const texts = ['a 1 0', 'a 2 999', 'a 3 1000', 'b 4 5', 'a 5 -1', 'a 6 -1000', 'a 7 -1001'];
    const { lines } = await runLocal(grouped(texts, new FixedWindows(1000)));
    expect(summary(lines)).toEqual([
      ['a', ['1', '2'], [0, 1000], 999, ON_TIME],
      ['a', ['3'], [1000, 2000], 1999, ON_TIME],
      ['a', ['5', '6'], [-1000, 0], -1, ON_TIME],
      ['a', ['7'], [-2000, -1000], -1001, ON_TIME],
      ['b', ['4'], [0, 1000], 999, ON_TIME],
    ]);
  });

  test('fixed windows with an offset', async () => {
    const { lines } = await runLocal(
      grouped(['a 1 0', 'a 2 299', 'a 3 300', 'a 4 -701'], new FixedWindows(1000, 300)),
    );
    expect(summary(lines).map(([, collected, window]) => [collected, window])).toEqual([
      [
        ['1', '2'],
        [-700, 300],
      ],
      [['3'], [300, 1300]],
      [['4'], [-1700, -700]],
    ]);
  });

  test('sliding windows: an element is in each of them', async () => {
    const { lines } = await runLocal(
      grouped(['a 1 0', 'a 2 1500', 'a 3 -500'], new SlidingWindows(2000, 1000)),
    );
    expect(summary(lines).map(([, collected, window]) => [collected, window])).toEqual([
      [
        ['1', '2'],
        [0, 2000],
      ],
      [
        ['1', '3'],
        [-1000, 1000],
      ],
      [['2'], [1000, 3000]],
      [['3'], [-2000, 0]],
    ]);
  });

  test('sessions merge where they share a moment, per key, and not where they touch', async () => {
    const texts = ['a 1 0', 'a 2 900', 'a 3 1900', 'b 4 500', 'a 5 -50', 'a 6 2900'];
    const { lines } = await runLocal(grouped(texts, new Sessions(1000)));
    expect(summary(lines)).toEqual([
      ['a', ['1', '2', '5'], [-50, 1900], 1899, ON_TIME],
      ['a', ['3'], [1900, 2900], 2899, ON_TIME],
      ['a', ['6'], [2900, 3900], 3899, ON_TIME],
      ['b', ['4'], [500, 1500], 1499, ON_TIME],
    ]);
  });

  test('the global window, with keys and values of no bytes', async () => {
    const { lines } = await runLocal(grouped([' 1 5', 'a  6', '  7', ' 2 8'], new GlobalWindows()));
    expect(summary(lines)).toEqual([
      ['', ['', '1', '2'], 'global', END_OF_TIME, ON_TIME],
      ['a', [''], 'global', END_OF_TIME, ON_TIME],
    ]);
  });
});

describe('the timestamp of a group', () => {
  const texts = ['a 1 700', 'a 2 -300', 'a 3 100', 'a 4 400'];
  test.each([
    ['the end of its window', OutputTime_Enum.END_OF_WINDOW, [999, -1]],
    ['its earliest value', OutputTime_Enum.EARLIEST_IN_PANE, [100, -300]],
    ['its latest value', OutputTime_Enum.LATEST_IN_PANE, [700, -300]],
  ])('%s', async (_what, outputTime, expected) => {
    const { lines } = await runLocal(grouped(texts, new FixedWindows(1000), strategy(outputTime)));
    expect(lines.map(({ timestamp }) => Number(timestamp))).toEqual(expected);
  });

  test('its earliest value, where sessions merge', async () => {
    const sessions = new Sessions(500);
    const { lines } = await runLocal(grouped(texts, sessions, strategy(OutputTime_Enum.EARLIEST_IN_PANE)));
    expect(lines.map(({ timestamp, window }) => [Number(timestamp), window])).toEqual([[-300, [-300, 1200]]]);
  });
});

describe('combine per key', () => {
  const texts = Array.from({ length: 60 }, (_, i) => `${'abc'[i % 3]} ${i} ${i * 50 - 1000}`);
  const graph = (windowFn: WindowFn) => (root: Root, file: string) => {
    const spread = windowed(root, texts, windowFn).apply(withName('Reshuffle', reshuffle())) as Collection;
    collect(spread.apply(withName('Sum', combinePerKey(make('SumFn')))) as never, 'Collect', file);
  };
  const sums = (lines: Line[]) => lines.map(({ value, window }) => [value, window]);

  test('gives the same lifted, not lifted, and on the DirectRunner', async () => {
    const lifted = await runLocal(graph(new FixedWindows(1000)));
    const unlifted = await runLocal(graph(new FixedWindows(1000)), { liftCombines: false });
    expect(lifted.lines).toEqual(unlifted.lines);
    expect(lifted.lines).toHaveLength(9);
    expect(lifted.lines[0]).toEqual({
      value: { key: 'a', value: expect.any(Number) },
      window: expect.any(Array),
      timestamp: expect.any(String),
      pane: ON_TIME,
    });
    const total = lifted.lines.reduce((sum, { value }) => sum + (value as { value: number }).value, 0);
    expect(total).toBe((59 * 60) / 2);
    expect(sums(await runOnDirectRunner(graph(new FixedWindows(1000))))).toEqual(sums(lifted.lines));
  });

  test('over sliding windows and sessions', async () => {
    const sliding = await runLocal(graph(new SlidingWindows(1000, 500)));
    expect(sliding.lines).toEqual(
      (await runLocal(graph(new SlidingWindows(1000, 500)), { liftCombines: false })).lines,
    );
    const sessions = await runLocal(graph(new Sessions(200)));
    expect(sums(sessions.lines)).toEqual([
      [{ key: 'a', value: 570 }, [-1000, 2050]],
      [{ key: 'b', value: 590 }, [-950, 2100]],
      [{ key: 'c', value: 610 }, [-900, 2150]],
    ]);
  });
});

describe('a reshuffle', () => {
  const graph = (root: Root, file: string) => {
    const input = windowed(root, ['a 1 0', 'a 2 1500', 'b 3 -1'], new FixedWindows(1000));
    collect(input.apply(withName('Reshuffle', reshuffle())) as Collection, 'Collect', file);
  };

  test('keeps elements, timestamps and windows', async () => {
    const { lines } = await runLocal(graph);
    expect(summary(lines)).toEqual([
      ['a', '1', [0, 1000], 0, 'UNKNOWN 0 0 first last'],
      ['a', '2', [1000, 2000], 1500, 'UNKNOWN 0 0 first last'],
      ['b', '3', [-1000, 0], -1, 'UNKNOWN 0 0 first last'],
    ]);
  });

  test('does so on the DirectRunner too', async () => {
    const strip = (lines: Line[]) =>
      lines.map(({ value, window, timestamp }) => ({ value, window, timestamp }));
    expect(strip(await runOnDirectRunner(graph))).toEqual(strip((await runLocal(graph)).lines));
  });
});

test('a flatten of stages: what follows runs in each of them, and the grouping sees all', async () => {
  const { lines } = await runLocal((root, file) => {
    const one = elements(root, 'One', [1, 2, 3], int);
    const two = elements(root, 'Two', [4, 5, 6], int).apply(withName('Reshuffle', reshuffle())) as Collection;
    const all = P([one, two, one] as never).apply(flatten() as never) as Collection;
    const byRemainder = apply(all, 'Key', make('KeyByRemainder', 2), keyed(int));
    collect(byRemainder.apply(withName('Group', groupByKey())) as never, 'Collect', file);
  });
  expect(values(lines)).toEqual([
    { key: 'k0', value: [2, 2, 4, 6] },
    { key: 'k1', value: [1, 1, 3, 3, 5] },
  ]);
});
