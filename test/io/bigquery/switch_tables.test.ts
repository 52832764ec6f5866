/** Rows on their way to BigQuery: what was staged is what the tables hold; loading and the switch may be done again, also when answers are lost; and what is wrong with the output is said in one sentence. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetName } from '../../../io/bigquery/dataset_name';
import { LEASE_TABLE } from '../../../io/bigquery/lease';
import { prepareOutput } from '../../../io/bigquery/prepare_output';
import { type SwitchOptions, switchTables } from '../../../io/bigquery/switch_tables';
import { type Staged, StageRows } from '../../../io/staging/stage_rows';
import type { Table } from '../../../schema/table';
import { deadLetters, goldFunnelDailyBrand, pipelineLedger, runs } from '../../../schema/tables';
import { describeWithBigquery } from '../../emulators/bigquery';
import { namesIn, readTable, runSql } from '../../emulators/bigquery_rows';
import { FaultProxy, googleError } from '../../emulators/fault_proxy';
import { books, day, letter, type Values } from './rows';

// A statement takes the stand-in a tenth of a second and more, on a machine that has other work several times that.
jest.setTimeout(300_000);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-bigquery-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let datasets = 0;
const newDataset = (): DatasetName => ({ project: 'local-test', dataset: `switch_${++datasets}` });

function options(dataset: DatasetName, runId: string, more: Partial<SwitchOptions> = {}): SwitchOptions {
  const staging = join(folder, runId);
  mkdirSync(staging, { recursive: true });
  return {
    ...{ dataset, staging, location: null, omit: ['silver_events'] },
    run: {
      ...{
        run_id: runId,
        state_id: null,
        mode: 'batch',
        input: 'in.csv',
        options: '{"a":[1]}',
        watermark: null,
      },
      ...{ allowed_lateness_ms: 7_200_000, started_at: Date.UTC(2026, 0, 1, 0, 0, 0, 123) },
    },
    ...more,
  };
}

function stage(table: Table, rows: readonly Values[]): Staged[] {
  const step = new StageRows(table.name, folder);
  step.startBundle();
  for (const none of step.process([...rows])) throw new Error(`${none}`);
  return [...step.finishBundle()].map(({ value }) => value);
}

const DAYS = [day('0001-01-01', '', -1n), day('2026-01-01', 'b"\\\n\u2028😀', 12_345_678_901_234_5678n)];
const LETTERS = [letter('0', 'x'.repeat(11 << 20)), letter('1', '\ufeff;"\'`--')];
const all = (): Staged[] => [
  ...stage(goldFunnelDailyBrand, DAYS.slice(1)),
  ...stage(goldFunnelDailyBrand, DAYS.slice(0, 1)),
  ...stage(deadLetters, LETTERS),
  ...stage(pipelineLedger, [books(10)]),
];

describeWithBigquery('the switch of a dataset', (server) => {
  let between: FaultProxy;
  beforeAll(async () => {
    between = await FaultProxy.before(server().url);
    process.env.BIGQUERY_EMULATOR_HOST = between.url;
  });
  beforeEach(() => {
    between.decide = () => 'pass';
    between.calls.length = 0;
  });
  afterAll(() => between.stop());

  const leftovers = async (dataset: DatasetName) =>
    (await namesIn(dataset)).filter((name) => name.startsWith('staging_'));
  const loads = () => between.calls.filter(({ path }) => path.startsWith('/upload/')).length;

  test('makes dataset, tables and views, and fills them exactly; a row over 10 MiB goes whole', async () => {
    const dataset = newDataset();
    const counts = await switchTables(all(), options(dataset, 'run-1', { location: 'EU' }));
    expect(counts).toMatchObject({ gold_funnel_daily_brand: 2, dead_letters: 2, pipeline_ledger: 1 });
    expect(await readTable(dataset, goldFunnelDailyBrand)).toEqual(DAYS);
    expect(await readTable(dataset, deadLetters)).toEqual(LETTERS);
    const [run] = await readTable(dataset, runs);
    expect(run).toMatchObject({
      ...{
        run_id: 'run-1',
        state_id: null,
        mode: 'batch',
        options: '{"a":[1]}',
        watermark: null,
        status: 'done',
      },
      started_at: Date.UTC(2026, 0, 1, 0, 0, 0, 123),
    });
    expect(JSON.parse(String(run.counts))).toEqual({
      ...{ read: 10, counted: 7, duplicates: 2, rejected: 1 },
      tables: counts,
    });
    const names = await namesIn(dataset);
    expect(names).toEqual(
      expect.arrayContaining(['anomalies_open', 'funnel_daily', 'gold_funnel_daily_brand_closed']),
    );
    expect(names).not.toContain('silver_events');
    expect(await leftovers(dataset)).toEqual([]);
  });

  test('replaces what an earlier run wrote, and keeps the account of it; tables that the run doesn’t write are emptied', async () => {
    const dataset = newDataset();
    await switchTables(all(), options(dataset, 'first', { omit: [] }));
    await runSql(
      dataset,
      `INSERT INTO ${dataset.dataset}.silver_events (event_time, event_date, event_type, product_id, user_id, price_band, dq_missing_brand, dq_missing_category, dq_missing_session, dq_missing_user, dq_missing_product, dq_missing_price) VALUES (CURRENT_TIMESTAMP(), CURRENT_DATE(), 'view', 'p', 'u', '<10', TRUE, TRUE, TRUE, TRUE, TRUE, TRUE)`,
    );
    const second = [day('2026-02-01', 'other', 5n)];
    await switchTables(stage(goldFunnelDailyBrand, second), options(dataset, 'second'));
    expect(await readTable(dataset, goldFunnelDailyBrand)).toEqual(second);
    expect(await readTable(dataset, deadLetters)).toEqual([]);
    expect(await runSql(dataset, `SELECT COUNT(*) AS n FROM ${dataset.dataset}.silver_events`)).toEqual([
      { n: 0 },
    ]);
    expect((await readTable(dataset, runs)).map(({ run_id }) => run_id)).toEqual(['first', 'second']);
  });

  test('done again it loads nothing and changes nothing', async () => {
    const dataset = newDataset();
    const [staged, same] = [all(), options(dataset, 'again')];
    const counts = await switchTables(staged, same);
    const before = await readTable(dataset, runs);
    between.calls.length = 0;
    expect(await switchTables(staged, same)).toEqual(counts);
    expect(loads()).toBe(0);
    expect(await readTable(dataset, runs)).toEqual(before);
  });

  test('answers that are lost, to every upload and to the switch, load nothing twice', async () => {
    const dataset = newDataset();
    const lost = new Set<string>();
    between.decide = ({ method, path, body }) => {
      const id = /"jobId":"(funnelpulse_\w+)"/.exec(body)?.[1];
      if (method !== 'POST' || id === undefined || lost.has(id) || !/jobs/.test(path)) return 'pass';
      lost.add(id);
      return 'lose the answer';
    };
    await switchTables(all(), options(dataset, 'lost-answers'));
    expect([...lost].sort()).toEqual(
      ['dead_letters_0', 'gold_funnel_daily_brand_0', 'pipeline_ledger_0', 'switch'].map(
        (work) => `funnelpulse_lost_answers_${work}_0`,
      ),
    );
    between.decide = () => 'pass';
    expect(await readTable(dataset, goldFunnelDailyBrand)).toEqual(DAYS);
    expect(await readTable(dataset, deadLetters)).toEqual(LETTERS);
    expect(await readTable(dataset, runs)).toHaveLength(1);
  });

  test('cut off after the loads and done again, it waits for the loads that were made', async () => {
    const dataset = newDataset();
    const [staged, same] = [all(), options(dataset, 'cut-off')];
    // Nothing is tidied up either, as when the process is killed.
    between.decide = ({ method, body }) =>
      method === 'DELETE' || body.includes('BEGIN TRANSACTION')
        ? googleError(403, 'accessDenied', 'Access Denied: not now')
        : 'pass';
    await expect(switchTables(staged, same)).rejects.toThrow('permission denied');
    expect(await leftovers(dataset)).toHaveLength(3);
    expect(await readTable(dataset, goldFunnelDailyBrand)).toEqual([]);
    between.decide = () => 'pass';
    await switchTables(staged, same);
    expect(await readTable(dataset, goldFunnelDailyBrand)).toEqual(DAYS);
    expect(await leftovers(dataset)).toEqual([]);
  });

  test('a staging table that holds other rows than were staged stops the switch, and the old tables stay', async () => {
    const dataset = newDataset();
    await switchTables(stage(goldFunnelDailyBrand, DAYS), options(dataset, 'good'));
    const staged = stage(goldFunnelDailyBrand, [day('2026-03-01', 'new', 1n)]);
    const wrong = staged.map((part) => ({ ...part, rows: part.rows + 1 }));
    await expect(switchTables(wrong, options(dataset, 'wrong'))).rejects.toThrow(
      'the staging table of gold_funnel_daily_brand does not hold the rows that were staged',
    );
    expect(await readTable(dataset, goldFunnelDailyBrand)).toEqual(DAYS);
    expect((await readTable(dataset, runs)).map(({ run_id }) => run_id)).toEqual(['good']);
  });

  describe('two runs', () => {
    const lease = (dataset: DatasetName, host: string, pid: number, seconds: number) =>
      runSql(
        dataset,
        `UPDATE ${dataset.dataset}.${LEASE_TABLE} SET run_id = 'other', host = '${host}', pid = ${pid}, expires = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL ${seconds} SECOND) WHERE TRUE`,
      );
    const prepare = (dataset: DatasetName, runId: string) =>
      prepareOutput({ dataset, location: null, omit: [] }, runId, false);

    test('of which one lives on this machine: the second refuses at once, and may when the first has ended', async () => {
      const dataset = newDataset();
      const first = await prepare(dataset, 'one');
      await expect(prepare(dataset, 'two')).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(
          new RegExp(
            `^bigquery:local-test\\.${dataset.dataset} is being written to by the run one \\(process ${process.pid} on `,
          ),
        ),
      });
      await first.close();
      await (await prepare(dataset, 'two')).close();
    });

    test('at the same moment: one of them has it', async () => {
      const dataset = newDataset();
      await (await prepare(dataset, 'before')).close();
      const both = await Promise.allSettled([prepare(dataset, 'x'), prepare(dataset, 'y')]);
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      for (const one of both) if (one.status === 'fulfilled') await one.value.close();
    });

    test('of which the other was killed on this machine: it is not waited for', async () => {
      const dataset = newDataset();
      await (await prepare(dataset, 'before')).close();
      await lease(dataset, hostname(), 2 ** 22 + 7, 3600);
      await (await prepare(dataset, 'next')).close();
    });

    test('of which the other, elsewhere, renews its lease: refused; does not: waited for until it lapses', async () => {
      const dataset = newDataset();
      await (await prepare(dataset, 'before')).close();
      await lease(dataset, 'elsewhere', 1, 3600);
      const refused = expect(prepare(dataset, 'next')).rejects.toThrow('run other (process 1 on elsewhere)');
      // As the other run does.
      for (let renewed = 0; renewed < 5; renewed++) await lease(dataset, 'elsewhere', 1, 3600 + renewed);
      await refused;
      await lease(dataset, 'elsewhere', 1, 3);
      await (await prepare(dataset, 'next')).close();
    });

    test('of which the first stood still and lost its lease: its switch fails, and the tables stay', async () => {
      const dataset = newDataset();
      await switchTables(stage(goldFunnelDailyBrand, DAYS), options(dataset, 'good'));
      let taken: Promise<unknown> | undefined;
      between.decide = ({ path, body }) => {
        if (path.startsWith('/upload/')) taken ??= lease(dataset, 'elsewhere', 1, 3600);
        return body.includes('funnelpulse_slow_switch') ? taken!.then(() => 'pass' as const) : 'pass';
      };
      await expect(
        switchTables(stage(goldFunnelDailyBrand, [day('2026-03-01', 'new', 1n)]), options(dataset, 'slow')),
      ).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringContaining('another one took the dataset over. The tables are as they were'),
      });
      await taken;
      expect(await readTable(dataset, goldFunnelDailyBrand)).toEqual(DAYS);
    });
  });

  describe('one message for', () => {
    const prepare = (dataset: DatasetName, location: string | null = null) =>
      prepareOutput({ dataset, location, omit: ['silver_events'] }, 'run', false);
    const refusal = async (action: Promise<unknown>): Promise<string> => {
      const error: Error & { exitCode?: number } = await action.then(
        () => new Error('it was taken'),
        (reason) => reason,
      );
      expect(error.exitCode).toBe(2);
      expect(error.message).not.toContain('\n');
      return error.message;
    };

    test('a dataset in another location', async () => {
      const dataset = newDataset();
      await (await prepare(dataset, 'EU')).close();
      await (await prepare(dataset, 'eu')).close();
      expect(await refusal(prepare(dataset, 'US'))).toBe(
        `cannot write to bigquery:local-test.${dataset.dataset}: the dataset is in EU, not in US. Leave --location out, or choose another dataset`,
      );
    });

    test('tables that have drifted, all of them, by column; nothing is changed', async () => {
      const dataset = newDataset();
      await (await prepare(dataset)).close();
      await runSql(dataset, `ALTER TABLE ${dataset.dataset}.dead_letters DROP COLUMN line`);
      await runSql(dataset, `ALTER TABLE ${dataset.dataset}.pipeline_ledger ADD COLUMN mine STRING`);
      expect(await refusal(prepare(dataset))).toBe(
        `cannot write to bigquery:local-test.${dataset.dataset}: tables there are not as this version declares them. dead_letters: column line (INT64) is missing. pipeline_ledger: column mine (STRING) is not declared. Alter them, rename them, or choose another dataset`,
      );
      expect(await refusal(switchTables(all(), options(dataset, 'drifted')))).toContain(
        'column line (INT64) is missing',
      );
      expect(await leftovers(dataset)).toEqual([]);
    });

    test('a stream’s dataset, until it is replaced', async () => {
      const dataset = newDataset();
      await (await prepare(dataset)).close();
      await runSql(
        dataset,
        `INSERT INTO ${dataset.dataset}.runs (run_id, state_id, mode, input, options, counts, allowed_lateness_ms, status, started_at) VALUES ('s', 'shop-state', 'streaming', 'in', JSON '{}', JSON '{}', 0, 'running', CURRENT_TIMESTAMP())`,
      );
      expect(await refusal(prepare(dataset))).toBe(
        `bigquery:local-test.${dataset.dataset} belongs to the stream with the state shop-state: a batch run would replace its tables. Choose another --output, or --replace to do so`,
      );
      await (await prepareOutput({ dataset, location: null, omit: [] }, 'run', true)).close();
    });

    test.each([
      [
        'no permission',
        googleError(
          403,
          'accessDenied',
          'Access Denied: Dataset local-test:x: Permission bigquery.datasets.get denied on dataset',
        ),
        /permission denied \(Access Denied.*roles\/bigquery\.jobUser on the project and roles\/bigquery\.dataEditor on the dataset$/,
      ],
      [
        'a project without billing',
        googleError(
          403,
          'billingNotEnabled',
          'Billing has not been enabled for this project. DML queries are not allowed in the free tier.',
        ),
        /need a project with billing/,
      ],
      [
        'a pair of regions that don’t go together',
        googleError(
          400,
          'invalid',
          'Cannot read and write in different locations: source: US, destination: europe-west1',
        ),
        /source: US, destination: europe-west1\. What is read and what is written have to be in one location/,
      ],
      [
        'a project that is not there',
        googleError(404, 'notFound', 'Not found: Project local-test'),
        /Not found: Project local-test\. Correct the project's name/,
      ],
      [
        'credentials that are refused',
        googleError(401, 'authError', 'Invalid Credentials'),
        /no usable credentials were found \(Invalid Credentials\)\. Sign in with/,
      ],
    ])('%s', async (_, fate, message) => {
      const dataset = newDataset();
      between.decide = () => fate;
      expect(await refusal(prepare(dataset))).toMatch(message);
    });

    test('rows from a stream of a moment ago, which nobody may delete', async () => {
      const dataset = newDataset();
      between.decide = ({ body }) =>
        body.includes('BEGIN TRANSACTION')
          ? googleError(
              400,
              'invalidQuery',
              'UPDATE or DELETE statement over table local-test.x would affect rows in the streaming buffer, which is not supported',
            )
          : 'pass';
      expect(await refusal(switchTables(all(), options(dataset, 'buffered')))).toContain(
        'for up to 90 minutes',
      );
    });

    test('a transaction that lost against another is none: it is tried again', async () => {
      const dataset = newDataset();
      let lost = 0;
      between.decide = ({ path, body }) => {
        if (!/switch_[01]\b/.test(path + body)) return 'pass';
        lost++;
        const message = 'Transaction is aborted due to concurrent update against table x';
        return {
          status: 200,
          body: { status: { state: 'DONE', errorResult: { reason: 'invalidQuery', message } } },
        };
      };
      await switchTables(all(), options(dataset, 'conflict'));
      expect(lost).toBeGreaterThan(1);
      expect(await readTable(dataset, goldFunnelDailyBrand)).toEqual(DAYS);
    });
  });
});
