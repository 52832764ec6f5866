import { P } from 'apache-beam/pvalue';
import { reshuffle } from '../../beam/reshuffle';
import { combinePerKey, flatten, groupByKey, type Root, split, withName } from '../../beam/sdk';
import { asList } from '../../beam/side_inputs';
import { fuse } from '../../runners/local/fusion';
import { type ReadingOptions, stepsOf } from '../../runners/local/steps';
import { anything, apply, type Collection, collect, elements, int, keyed, make, pipeline } from './graphs';

/** A line for each stage: what it reads, its steps, and where it sends what. */
function shape(build: (root: Root) => void, options: ReadingOptions = { combines: 'lifted' }): string[] {
  const stages = fuse(stepsOf(pipeline(build), options));
  return stages.map(({ id, source, steps, outputs, sideInputs }) => {
    const from =
      typeof source === 'string' ? 'impulse' : `${source.kind} from ${[...source.from].map((s) => s.id)}`;
    const names = steps
      .map(({ transform }) => transform.uniqueName)
      .filter((name) => !name.endsWith(', encoded'));
    const waits = sideInputs.map((edge) => ` after ${[...edge.from].map((s) => s.id)}`).join('');
    const to = outputs.map(({ kind, to }) => ` ${kind}→${to.id}`).join('');
    return `${id}: ${from}${waits}: ${names.join(', ')};${to}`;
  });
}

const emit = (root: Root, name = 'Emit') => elements(root, name, [1, 2], int);
const key = (input: Collection, name = 'Key') => apply(input, name, make('KeyByRemainder', 2), keyed(int));

test('everything between two shuffles is one stage', () => {
  const stages = shape((root) => {
    const odd = apply(emit(root), 'Even or odd', make('EvenOdd'), anything).apply(
      split(['even', 'odd']) as never,
    );
    const groups = key((odd as { odd: Collection }).odd).apply(withName('Group', groupByKey())) as Collection;
    collect(groups, 'Collect', 'x');
  });
  expect(stages).toEqual([
    'stage 1: impulse: Emit, Even or odd, Split(even,odd), Key; group→stage 2',
    'stage 2: group from stage 1: Collect;',
  ]);
});

test('a combine is lifted before the shuffle, or not', () => {
  const build = (root: Root) =>
    collect(
      key(emit(root)).apply(withName('Sum', combinePerKey(make('SumFn')))) as Collection,
      'Collect',
      'x',
    );
  expect(shape(build)).toEqual([
    'stage 1: impulse: Emit, Key, Sum/Precombine; group→stage 2',
    'stage 2: group from stage 1: Sum/Merge, Sum/Extract, Collect;',
  ]);
  expect(shape(build, { combines: 'grouped' })).toEqual([
    'stage 1: impulse: Emit, Key; group→stage 2',
    'stage 2: group from stage 1: Sum/Combine, Collect;',
  ]);
});

test('a reshuffle breaks fusion', () => {
  const stages = shape((root) =>
    collect(emit(root).apply(withName('Spread', reshuffle())) as Collection, 'Collect', 'x'),
  );
  expect(stages).toEqual([
    'stage 1: impulse: Emit; reshuffle→stage 2',
    'stage 2: reshuffle from stage 1: Collect;',
  ]);
});

test('a side input of another root only makes its reader wait', () => {
  const stages = shape((root) => collect(emit(root), 'Collect', 'x', asList(emit(root, 'Side')) as never));
  expect(stages).toEqual([
    'stage 2: impulse: Side; side→stage 1',
    'stage 1: impulse after stage 2: Emit, Collect;',
  ]);
});

test('a side input of the same stage, or one behind it, has the main input kept, once', () => {
  const stages = shape((root) => {
    const numbers = emit(root);
    const groups = key(numbers).apply(withName('Group', groupByKey())) as Collection;
    collect(numbers, 'Collect', 'x', asList(groups) as never);
    collect(numbers, 'Collect too', 'x', asList(groups) as never);
  });
  expect(stages).toEqual([
    'stage 1: impulse: Emit, Key; group→stage 2 elements→stage 3',
    'stage 2: group from stage 1: ; side→stage 3 side→stage 3',
    'stage 3: elements from stage 1 after stage 2 after stage 2: Collect, Collect too;',
  ]);
});

test('a flatten becomes part of the stages that feed it', () => {
  const stages = shape((root) => {
    const spread = emit(root, 'Two').apply(withName('Spread', reshuffle())) as Collection;
    const all = P([emit(root, 'One'), spread] as never).apply(
      withName('Both', flatten()) as never,
    ) as Collection;
    collect(key(all).apply(withName('Group', groupByKey())) as Collection, 'Collect', 'x');
  });
  expect(stages).toEqual([
    'stage 1: impulse: Two; reshuffle→stage 2',
    'stage 2: reshuffle from stage 1: Both, Key; group→stage 4',
    'stage 3: impulse: One, Both, Key; group→stage 4',
    'stage 4: group from stage 3,stage 2: Collect;',
  ]);
});
