/** Worker threads of the built program; `npm test` builds it first. */

import '../../beam/sdk';
import { BytesCoder } from 'apache-beam/coders/required_coders';
import { distribution } from 'apache-beam/transforms/pardo';
import { reshuffle } from '../../beam/reshuffle';
import { combinePerKey, counter, groupByKey, type Root, withName } from '../../beam/sdk';
import { asList } from '../../beam/side_inputs';
import type { RunProgress } from '../../runners/local';
import { apply, type Collection, collect, elements, int, keyed, make, runLocal, values } from './graphs';

const bytes = new BytesCoder() as never;

function graph(root: Root, file: string): void {
  const numbers = apply(elements(root, 'Emit', ['x']), 'Count', make('Count', 300), int);
  const spread = numbers.apply(withName('Reshuffle', reshuffle())) as Collection;
  const measured = apply(spread, 'Measure', make('Measure'), int, {
    count: counter('units'),
    size: distribution('size'),
  });
  const byKey = apply(measured, 'Key', make('KeyByRemainder', 7), keyed(int));
  const sums = byKey.apply(withName('Sum', combinePerKey(make('SumFn')))) as Collection;
  collect(sums, 'Sums', file, asList(apply(spread, 'Few', make('OnlyBelow', 3), int)) as never);
  const large = apply(spread, 'Large', make('LargeBytes', 70_000), keyed(bytes));
  collect(
    apply(large.apply(withName('Group', groupByKey())) as never, 'Add', make('SumBytes')),
    'Large sums',
    file,
  );
}

test('any number of workers gives the same', async () => {
  const alone = await runLocal(graph);
  expect(alone.lines).toHaveLength(10);
  expect(alone.lines).toContainEqual(
    expect.objectContaining({ value: { key: 'k0', value: 6321 }, side: [0, 1, 2] }),
  );
  const thirds = Array.from({ length: 100 }, (_, i) => (3 * i) % 256).reduce((a, b) => a + b);
  expect(values(alone.lines)).toContainEqual({ key: 'k0', value: `100 values, sum ${thirds * 70_000}` });
  for (const workers of [1, 3]) {
    const { lines, result } = await runLocal(graph, { workers });
    expect(lines).toEqual(alone.lines);
    expect(result.counters).toEqual(alone.result.counters);
    expect(result.distributions).toEqual(alone.result.distributions);
  }
});

test('counters and distributions are summed over bundles and steps', async () => {
  const { result } = await runLocal(graph, { workers: 2 });
  const units = 300 + (299 * 300) / 2;
  expect(result.counters.get('units')).toBe(units);
  expect(result.counters.get('collected')).toBe(10);
  expect(result.stepCounters.get('Measure')).toEqual(new Map([['units', units]]));
  expect(result.stepCounters.get('Sums')).toEqual(new Map([['collected', 7]]));
  expect(result.distributions.get('size')).toEqual({ count: 300, sum: (299 * 300) / 2, min: 0, max: 299 });
  expect(result.stepDistributions.get('Measure')?.get('size')?.count).toBe(300);
});

test('progress comes after each bundle, with what is committed so far', async () => {
  const seen: (Omit<RunProgress, 'counters'> & { units: number })[] = [];
  await runLocal(graph, {
    workers: 2,
    onProgress: ({ counters, ...progress }) => seen.push({ ...progress, units: counters.get('units') ?? 0 }),
  });
  const measure = seen.filter(({ stage }) => stage.includes('Measure'));
  expect(measure.map(({ bundlesDone }) => bundlesDone)).toEqual(measure.map((_, i) => i + 1));
  expect(measure[0].bundlesTotal).toBe(300);
  expect(measure.every(({ units }, i) => i === 0 || units > measure[i - 1].units)).toBe(true);
  expect(seen.at(-1)!.seconds).toBeGreaterThan(0);
});
