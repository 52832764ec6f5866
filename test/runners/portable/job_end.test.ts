/** How jobs end that don't end well: on Prism, and where there is no job server. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkerPool } from '../../../runners/harness/fn_api/worker_pool';
import { JobFailedError, type PortableProgress, runPortable } from '../../../runners/portable';
import { describeWithPrism } from '../../emulators/prism';
import { freePort } from '../../emulators/pubsub';
import { apply, elements, int, make, newFile, pipeline } from '../graphs';

describeWithPrism('Prism', (prism) => {
  const endpoint = () => prism().endpoint;

  test('a step that fails: the error is the one that was thrown, with step and element', async () => {
    const graph = pipeline((root) => {
      apply(elements(root, 'Emit', ['fine', 'broken']), 'Read', make('Fails', 'broken'));
    });
    await expect(runPortable(graph, { endpoint: endpoint() })).rejects.toMatchObject({
      name: 'StepError',
      step: 'Read',
      origin: expect.stringContaining('"broken" in the global window'),
      cause: { name: 'InputError', message: 'no such file', exitCode: 2, paths: ['a.csv'] },
    });
  });

  test('a step that fails elsewhere: the runner says what of it it was told', async () => {
    const pool = await WorkerPool.start();
    try {
      const graph = pipeline((root) => {
        apply(elements(root, 'Emit', ['fine', 'broken']), 'Read', make('Fails', 'broken'));
      });
      const environment = { kind: 'external', address: pool.address } as const;
      const run = runPortable(graph, { endpoint: endpoint(), environment });
      const error = await run.catch((failure) => failure);
      expect(error).toBeInstanceOf(JobFailedError);
      expect(error.state).toBe('FAILED');
      expect(error.message).toMatch(/Read: no such file \(at "broken" in the global window/);
    } finally {
      await pool.stop();
    }
  });

  test('an abort cancels the job; its workers stop', async () => {
    const controller = new AbortController();
    const told: PortableProgress[] = [];
    const file = newFile();
    const graph = pipeline((root) => {
      const numbers = apply(elements(root, 'Emit', ['x']), 'Count', make('Count', 10_000), int);
      apply(apply(numbers, 'Slow', make('Slow', 5), int), 'Write', make('AppendLine', file, 'seen'), int);
    });
    const run = runPortable(graph, {
      endpoint: endpoint(),
      signal: controller.signal,
      onProgress: (progress) => {
        told.push(progress);
        if (told.length === 2) controller.abort(new Error('enough'));
      },
    });
    await expect(run).rejects.toMatchObject({ name: 'AbortError', cause: { message: 'enough' } });
    expect(told[0]).toMatchObject({ state: 'RUNNING', seconds: expect.any(Number) });
    const { length } = readFileSync(file);
    await sleep(300);
    expect(readFileSync(file).length).toBe(length);
    expect(length).toBeLessThan(10_000 * 'seen\n'.length);
  });

  test('an aborted signal begins nothing', async () => {
    const run = runPortable(
      pipeline((root) => void elements(root, 'Emit', [])),
      {
        endpoint: endpoint(),
        signal: AbortSignal.abort(),
      },
    );
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('a graph that the runner refuses', async () => {
    const graph = pipeline((root) => void elements(root, 'Emit', ['x']));
    const [step] = Object.values(graph.components!.transforms).filter(
      ({ spec }) => spec?.urn === 'beam:transform:pardo:v1',
    );
    step.spec!.urn = 'beam:transform:of_tomorrow:v1';
    const error = await runPortable(graph, { endpoint: endpoint() }).catch((failure) => failure);
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toContain('beam:transform:of_tomorrow:v1');
  });
});

test('no job server', async () => {
  const endpoint = `localhost:${await freePort()}`;
  const run = runPortable(
    pipeline((root) => void elements(root, 'Emit', [])),
    { endpoint },
  );
  await expect(run).rejects.toMatchObject({
    name: 'JobServerError',
    message: `no job server answers at ${endpoint}`,
  });
});
