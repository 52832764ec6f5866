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

/** All tests write to it, one after the other: to make one takes the stand-in seconds. Every run has an id of its own, as its jobs' ids want it. */
const DATASET: DatasetName = { project: 'local-test', dataset: 'shop' };
const OMIT = ['silver_events'];

function options(runId: string, location: string | null = null): SwitchOptions {
  const staging = join(folder, runId);
  mkdirSync(staging, { recursive: true });
  return {
    ...{ dataset: DATASET, staging, location, omit: OMIT },
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
  };
}

function stage(table: Table, rows: readonly Values[]): Staged[] {
  const step = new StageRows(table.name, folder);
  step.startBundle();
  for (const none of step.process([...rows])) throw new Error(`${none}`);
  return [...step.finishBundle()].map(({ value }) => value);
}

const DAYS = [day('0001-01-01', '', -1n), day('2026-01-01', 'b"\\\n\u2028😀', 12_345_678_901_234_5678n)];
const LARGE = [letter('0', 'x'.repeat(11 << 20)), letter('1', '\ufeff;"\'`--')];
const SMALL = [letter('2', 'y')];
/** Rows of three tables. */
const all = (days = DAYS, letters = SMALL): Staged[] => [
  ...stage(goldFunnelDailyBrand, days.slice(1)),
  ...stage(goldFunnelDailyBrand, days.slice(0, 1)),
  ...stage(deadLetters, letters),
  ...stage(pipelineLedger, [books(10)]),
];
const oneDay = (date: string) => [day(date, 'other', 5n)];

const days = () => readTable(DATASET, goldFunnelDailyBrand);
const runIds = async () => (await readTable(DATASET, runs)).map(({ run_id }) => run_id);
const leftovers = async () => (await namesIn(DATASET)).filter((name) => name.startsWith('staging_'));
const sql = (statements: string) => runSql(DATASET, statements);

