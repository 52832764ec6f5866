/** `funnelpulse join`: hours that the live dataset has are its own, others the history's; and what can't be joined is said. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithBigquery } from '../emulators/bigquery';
import { runSql } from '../emulators/bigquery_rows';
import { type Outcome, start } from './product';

// A statement takes the stand-in a tenth of a second and more, on a machine that has other work several times that.
jest.setTimeout(300_000);

const bigquery = (dataset: string): string => `bigquery:local-test.${dataset}`;

describeWithBigquery('join', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'funnelpulse-join-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Views of brands, as many as `views` says, in hours of a day, into a dataset of its own. */
  async function fill(dataset: string, hours: Record<string, Record<string, number>>): Promise<void> {
    const lines = Object.entries(hours).flatMap(([hour, brands]) =>
      Object.entries(brands).flatMap(([brand, views]) =>
        Array.from(
          { length: views },
          (_, user) =>
            `2019-10-01 ${hour}:00:0${user} UTC,view,1,2,home.kitchen,${brand},5.00,${brand}${user},s`,
        ),
      ),
    );
    const file = join(folder, `${dataset}.csv`);
    const header =
      'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session';
    writeFileSync(file, `${[header, ...lines].join('\n')}\n`);
    const run = start(['run', '--input', file, '--output', bigquery(dataset), '--quiet']);
    expect(await run.ended).toMatchObject({ code: 0, stderr: '' });
  }

  const joined = (live: string, history: string, into: string): Promise<Outcome> =>
    start(['join', '--live', bigquery(live), '--history', bigquery(history), '--into', bigquery(into)]).ended;

  test('an hour is one of the two’s, with all its rows', async () => {
    await fill('past', { '09': { acme: 1, dud: 2 }, '10': { acme: 3, dud: 4 } });
    await fill('now', { '10': { acme: 5 }, '11': { zen: 6 } });
    const { code, stdout, stderr } = await joined('now', 'past', 'both');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Views in bigquery:local-test.both:\n  gold_funnel_hourly_brand\n');
    const rows = await runSql(
      { project: 'local-test', dataset: 'both' },
      `SELECT FORMAT_TIMESTAMP('%H', window_start) AS hour, brand, views FROM both.gold_funnel_hourly_brand ORDER BY 1, 2`,
    );
    expect(rows).toEqual([
      { hour: '09', brand: 'acme', views: 1 },
      { hour: '09', brand: 'dud', views: 2 },
      { hour: '10', brand: 'acme', views: 5 },
      { hour: '11', brand: 'zen', views: 6 },
    ]);
    // Again: the views are made anew.
    expect(await joined('now', 'past', 'both')).toMatchObject({ code: 0 });
    expect(await joined('now', 'past', 'now')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('local-test.now is one of the datasets that are joined'),
    });
    expect(await joined('nothing', 'past', 'both')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no dataset bigquery:local-test.nothing'),
    });
    expect(await joined('past', 'both', 'now')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has a table gold_funnel_hourly_brand, where the view would be'),
    });
  });

  test('history of an earlier run in a dataset, and one that is not there', async () => {
    await fill('before', { '09': { acme: 9 } });
    const file = join(folder, 'before.csv');
    const run = (history: string) =>
      start([
        ...['run', '--input', file, '--output', `duckdb:${join(folder, 'after.duckdb')}`, '--quiet'],
        ...['--baseline', 'trailing', '--history', history],
      ]).ended;
    expect(await run(bigquery('before'))).toMatchObject({ code: 0, stderr: '' });
    expect(await run(bigquery('never'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--history bigquery:local-test.never: there are no hourly rows'),
    });
    expect(await run('bigquery:never')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--history bigquery:never: bigquery:PROJECT.DATASET was expected'),
    });
  });
});
