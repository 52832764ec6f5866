import { pinned } from '../../beam/pin';
import {
  assignTimestamps,
  counter,
  groupByKey,
  parDo,
  type Root,
  windowInto,
  withName,
} from '../../beam/sdk';
import { asList, asMultimap, asSingleton } from '../../beam/side_inputs';
import { FixedWindows, GlobalWindows } from '../../beam/windows';
import {
  apply,
  type Collection,
  collect,
  elements,
  fns,
  int,
  keyed,
  make,
  params,
  runLocal,
  runOnDirectRunner,
} from './graphs';

const seen = ({ lines }: { lines: { value: unknown; side?: unknown }[] }) =>
  lines.map(({ value, side }) => [value, side]);

function windowed(root: Root, name: string, texts: string[], sizeMs: number): Collection {
  return elements(root, name, texts)
    .apply(withName(`${name}, stamped`, assignTimestamps(fns.timestampOfText)))
    .apply(withName(`${name}, windowed`, windowInto(new FixedWindows(sizeMs) as never))) as never;
}

/** Collects `input` with a side input of another windowing. */
function collectPinned(input: Collection, file: string, side: unknown): void {
  const context = { ...params(), seen: counter('collected'), side };
  input.apply(pinned('Collect', parDo(make('Collect', file), context as never)) as never);
}

test('a list is there for every element, also where main and side come from the same stage', async () => {
  const graph = (root: Root, file: string) => {
    const numbers = elements(root, 'Emit', [1, 2, 3], int);
    collect(numbers, 'Collect', file, asList(numbers) as never);
  };
  const outcome = await runLocal(graph);
  expect(seen(outcome)).toEqual([
    [1, [1, 2, 3]],
    [2, [1, 2, 3]],
    [3, [1, 2, 3]],
  ]);
  expect(seen({ lines: await runOnDirectRunner(graph) })).toEqual(seen(outcome));
});

test('a side input that is computed from the main input', async () => {
  const outcome = await runLocal((root, file) => {
    const numbers = elements(root, 'Emit', [1, 2, 3], int);
    const groups = apply(numbers, 'Key', make('KeyByRemainder', 2), keyed(int)).apply(
      withName('Group', groupByKey()),
    );
    collect(numbers, 'Collect', file, asMultimap(groups as never) as never);
  });
  const groups = { k0: [[2]], k1: [[1, 3]] };
  expect(seen(outcome)).toEqual([
    [1, groups],
    [2, groups],
    [3, groups],
  ]);
});

test('a singleton, and its default', async () => {
  const outcome = await runLocal((root, file) => {
    collect(
      elements(root, 'Main', [1, 2], int),
      'One',
      file,
      asSingleton(elements(root, 'Side', [7], int)) as never,
    );
    const none = elements(root, 'None', [], int);
    collect(elements(root, 'Other', [3], int), 'Default', file, asSingleton(none, 9) as never);
  });
  expect(seen(outcome)).toEqual([
    [1, 7],
    [2, 7],
    [3, 9],
  ]);
});

test('a singleton of none or several elements is an error that names the step', async () => {
  const run = (values: number[]) =>
    runLocal((root, file) => {
      collect(
        elements(root, 'Main', [1], int),
        'Look up',
        file,
        asSingleton(elements(root, 'Side', values, int)) as never,
      );
    });
  await expect(run([])).rejects.toMatchObject({ name: 'StepError', step: 'Look up', message: /has 0/ });
  await expect(run([1, 2])).rejects.toMatchObject({ name: 'StepError', step: 'Look up', message: /has 2/ });
});

test('windows: each element sees its own window, mapped by its last moment where the sizes differ', async () => {
  const side = ['s 1 0', 's 2 500', 's 3 1500', 's 4 -1'];
  const same = await runLocal((root, file) => {
    const main = windowed(root, 'Main', ['m 1 100', 'm 2 1100', 'm 3 2100', 'm 4 -1000'], 1000);
    collectPinned(main, file, asList(windowed(root, 'Side', side, 1000)));
  });
  expect(seen(same)).toEqual([
    ['m 1 100', ['s 1 0', 's 2 500']],
    ['m 2 1100', ['s 3 1500']],
    ['m 3 2100', []],
    ['m 4 -1000', ['s 4 -1']],
  ]);
  const larger = await runLocal((root, file) => {
    const main = windowed(root, 'Main', ['m 1 100', 'm 2 1100', 'm 3 2100'], 500);
    collectPinned(main, file, asList(windowed(root, 'Side', side, 2000)));
  });
  expect(seen(larger)).toEqual([
    ['m 1 100', ['s 1 0', 's 2 500', 's 3 1500']],
    ['m 2 1100', ['s 1 0', 's 2 500', 's 3 1500']],
    ['m 3 2100', []],
  ]);
});

test('a side input in the global window is the same for every window; the main input keeps its own', async () => {
  const outcome = await runLocal((root, file) => {
    const main = windowed(root, 'Main', ['m 1 100', 'm 2 1100'], 1000);
    const side = windowed(root, 'Side', ['s 1 0', 's 2 500'], 1000);
    collectPinned(
      main,
      file,
      asList(side.apply(withName('Global', windowInto(new GlobalWindows() as never))) as never),
    );
  });
  expect(outcome.lines.map(({ value, window, side }) => [value, window, side])).toEqual([
    ['m 1 100', [0, 1000], ['s 1 0', 's 2 500']],
    ['m 2 1100', [1000, 2000], ['s 1 0', 's 2 500']],
  ]);
});

test('a main input in the global window has no window in a windowed side input', async () => {
  const run = runLocal((root, file) => {
    collectPinned(elements(root, 'Main', [1], int), file, asList(windowed(root, 'Side', ['s 1 0'], 1000)));
  });
  await expect(run).rejects.toMatchObject({
    name: 'UnsupportedStepError',
    step: 'Collect',
    message: /global window/,
  });
});
