/** Small graphs for other Beam runners, and what they have to give: what comes out of the local runner, counters included. */

import { BytesCoder } from '../../../beam/bytes_coder';
import { pinned } from '../../../beam/pin';
import { reshuffle } from '../../../beam/reshuffle';
import {
  assignTimestamps,
  combinePerKey,
  counter,
  flatten,
  groupByKey,
  P,
  parDo,
  type Root,
  split,
  windowInto,
  withName,
} from '../../../beam/sdk';
import { asList, asSingleton } from '../../../beam/side_inputs';
import { FixedWindows, GlobalWindows, SlidingWindows, type WindowFn } from '../../../beam/windows';
import { type PortableRunnerOptions, runPortable } from '../../../runners/portable';
import {
  apply,
  type Collection,
  collect,
  elements,
  fns,
  int,
  keyed,
  type Line,
  linesOf,
  make,
  newFile,
  params,
  pipeline,
  runLocal,
} from '../graphs';

export type Build = (root: Root, file: string) => void;

const TEXTS = ['a 1 0', 'a 2 999', 'a 3 1000', 'b 4 5', 'a 5 -1', 'a 6 -1001', 'b 7 4000'];

/** Elements 'key value milliseconds' as windowed keys and values. */
export function windowed(root: Root, windowFn: WindowFn, texts = TEXTS, name = 'Emit'): Collection {
  const stamped = elements(root, name, texts)
    .apply(withName(`${name}, stamped`, assignTimestamps(fns.timestampOfText)))
    .apply(withName(`${name}, windowed`, windowInto(windowFn as never)));
  return apply(stamped, `${name}, parsed`, make('ParseKeyed'), keyed());
}

function grouped(windowFn: WindowFn): Build {
  return (root, file) => {
    const groups = windowed(root, windowFn).apply(withName('Group', groupByKey()));
    collect(groups as never, 'Collect', file);
  };
}

export const sums: Build = (root, file) => {
  const numbers = apply(elements(root, 'Emit', ['x']), 'Count', make('Count', 1000), int);
  const keys = apply(numbers, 'Key', make('KeyByRemainder', 3), keyed(int));
  const combined = keys.apply(withName('Sum', combinePerKey(make('SumFn'))) as never) as Collection;
  collect(combined, 'Collect', file);
};

export const GRAPHS: Record<string, Build> = {
  elements: (root, file) => collect(elements(root, 'Emit', ['a', 'b', 'c']), 'Collect', file),
  'nothing at all': (root, file) => collect(elements(root, 'Emit', []), 'Collect', file),
  'groups in fixed windows': grouped(new FixedWindows(1000)),
  'groups in sliding windows': grouped(new SlidingWindows(2000, 1000)),
  'groups in the global window': grouped(new GlobalWindows()),
  sums,
  'keys that are bytes': (root, file) => {
    const pairs = [
      { key: [0, 255], value: 'x' },
      { key: [], value: 'y' },
      { key: [0, 255], value: 'z' },
    ];
    const bytes = keyed(undefined, new BytesCoder() as never);
    const keys = apply(elements(root, 'Emit', ['go']), 'Key', make('KeyBytes', pairs), bytes);
    const groups = keys.apply(withName('Group', groupByKey())) as Collection;
    collect(groups, 'Collect', file);
  },
  'a flatten of three': (root, file) => {
    const parts = ['a', 'b', 'c'].map((name) => elements(root, `Emit ${name}`, [name, `${name}${name}`]));
    collect(P(parts as never).apply(withName('Flatten', flatten())) as never, 'Collect', file);
  },
  'several outputs': (root, file) => {
    const numbers = apply(elements(root, 'Emit', ['x']), 'Count', make('Count', 10), int);
    const objects = numbers.apply(withName('Even and odd', parDo(make('EvenOdd'))));
    const { even, odd } = objects.apply(withName('Split', split(['even', 'odd']))) as never as Record<
      'even' | 'odd',
      Collection
    >;
    collect(even, 'Collect even', file);
    collect(apply(odd, 'Same', make('OnlyBelow', 7), int), 'Collect odd', file);
  },
  'a reshuffle': (root, file) => {
    const numbers = apply(elements(root, 'Emit', ['x']), 'Count', make('Count', 500), int);
    collect(numbers.apply(withName('Reshuffle', reshuffle())) as Collection, 'Collect', file);
  },
  'DoFns that answer later': (root, file) => {
    const texts = elements(root, 'Emit', ['x', 'y']);
    const promised = apply(texts, 'Promise', make('PromiseResult'));
    collect(apply(promised, 'Iterate', make('AsyncIterableResult')), 'Collect', file);
  },
  'metrics of steps': (root, file) => {
    const numbers = apply(elements(root, 'Emit', ['x']), 'Count', make('Count', 20), int);
    const { Metric } = require('apache-beam/transforms/pardo');
    const size = new Metric('beam:metric:user:distribution_int64:v1', 'size');
    const measured = apply(numbers, 'Measure', make('Measure'), int, { count: counter('count'), size });
    const again = apply(measured, 'Measure again', make('Measure'), int, { count: counter('count'), size });
    collect(again, 'Collect', file);
  },
  'a list as a side input': (root, file) => {
    const side = elements(root, 'Side', [3, 1, 2], int);
    collect(elements(root, 'Main', ['a', 'b']), 'Collect', file, asList(side) as never);
  },
  'a singleton as a side input, from a combine': (root, file) => {
    const numbers = apply(elements(root, 'Emit', ['x']), 'Count', make('Count', 100), int);
    const keys = apply(numbers, 'Key', make('KeyByRemainder', 1), keyed(int));
    const sum = keys.apply(withName('Sum', combinePerKey(make('SumFn'))) as never) as Collection;
    const plain = apply(sum, 'Plain', make('OnlyBelow', Number.NaN), int);
    collect(elements(root, 'Main', ['a', 'b']), 'Collect', file, asSingleton(plain, 'none') as never);
  },
  'side inputs in windows': (root, file) => {
    const main = windowed(root, new FixedWindows(1000), TEXTS, 'Main');
    const side = windowed(root, new FixedWindows(2000), ['s 1 0', 's 2 500', 's 3 1500', 's 4 -1'], 'Side');
    const context = { ...params(), seen: counter('collected'), side: asList(side) };
    main.apply(pinned('Collect', parDo(make('Collect', file), context as never)) as never);
  },
};

/** Runs a graph on a job server. */
export async function runOn(endpoint: string, build: Build, options: Partial<PortableRunnerOptions> = {}) {
  const file = newFile();
  const result = await runPortable(
    pipeline((root) => build(root, file)),
    { endpoint, ...options },
  );
  return { lines: linesOf(file), result };
}

/**
 * Runs it there and on the local runner, and compares what came out and what was counted.
 *
 * @param compared what of each line is compared
 */
export async function expectSame(
  endpoint: string,
  build: Build,
  options: Partial<PortableRunnerOptions> = {},
  compared: (line: Line) => Line = (line) => line,
): Promise<void> {
  const { lines, result } = await runOn(endpoint, build, options);
  const local = await runLocal(build);
  expect(lines.map(compared)).toEqual(local.lines.map(compared));
  expect(result.counters).toEqual(local.result.counters);
  expect(result.stepCounters).toEqual(local.result.stepCounters);
  expect(result.distributions).toEqual(local.result.distributions);
}
