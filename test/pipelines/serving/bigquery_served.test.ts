/** A dataset that is served: no question is put twice while the tables are the same, and who listens hears of changes. */
import { once } from 'node:events';
import { openBigquery } from '../../../io/bigquery/client';
import { createTable, openDataset } from '../../../io/bigquery/dataset';
import type { DatasetName } from '../../../io/bigquery/dataset_name';
import { BigqueryServed } from '../../../pipelines/serving/bigquery_served';
import { KeptAnswers } from '../../../pipelines/serving/kept_answers';
import { bigqueryTable } from '../../../schema/bigquery';
import { required } from '../../../schema/column';
import { runs, TABLES } from '../../../schema/tables';
import { momentOf } from '../../../serving/questions/moment';
import type { Store } from '../../../serving/questions/store';
import { countBrands } from '../../../serving/questions/totals';
import { describeWithBigquery } from '../../emulators/bigquery';
import { runSql } from '../../emulators/bigquery_rows';
import { FaultProxy, googleError } from '../../emulators/fault_proxy';

jest.setTimeout(120_000);

const DATASET: DatasetName = { project: 'local-test', dataset: 'served' };
const PERIOD = { since: '2026-01-01', until: '2026-01-31' };
const brandsIn = (store: Store): Promise<number> => countBrands(store, PERIOD);

describeWithBigquery('a dataset that is served', (server) => {
  let between: FaultProxy;
  let served: BigqueryServed;
  beforeAll(async () => {
    const client = openBigquery(DATASET.project);
    await openDataset(client, DATASET, null);
    for (const table of [...TABLES, runs])
      await createTable(client, DATASET, table.name, bigqueryTable(table));
    between = await FaultProxy.before(server().url);
    process.env.BIGQUERY_EMULATOR_HOST = between.url;
  });
  beforeEach(async () => {
    await runSql(
      DATASET,
      'DELETE FROM served.runs WHERE TRUE; DELETE FROM served.gold_funnel_daily_brand WHERE TRUE',
    );
    await commit('a', 1);
    between.decide = () => 'pass';
  });
  afterEach(() => served.close());
  afterAll(() => between.stop());

  /** Another brand, and the run's account of it. */
  async function commit(brand: string, read: number): Promise<void> {
    await runSql(
      DATASET,
      `DELETE FROM served.runs WHERE TRUE;
       INSERT INTO served.runs (run_id, mode, input, options, counts, allowed_lateness_ms, status, started_at) VALUES ('r', 'streaming', 'in', JSON '{}', JSON '{"read": ${read}}', 0, 'running', TIMESTAMP '2026-01-01');
       INSERT INTO served.gold_funnel_daily_brand (date, brand, views, carts, removals, purchases, revenue, pane, revision, computed_at) VALUES (DATE '2026-01-05', '${brand}', 1, 1, 0, 1, 5, 'on_time', 1, TIMESTAMP '2026-01-05')`,
    );
  }

  /** Questions that BigQuery got while `work` was done. */
  async function questionsOf(work: () => Promise<unknown>): Promise<number> {
    const before = between.calls.length;
    await work();
    return between.calls
      .slice(before)
      .filter(({ method, path }) => method === 'POST' && /\/queries/.test(path)).length;
  }

  test('what has been asked is kept, until the run says that it has written', async () => {
    served = new BigqueryServed('bigquery:local-test.served', DATASET, 400);
    expect(await questionsOf(async () => expect(await served.read(brandsIn)).toBe(1))).toBe(2);
    const again = () => Promise.all([1, 2, 3].map(() => served.read(brandsIn)));
    await new Promise((resolve) => setTimeout(resolve, 450));
    // Time for a look, and only for that.
    expect(await questionsOf(again)).toBe(1);
    const [first, second] = [await served.read(momentOf), await served.read(momentOf)];
    expect(second).toBe(first);
    const changed = once(events(served), 'change');
    await commit('b', 2);
    await changed;
    expect(await served.read(brandsIn)).toBe(2);
    expect(await served.read(momentOf)).not.toBe(first);
  });

  test('nobody looks while nobody asks or listens', async () => {
    served = new BigqueryServed('bigquery:local-test.served', DATASET, 20);
    const stop = served.onChange(() => undefined);
    await once(events(between, 2), 'calls');
    stop();
    await served.close();
    expect(await questionsOf(() => new Promise((resolve) => setTimeout(resolve, 300)))).toBe(0);
  });

  test('what is wrong is said to who asks, and passes', async () => {
    served = new BigqueryServed('bigquery:local-test.served', DATASET, 0);
    between.decide = () => googleError(403, 'accessDenied', 'Access Denied: no');
    await expect(served.read(brandsIn)).rejects.toThrow(
      /^cannot read bigquery:local-test.served: permission denied .*bigquery.dataViewer/,
    );
    between.decide = () => 'pass';
    expect(await served.read(brandsIn)).toBe(1);
    const none = new BigqueryServed('bigquery:local-test.none', { ...DATASET, dataset: 'none' });
    await expect(none.read(brandsIn)).rejects.toThrow(/local-test.none: there is no such dataset/);
    await openDataset(openBigquery(DATASET.project), { ...DATASET, dataset: 'empty' }, null);
    const empty = new BigqueryServed('bigquery:local-test.empty', { ...DATASET, dataset: 'empty' });
    await expect(empty.read(brandsIn)).rejects.toThrow(/local-test.empty: it holds no tables of a run/);
  });

  function events(of: BigqueryServed | FaultProxy, calls = 0): EventTarget {
    const target = new EventTarget();
    if (of instanceof BigqueryServed) of.onChange(() => target.dispatchEvent(new Event('change')));
    else {
      const enough = of.calls.length + calls;
      of.decide = () => {
        if (of.calls.length >= enough) target.dispatchEvent(new Event('calls'));
        return 'pass';
      };
    }
    return target;
  }
});

describe('answers that are kept', () => {
  const columns = { n: required('int64', 'n') };
  const question = (n: number) => ({ sql: 'SELECT @n AS n', parameters: { n }, columns });

  test('one question at a time for all who ask it, by its parameters; a failure is forgotten', async () => {
    const put: number[] = [];
    const kept = new KeptAnswers((async ({ parameters: { n } }: { parameters: { n: number } }) => {
      put.push(n);
      if (put.length === 1) throw new Error('away');
      return [{ n }];
    }) as never);
    await expect(kept.ask(question(1))).rejects.toThrow('away');
    const [one, same, other] = await Promise.all([1, 1, 2].map((n) => kept.ask(question(n))));
    expect([one, same, other]).toEqual([[{ n: 1 }], [{ n: 1 }], [{ n: 2 }]]);
    expect(put).toEqual([1, 1, 2]);
    // What one does to its array is nothing to the others.
    one.pop();
    expect(await kept.ask(question(1))).toEqual([{ n: 1 }]);
    expect(put).toHaveLength(3);
  });

  test('what was asked for longest ago goes first', async () => {
    const put: number[] = [];
    const kept = new KeptAnswers(
      (async ({ parameters: { n } }: { parameters: { n: number } }) => {
        put.push(n);
        return [{ n }];
      }) as never,
      4,
    );
    for (const n of [1, 2, 1, 3, 1, 2]) await kept.ask(question(n));
    expect(put).toEqual([1, 2, 3, 2]);
  });
});
