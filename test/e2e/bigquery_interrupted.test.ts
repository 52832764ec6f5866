/** The command line onto BigQuery: killed while loading and run again, the tables are the same; of two at once, the second refuses; a huge line is kept whole. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn, readDataset } from '../emulators/bigquery_rows';
import type { Fate } from '../emulators/fault_proxy';
import { describeSampleInBigquery, own, run, staged } from './bigquery_scene';
import { start, until } from './product';

// A statement takes the stand-in a tenth of a second and more, on a machine that has other work several times that.
jest.setTimeout(300_000);

describeSampleInBigquery('bigquery:', (scene) => {
  test('killed while it loads, and run again: the same tables', async () => {
    const dataset = own('killed');
    let loads = 0;
    scene().between.decide = ({ path }) => {
      if (path.startsWith('/upload/')) loads++;
      return loads > 3 ? new Promise(() => {}) : 'pass';
    };
    const first = run(dataset);
    await until(() => loads > 3, first);
    first.process.kill('SIGKILL');
    await first.ended;
    scene().between.decide = () => 'pass';
    expect((await namesIn(dataset)).filter((name) => name.startsWith('staging_'))).not.toEqual([]);
    for (const rows of Object.values(await readDataset(dataset))) expect(rows).toEqual([]);
    expect((await run(dataset, '--quiet').ended).code).toBe(0);
    expect(await readDataset(dataset)).toEqual(scene().expected);
    expect(staged(dataset)).toEqual([]);
  });

  test('while one run loads, another on the same dataset refuses; the first is not disturbed', async () => {
    const dataset = own('both');
    let goOn = (): void => {};
    const waiting = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let loading = false;
    scene().between.decide = async ({ path }): Promise<Fate> => {
      if (!path.startsWith('/upload/')) return 'pass';
      loading = true;
      await waiting;
      return 'pass';
    };
    const first = run(dataset, '--quiet');
    await until(() => loading, first);
    const second = await run(dataset).ended;
    expect(second).toMatchObject({ code: 2, stdout: '' });
    expect(second.stderr).toMatch(
      /^funnelpulse: bigquery:local-test\.both is being written to by the run \S+ \(process \d+ on /,
    );
    expect(second.stderr.trim().split('\n')).toHaveLength(1);
    goOn();
    expect(await first.ended).toMatchObject({ code: 0, stderr: '' });
    expect(await readDataset(dataset)).toEqual(scene().expected);
  });

  test('a line over 10 MiB is a dead letter with all of its bytes', async () => {
    const dataset = own('large');
    const input = join(scene().folder, 'large.csv');
    const line = 'x'.repeat(11 << 20);
    writeFileSync(
      input,
      `event_time,event_type,product_id,price,user_id\n2026-01-01T00:00:00Z,view,p,1,u\n${line}\n`,
    );
    const { code, stderr } = await start([
      'run',
      '--input',
      input,
      '--output',
      'bigquery:local-test.large',
      '--quiet',
    ]).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { dead_letters } = await readDataset(dataset);
    expect(dead_letters).toMatchObject([{ reason: 'malformed_row', payload: line }]);
  });
});
