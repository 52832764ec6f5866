import { readFileSync } from 'node:fs';
import { reshuffle } from '../../beam/reshuffle';
import { withName } from '../../beam/sdk';
import { apply, type Collection, collect, elements, int, make, newFile, runLocal } from './graphs';

/** Each mode must show the same error: in the calling thread, and across threads of the built program. */
describe.each([[0], [2]])('with %i workers', (workers) => {
  test('an error of a DoFn names step and element, and keeps its fields', async () => {
    const run = runLocal(
      (root, file) => {
        const input = elements(root, 'Emit', ['fine', 'broken', 'fine too']);
        const spread = input.apply(withName('Reshuffle', reshuffle())) as Collection;
        collect(apply(spread, 'Read', make('Fails', 'broken')), 'Collect', file);
      },
      { workers },
    );
    await expect(run).rejects.toMatchObject({
      name: 'StepError',
      step: 'Read',
      origin: '"broken" in the global window at -9223372036854775 ms',
      message: 'Read: no such file (at "broken" in the global window at -9223372036854775 ms)',
      cause: { name: 'InputError', message: 'no such file', exitCode: 2, paths: ['a.csv'] },
    });
    const error = (await run.catch((thrown) => thrown)) as Error;
    expect((error.cause as Error).stack).toContain('registered.js');
  });

  test('so does one that comes later', async () => {
    const run = runLocal((root) => void apply(elements(root, 'Emit', ['x']), 'Wait', make('FailsLater')), {
      workers,
    });
    await expect(run).rejects.toMatchObject({
      step: 'Wait',
      cause: { name: 'TypeError', message: 'too late' },
    });
  });

  test('an abort ends the run between two elements and tears down', async () => {
    const file = newFile();
    const controller = new AbortController();
    const started = performance.now();
    const run = runLocal(
      (root) => {
        const numbers = apply(elements(root, 'Emit', ['x']), 'Count', make('Count', 50), int);
        const spread = numbers.apply(withName('Reshuffle', reshuffle())) as Collection;
        apply(spread, 'Slow', make('Slow', 200, file), int);
      },
      {
        workers,
        signal: controller.signal,
        onProgress: ({ stage, bundlesDone }) => {
          if (stage.includes('Slow') && bundlesDone === 2) controller.abort(new Error('enough'));
        },
      },
    );
    await expect(run).rejects.toMatchObject({ name: 'AbortError', cause: { message: 'enough' } });
    expect(performance.now() - started).toBeLessThan(3000);
    expect(readFileSync(file, 'utf8')).toMatch(/^(teardown\n)+$/);
  });

  test('an aborted signal begins nothing', async () => {
    const run = runLocal((root) => void elements(root, 'Emit', []), { workers, signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test('a worker that ends itself', async () => {
  const run = runLocal((root) => void apply(elements(root, 'Emit', ['x']), 'Exit', make('Exits')), {
    workers: 2,
  });
  await expect(run).rejects.toThrow('A worker thread ended unexpectedly, with exit code 7');
});

test('a module that workers can’t load', async () => {
  const run = runLocal((root) => void elements(root, 'Emit', ['x']), {
    workers: 1,
    registration: ['/no/such/module.js'],
  });
  await expect(run).rejects.toThrow(/no\/such\/module/);
});

test('a number of workers that is none', async () => {
  await expect(runLocal((root) => void elements(root, 'Emit', []), { workers: -1 })).rejects.toThrow(
    RangeError,
  );
});

test('the preview of an element is short, and leaves bytes out', async () => {
  const run = runLocal((root) => {
    const input = elements(root, 'Emit', [1], int);
    const bytes = apply(input, 'Bytes', make('LargeBytes', 100_000), int);
    apply(apply(bytes, 'Long', make('LongText')), 'Fail', make('Fails', 'long'));
  });
  const { origin } = (await run.catch((thrown) => thrown)) as { origin: string };
  expect(origin.length).toBeLessThan(300);
  expect(origin).toContain('<100000 bytes>');
});
