/**
 * What goes wrong between a run and BigQuery: one message and exit code 2, and the dataset as it was. The stand-in knows locations of datasets and columns of tables; permissions, projects and locations of jobs it
 * doesn't know: there a proxy answers as Google does (https://cloud.google.com/bigquery/docs/error-messages has the codes and reasons; the sentences are those that users have met).
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetName } from '../../io/bigquery/dataset_name';
import { LEASE_TABLE } from '../../io/bigquery/lease';
import { describeWithBigquery } from '../emulators/bigquery';
import { namesIn, runSql } from '../emulators/bigquery_rows';
import { type Call, type Fate, FaultProxy, googleError } from '../emulators/fault_proxy';
import { type Outcome, start } from './product';

// A statement takes the stand-in a tenth of a second and more, on a machine that has other work several times that.
jest.setTimeout(300_000);

const DATASET: DatasetName = { project: 'local-test', dataset: 'bad_input' };
const OUTPUT = 'bigquery:local-test.bad_input';

let folder: string;
let input: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-bigquery-bad-'));
  // Its staging directories go there, so that what is left can be seen.
  mkdirSync(join(folder, 'temporary'));
  input = join(folder, 'good.csv');
  const header = 'event_time,event_type,product_id,price,user_id,brand';
  writeFileSync(input, `${header}\n2026-01-01T00:00:00Z,view,p,1,u,b\n2026-01-01T00:01:00Z,cart,p,x,u,b\n`);
  writeFileSync(join(folder, 'short.csv'), 'event_time,price\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Other {
  readonly input?: string;
  readonly output?: string;
  /** Variables; undefined takes one away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

async function run(flags: readonly string[] = [], other: Other = {}): Promise<Outcome> {
  const saved = { ...process.env };
  Object.assign(process.env, { TMPDIR: join(folder, 'temporary') });
  for (const [name, value] of Object.entries(other.environment ?? {})) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  try {
    const ends = ['--input', other.input ?? input, '--output', other.output ?? OUTPUT];
    return await start(['run', ...ends, '--quiet', '--workers', '1', ...flags]).ended;
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name];
    Object.assign(process.env, saved);
  }
}

/** What a failed run must leave as it was: rows, runs, columns of two tables, and a lease that nobody has. */
async function stateOf(): Promise<unknown> {
  const table = (name: string) => `${DATASET.dataset}.${name}`;
  return {
    rows: await runSql(
      DATASET,
      `SELECT (SELECT STRING_AGG(run_id) FROM ${table('runs')}) AS runs, (SELECT STRING_AGG(CONCAT(brand, CAST(views AS STRING))) FROM ${table('gold_funnel_daily_brand')}) AS days, (SELECT STRING_AGG(payload) FROM ${table('dead_letters')}) AS letters, (SELECT run_id FROM ${table(LEASE_TABLE)}) AS lease`,
    ),
    names: await namesIn(DATASET),
  };
}