describeWithBigquery('the switch of a dataset', (server) => {
  let between: FaultProxy;
  let staged: Staged[];
  let counts: Record<string, number>;
  beforeAll(async () => {
    between = await FaultProxy.before(server().url);
    process.env.BIGQUERY_EMULATOR_HOST = between.url;
    staged = all(DAYS, LARGE);
    counts = await switchTables(staged, options('first', 'EU'));
  });
  beforeEach(() => {
    between.decide = () => 'pass';
    between.calls.length = 0;
  });
  afterAll(() => between.stop());

  test('makes dataset, tables and views, and fills them exactly; a row over 10 MiB goes whole', async () => {
    expect(counts).toMatchObject({ gold_funnel_daily_brand: 2, dead_letters: 2, pipeline_ledger: 1 });
    expect(await days()).toEqual(DAYS);
    expect(await readTable(DATASET, deadLetters)).toEqual(LARGE);
    const [run] = await readTable(DATASET, runs);
    expect(run).toMatchObject({
      ...{ run_id: 'first', state_id: null, mode: 'batch', options: '{"a":[1]}', watermark: null },
      ...{ status: 'done', started_at: Date.UTC(2026, 0, 1, 0, 0, 0, 123) },
    });
    expect(JSON.parse(String(run.counts))).toEqual({
      ...{ read: 10, counted: 7, duplicates: 2, rejected: 1 },
      tables: counts,
    });
    const names = await namesIn(DATASET);
    expect(names).toEqual(
      expect.arrayContaining(['anomalies_open', 'funnel_daily', 'gold_funnel_daily_brand_closed']),
    );
    expect(names).not.toContain('silver_events');
    expect(names.filter((name) => name.startsWith('staging_'))).toEqual([]);
  });

  test('done again it loads nothing and changes nothing', async () => {
    const before = await readTable(DATASET, runs);
    between.calls.length = 0;
    expect(await switchTables(staged, options('first'))).toEqual(counts);
    expect(between.calls.filter(({ path }) => path.startsWith('/upload/'))).toEqual([]);
    expect(await readTable(DATASET, runs)).toEqual(before);
  });

  test('replaces what an earlier run wrote, and keeps the account of it; tables that the run doesn’t write are emptied', async () => {
    await sql(`CREATE TABLE ${DATASET.dataset}.silver_events AS SELECT 1 AS n`);
    const second = oneDay('2026-02-01');
    await switchTables(stage(goldFunnelDailyBrand, second), options('second'));
    expect(await days()).toEqual(second);
    expect(await readTable(DATASET, deadLetters)).toEqual([]);
    expect(await sql(`SELECT COUNT(*) AS n FROM ${DATASET.dataset}.silver_events`)).toEqual([{ n: 0 }]);
    expect(await runIds()).toEqual(['first', 'second']);
  });

  test('answers that are lost, to every upload and to the switch, load nothing twice', async () => {
    const lost = new Set<string>();
    between.decide = ({ method, path, body }) => {
      const id = /"jobId":"(funnelpulse_\w+)"/.exec(body)?.[1];
      if (method !== 'POST' || id === undefined || lost.has(id) || !/jobs/.test(path)) return 'pass';
      lost.add(id);
      return 'lose the answer';
    };
    await switchTables(all(), options('lost-answers'));
    expect([...lost].sort()).toEqual(
      ['dead_letters_0', 'gold_funnel_daily_brand_0', 'pipeline_ledger_0', 'switch'].map(
        (work) => `funnelpulse_lost_answers_${work}_0`,
      ),
    );
    between.decide = () => 'pass';
    expect(await days()).toEqual(DAYS);
    expect(await readTable(DATASET, deadLetters)).toEqual(SMALL);
    expect((await runIds()).filter((id) => id === 'lost-answers')).toHaveLength(1);
  });

  test('cut off after the loads and done again, it takes the loads that were made', async () => {
    const [rows, before] = [oneDay('2026-03-01'), await days()];
    const [parts, same] = [all(rows), options('cut-off')];
    // Nothing is tidied up either, as when the process is killed.
    between.decide = ({ method, body }) =>
      method === 'DELETE' || body.includes('BEGIN TRANSACTION')
        ? googleError(403, 'accessDenied', 'Access Denied: not now')
        : 'pass';
    await expect(switchTables(parts, same)).rejects.toThrow('permission denied');
    expect(await leftovers()).toHaveLength(3);
    expect(await days()).toEqual(before);
    between.decide = () => 'pass';
    await switchTables(parts, same);
    expect(await days()).toEqual(rows);
    expect(await readTable(DATASET, deadLetters)).toEqual(SMALL);
    expect(await leftovers()).toEqual([]);
  });

  test('a staging table that holds other rows than were staged stops the switch, and the old tables stay', async () => {
    const before = await days();
    const wrong = stage(goldFunnelDailyBrand, oneDay('2026-04-01')).map((part) => ({
      ...part,
      rows: part.rows + 1,
    }));
    await expect(switchTables(wrong, options('wrong'))).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(
        'the staging table of gold_funnel_daily_brand does not hold the rows that were staged',
      ),
    });
    expect(await days()).toEqual(before);
    expect(await runIds()).not.toContain('wrong');
  });

  test('a transaction that lost against another is none: it is tried again, until it is through', async () => {
    const started: string[] = [];
    between.decide = ({ method, path, body }) => {
      const [jobId, attempt] = /funnelpulse_conflict_switch_(\d)/.exec(path + body) ?? [];
      if (jobId === undefined) return 'pass';
      if (method === 'POST') started.push(attempt);
      if (Number(attempt) > 1) return 'pass';
      // As BigQuery answers for a job that has failed by then: https://cloud.google.com/bigquery/docs/reference/rest/v2/Job
      const message = 'Transaction is aborted due to concurrent update against table x';
      const errorResult = { reason: 'invalidQuery', message };
      return {
        status: 200,
        body: {
          jobReference: { projectId: DATASET.project, jobId, location: 'EU' },
          status: { state: 'DONE', errorResult, errors: [errorResult] },
        },
      };
    };
    const rows = oneDay('2026-05-01');
    await switchTables(stage(goldFunnelDailyBrand, rows), options('conflict'));
    expect(started).toEqual(['0', '1', '2']);
    expect(await days()).toEqual(rows);
  });

  const prepare = (runId: string, location: string | null = null, replace = false) =>
    prepareOutput({ dataset: DATASET, location, omit: OMIT }, runId, replace);

  describe('two runs', () => {
    const lease = (host: string, pid: number, seconds: number) =>
      sql(
        `UPDATE ${DATASET.dataset}.${LEASE_TABLE} SET run_id = 'other', host = '${host}', pid = ${pid}, expires = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL ${seconds} SECOND) WHERE TRUE`,
      );

    test('of which one lives on this machine: the second refuses at once, and may when the first has ended', async () => {
      const first = await prepare('one');
      await expect(prepare('two')).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(
          new RegExp(
            `^bigquery:local-test\\.shop is being written to by the run one \\(process ${process.pid} on `,
          ),
        ),
      });
      await first.close();
      await (await prepare('two')).close();
    });

    test('at the same moment: one of them has it', async () => {
      const both = await Promise.allSettled([prepare('x'), prepare('y')]);
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      for (const one of both) if (one.status === 'fulfilled') await one.value.close();
    });

    test('of which the other was killed on this machine: it is not waited for', async () => {
      await lease(hostname(), 2 ** 22 + 7, 3600);
      await (await prepare('next')).close();
    });

    test('of which the other, elsewhere, renews its lease: refused; does not: waited for until it lapses', async () => {
      await lease('elsewhere', 1, 3600);
      let over = false;
      const refused = expect(
        prepare('next').finally(() => {
          over = true;
        }),
      ).rejects.toThrow('run other (process 1 on elsewhere)');
      // As the other run does.
      for (let renewed = 0; !over; renewed++) await lease('elsewhere', 1, 3600 + renewed);
      await refused;
      await lease('elsewhere', 1, 3);
      await (await prepare('next')).close();
    });

    test('of which the first stood still and lost its lease: its switch fails, and the tables stay', async () => {
      const before = await days();
      let taken: Promise<unknown> | undefined;
      between.decide = ({ path, body }) => {
        if (path.startsWith('/upload/')) taken ??= lease('elsewhere', 1, 3600);
        return body.includes('funnelpulse_slow_switch') ? taken!.then(() => 'pass' as const) : 'pass';
      };
      await expect(
        switchTables(stage(goldFunnelDailyBrand, oneDay('2026-06-01')), options('slow')),
      ).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringContaining('another one took the dataset over. The tables are as they were'),
      });
      await taken;
      expect(await days()).toEqual(before);
      expect(await runIds()).not.toContain('slow');
      await lease('elsewhere', 1, -1);
    });
  });

  describe('one message for', () => {
    const refusal = async (action: Promise<unknown>): Promise<string> => {
      const error: Error & { exitCode?: number } = await action.then(
        () => new Error('it was taken'),
        (reason) => reason,
      );
      expect(error).toMatchObject({ exitCode: 2 });
      expect(error.message).not.toContain('\n');
      return error.message;
    };

    test('a dataset in another location', async () => {
      await (await prepare('here', 'eu')).close();
      expect(await refusal(prepare('there', 'US'))).toBe(
        'cannot write to bigquery:local-test.shop: the dataset is in EU, not in US. Leave --location out, or choose another dataset',
      );
    });

    test('tables that have drifted, all of them, by column; nothing is changed', async () => {
      const alter = (letters: string, ledger: string) =>
        sql(
          `ALTER TABLE ${DATASET.dataset}.dead_letters ${letters}; ALTER TABLE ${DATASET.dataset}.pipeline_ledger ${ledger}`,
        );
      await alter('DROP COLUMN line', 'ADD COLUMN mine STRING');
      try {
        expect(await refusal(prepare('drifted'))).toBe(
          'cannot write to bigquery:local-test.shop: tables there are not as this version declares them. dead_letters: column line (INT64) is missing. pipeline_ledger: column mine (STRING) is not declared. Alter them, rename them, or choose another dataset',
        );
        expect(await refusal(switchTables(all(), options('drifted')))).toContain(
          'column line (INT64) is missing',
        );
        expect(await leftovers()).toEqual([]);
      } finally {
        await alter('ADD COLUMN line INT64', 'DROP COLUMN mine');
      }
      await (await prepare('as-before')).close();
    });

    test('a stream’s dataset, until it is replaced', async () => {
      await sql(
        `INSERT INTO ${DATASET.dataset}.runs (run_id, state_id, mode, input, options, counts, allowed_lateness_ms, status, started_at) VALUES ('s', 'shop-state', 'streaming', 'in', JSON '{}', JSON '{}', 0, 'running', CURRENT_TIMESTAMP())`,
      );
      expect(await refusal(prepare('batch'))).toBe(
        'bigquery:local-test.shop belongs to the stream with the state shop-state: a batch run would replace its tables. Choose another --output, or --replace to do so',
      );
      await (await prepare('batch', null, true)).close();
      await sql(`DELETE FROM ${DATASET.dataset}.runs WHERE run_id = 's'`);
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
      between.decide = () => fate;
      expect(await refusal(prepare('refused'))).toMatch(message);
    });

    test('rows from a stream of a moment ago, which nobody may delete', async () => {
      between.decide = ({ body }) =>
        body.includes('BEGIN TRANSACTION')
          ? googleError(
              400,
              'invalidQuery',
              'UPDATE or DELETE statement over table local-test.x would affect rows in the streaming buffer, which is not supported',
            )
          : 'pass';
      const staged = stage(goldFunnelDailyBrand, DAYS);
      expect(await refusal(switchTables(staged, options('buffered')))).toContain('for up to 90 minutes');
    });
  });
});
