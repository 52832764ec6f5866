import { readFileSync } from 'node:fs';
import { reshuffle } from '../../beam/reshuffle';
import { split, withName } from '../../beam/sdk';
import {
  anything,
  apply,
  type Collection,
  collect,
  elements,
  int,
  make,
  newFile,
  params,
  runLocal,
  text,
  values,
} from './graphs';

describe('a DoFn may return', () => {
  test.each([
    ['a generator', 'SyncIterable'],
    ['an array', 'ArrayResult'],
    ['a promise', 'PromiseResult'],
    ['an async generator', 'AsyncIterableResult'],
  ])('%s', async (_what, doFn) => {
    const { lines } = await runLocal((root, file) => {
      const doubled = apply(elements(root, 'Emit', ['x', 'y']), 'Double', make(doFn));
      collect(apply(doubled, 'Again', make(doFn)), 'Collect', file);
    });
    expect(values(lines)).toEqual(['xaa', 'xab', 'xba', 'xbb', 'yaa', 'yab', 'yba', 'ybb']);
  });

  test('nothing', async () => {
    const { lines, result } = await runLocal((root, file) => {
      collect(apply(elements(root, 'Emit', ['x']), 'Swallow', make('Nothing')), 'Collect', file);
    });
    expect(lines).toEqual([]);
    expect(result.counters.size).toBe(0);
  });
});

test('elements of an impulse are in the global window, before all time, with an unknown pane', async () => {
  const { lines } = await runLocal((root, file) => collect(elements(root, 'Emit', ['x']), 'Collect', file));
  expect(lines).toEqual([
    { value: 'x', window: 'global', timestamp: '-9223372036854775', pane: 'UNKNOWN 0 0 first last' },
  ]);
});

type Outputs = Record<'even' | 'odd', Collection>;

test('several outputs', async () => {
  const odd = newFile();
  const { lines } = await runLocal((root, file) => {
    const numbers = elements(root, 'Emit', [1, 2, 3, 4, 5], int);
    const outputs = apply(numbers, 'Even or odd', make('EvenOdd'), anything).apply(
      split(['even', 'odd']) as never,
    );
    collect((outputs as Outputs).even, 'Even', file);
    collect((outputs as Outputs).odd, 'Odd', odd);
  });
  expect(values(lines)).toEqual([2, 4]);
  expect(readFileSync(odd, 'utf8').split('\n').filter(Boolean)).toHaveLength(3);
});

test('finishBundle gives out windowed values; teardown has run before the next stage begins', async () => {
  const life = newFile();
  const { lines } = await runLocal((root, file) => {
    const held = apply(elements(root, 'Emit', ['x', 'y']), 'Hold', make('Buffering', life), text, params());
    const next = held.apply(withName('Reshuffle', reshuffle())) as never;
    apply(next, 'Note', make('AppendLine', life, 'next stage'));
    collect(next, 'Collect', file);
  });
  expect(values(lines)).toEqual(['held x', 'held y']);
  expect(readFileSync(life, 'utf8').trim().split('\n')).toEqual([
    'setup',
    'start',
    'finish',
    'teardown',
    'next stage',
    'next stage',
  ]);
});