describeWithBigquery('bad input for BigQuery', (server) => {
  let proxy: FaultProxy;
  let before: unknown;
  beforeAll(async () => {
    proxy = await FaultProxy.before(server().url);
    expect(await run(['--location', 'EU'])).toMatchObject({ code: 0, stderr: '' });
    before = await stateOf();
    expect(before).toMatchObject({ rows: [{ days: 'b1', lease: null }] });
  });
  afterAll(() => proxy.stop());

  async function expectRefusal({ code, stdout, stderr }: Outcome, said: RegExp): Promise<void> {
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^funnelpulse: [^\n]+\n$/),
    });
    expect(stderr).not.toMatch(/\.js:\d+/);
    expect(stderr).toMatch(said);
    expect(await stateOf()).toEqual(before);
    expect(readdirSync(join(folder, 'temporary'))).toEqual([]);
  }

  const cannot = 'cannot write to bigquery:local-test\\.bad_input: ';

  test('a dataset that is elsewhere', async () => {
    await expectRefusal(
      await run(['--location', 'US']),
      new RegExp(
        `${cannot}the dataset is in EU, not in US\\. Leave --location out, or choose another dataset\n$`,
      ),
    );
  });

  test('tables that have drifted', async () => {
    const alter = (table: string, change: string) =>
      runSql(DATASET, `ALTER TABLE ${DATASET.dataset}.${table} ${change}`);
    await alter('pipeline_ledger', 'ADD COLUMN mine STRING');
    await alter('runs', 'DROP COLUMN watermark');
    const outcome = await run();
    await alter('pipeline_ledger', 'DROP COLUMN mine');
    await alter('runs', 'ADD COLUMN watermark TIMESTAMP');
    await expectRefusal(
      outcome,
      new RegExp(
        `${cannot}.*pipeline_ledger: column mine \\(STRING\\) is not declared\\. runs: column watermark \\(TIMESTAMP\\) is missing\\. Alter them, rename them`,
      ),
    );
  });

  test('an input that can’t be read, when the dataset is ready', async () => {
    await expectRefusal(
      await run([], { input: join(folder, 'short.csv') }),
      /short\.csv has no column event_type, product_id, user_id/,
    );
  });

  const denied = (what: string) => googleError(403, 'accessDenied', `Access Denied: ${what}`);
  /** The end of a load job. */
  const failedLoad = (reason: string, ...messages: string[]): Fate => {
    const errors = messages.map((message) => ({ reason, message }));
    return { status: 200, body: { status: { state: 'DONE', errorResult: errors[0], errors } } };
  };
  const isQuery = ({ method, path }: Call) => method === 'POST' && /\/(queries|jobs)\b/.test(path);
  const isUpload = ({ path }: Call) => path.startsWith('/upload/');
  const isLoad = ({ method, path }: Call) => method === 'GET' && /\/jobs\/funnelpulse_\w+_0_0\b/.test(path);
  const any = () => true;

  test.each<[string, (call: Call) => boolean, Fate, RegExp]>([
    [
      'no permission to see the dataset',
      ({ path }) => /\/datasets\/bad_input\b/.test(path),
      denied(
        'Dataset local-test:bad_input: Permission bigquery.datasets.get denied on dataset local-test:bad_input (or it may not exist).',
      ),
      /permission denied \(Access Denied: Dataset .*\)\. The account needs the roles roles\/bigquery\.jobUser on the project and roles\/bigquery\.dataEditor on the dataset\n$/,
    ],
    [
      'no permission to run jobs',
      isQuery,
      denied('Project local-test: User does not have bigquery.jobs.create permission in project local-test.'),
      /permission denied \(.*bigquery\.jobs\.create.*\)\. The account needs the roles roles\/bigquery\.jobUser/,
    ],
    [
      'no permission to load, after all that was done before',
      isUpload,
      denied(
        'Table local-test:bad_input.x: Permission bigquery.tables.updateData denied on table local-test:bad_input.x (or it may not exist).',
      ),
      /permission denied \(.*bigquery\.tables\.updateData/,
    ],
    [
      'a bucket and a dataset in regions that don’t go together',
      isLoad,
      failedLoad('invalid', 'Cannot read and write in different locations: source: US, destination: EU'),
      /Cannot read and write in different locations: source: US, destination: EU\. What is read and what is written have to be in one location/,
    ],
    [
      'a job in another location than its data',
      isQuery,
      googleError(404, 'notFound', 'Not found: Dataset local-test:bad_input was not found in location US'),
      /was not found in location US\. What is read and what is written have to be in one location/,
    ],
    [
      'a row that a load refuses',
      isLoad,
      failedLoad(
        'invalid',
        'Error while reading data, error message: JSON table encountered too many errors, giving up. Rows: 1; errors: 1. Please look into the errors[] collection for more details.',
        'Error while reading data, error message: JSON processing encountered too many errors, giving up. Rows: 1; errors: 1; max bad: 0; error percent: 0',
        'Error while reading data, error message: JSON parsing error in row starting at position 0: Row size is larger than: 104857600.',
      ),
      /loading \w+: .*JSON table encountered too many errors.*: .*JSON parsing error in row starting at position 0: Row size is larger than: 104857600\.?\n$/,
    ],
    [
      'a project that does not exist',
      any,
      googleError(404, 'notFound', 'Not found: Project local-test'),
      /Not found: Project local-test\. Correct the project's name, or create it/,
    ],
    [
      'a project without BigQuery',
      any,
      googleError(400, 'invalid', 'The project local-test has not enabled BigQuery.'),
      /has not enabled BigQuery\. Correct the project's name, or enable BigQuery there: gcloud services enable bigquery\.googleapis\.com --project=local-test\n$/,
    ],
    [
      'a project in which the API is off',
      any,
      googleError(
        403,
        'accessNotConfigured',
        'Access Not Configured. BigQuery API has not been used in project local-test before or it is disabled.',
      ),
      /Correct the project's name, or enable BigQuery there/,
    ],
    [
      'a project without billing',
      isQuery,
      googleError(
        403,
        'billingNotEnabled',
        'Billing has not been enabled for this project. Enable billing at https://console.cloud.google.com/billing. DML queries are not allowed in the free tier.',
      ),
      /Transactions need a project with billing: enable it, or choose another project\n$/,
    ],
    [
      'credentials that are refused',
      any,
      googleError(
        401,
        'authError',
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
      ),
      /no usable credentials were found \(Request had invalid/,
    ],
  ])('%s', async (_, isMeant, fate, said) => {
    proxy.decide = (call) => (isMeant(call) ? fate : 'pass');
    const outcome = await run([], { environment: { BIGQUERY_EMULATOR_HOST: proxy.url } });
    await expectRefusal(outcome, new RegExp(cannot));
    expect(outcome.stderr).toMatch(said);
  });

  test('a load that fails while another table is being made for its rows', async () => {
    let failed = (): void => {};
    const failure = new Promise<void>((resolve) => {
      failed = resolve;
    });
    const isDaily = ({ body }: Call) => /"tableId":"staging_gold_funnel_daily_brand_/.test(body);
    const isMaking = ({ method, path }: Call) => method === 'POST' && /\/tables\b/.test(path);
    let late = 0;
    proxy.decide = async (call) => {
      if (isLoad(call) && !/daily_brand/.test(call.path)) {
        setTimeout(failed, 1500);
        return failedLoad('invalid', 'Error while reading data');
      }
      if (isMaking(call) && isDaily(call)) {
        late++;
        await failure;
      }
      return 'pass';
    };
    const outcome = await run([], { environment: { BIGQUERY_EMULATOR_HOST: proxy.url } });
    expect(late).toBe(1);
    await expectRefusal(outcome, /loading gold_funnel_\w+: Error while reading data\n$/);
  });

  test('a dataset that is not there and may not be made', async () => {
    proxy.decide = ({ method, path }) =>
      method === 'POST' && /\/datasets\b(?!\/)/.test(path)
        ? denied(
            'Project local-test: User does not have bigquery.datasets.create permission in project local-test.',
          )
        : 'pass';
    await expectRefusal(
      await run([], {
        output: 'bigquery:local-test.none',
        environment: { BIGQUERY_EMULATOR_HOST: proxy.url },
      }),
      /cannot write to bigquery:local-test\.none: the dataset is not there, and may not be made \(.*\)\. Correct its name, have it made, or give the account roles\/bigquery\.dataEditor on the project\n$/,
    );
  });

  test('a server that is not there', async () => {
    await expectRefusal(
      await run([], { environment: { BIGQUERY_EMULATOR_HOST: '127.0.0.1:9' } }),
      /no emulator of BigQuery answers at 127\.0\.0\.1:9 \(.*\)\. Start it, or unset BIGQUERY_EMULATOR_HOST to use the service\n$/,
    );
  });

  test.each([
    ['none', undefined, 'Could not load the default credentials'],
    ['a key file that is not there', 'none.json', 'none.json'],
  ])('credentials: %s', async (_, file, words) => {
    const environment = {
      BIGQUERY_EMULATOR_HOST: undefined,
      GOOGLE_APPLICATION_CREDENTIALS: file === undefined ? undefined : join(folder, file),
      ...{ HOME: folder, CLOUDSDK_CONFIG: folder, METADATA_SERVER_DETECTION: 'none' },
    };
    const outcome = await run([], { environment });
    await expectRefusal(
      outcome,
      /no usable credentials were found \(.*\)\. Sign in with gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS/,
    );
    expect(outcome.stderr).toContain(words);
  });

  test('and when all is well again, a run goes through', async () => {
    expect(await run()).toMatchObject({ code: 0, stderr: '' });
  });
});
