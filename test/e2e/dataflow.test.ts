/** `funnelpulse dataflow` and `run --runner dataflow` as a user starts them, against a server that stands for Dataflow's: what is asked of it, what is said, with which exit code. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordingDataflow } from '../runners/dataflow/recording_dataflow';
import { start, until } from './product';

const PLACE = ['--project', 'my-shop', '--region', 'europe-west1'];

let server: RecordingDataflow;
beforeEach(async () => {
  server = await new RecordingDataflow().start();
  process.env.DATAFLOW_EMULATOR_HOST = server.endpoint;
  process.env.STORAGE_EMULATOR_HOST = server.endpoint;
});
afterEach(async () => {
  delete process.env.DATAFLOW_EMULATOR_HOST;
  delete process.env.STORAGE_EMULATOR_HOST;
  await server.stop();
});

const funnelpulse = (...args: string[]) => start(args).ended;
const dataflow = (...args: string[]) => funnelpulse('dataflow', ...args, ...PLACE);

describe('status', () => {
  test('lists active jobs', async () => {
    expect(await dataflow('status')).toMatchObject({
      code: 0,
      stdout: 'no job is active in europe-west1 of my-shop\n',
      stderr: '',
    });
    const { id } = server.addJob('shop', [], {
      currentState: 'JOB_STATE_RUNNING',
      createTime: '2026-01-01T00:00:00Z',
    });
    server.addJob('old', [], { currentState: 'JOB_STATE_DONE' });
    const { stdout } = await dataflow('status');
    expect(stdout).toMatch(new RegExp(`^job .*\\nshop +streaming +running +2026-01-01T00:00:00Z +${id}\\n$`));
  });

  test('of a job tells its state, counters and last messages', async () => {
    server.addJob('shop', [], { currentState: 'JOB_STATE_DONE', createTime: '2026-01-01T00:00:00Z' });
    server.addJob('shop', [], { currentState: 'JOB_STATE_RUNNING', createTime: '2026-01-02T00:00:00Z' });
    server.metrics = [
      { name: { origin: 'user', name: 'rows_read', context: { step: 'a' } }, scalar: 1000 },
      { name: { origin: 'user', name: 'rows_read', context: { step: 'b' } }, scalar: 234 },
    ];
    server.messages = [
      {
        id: '1',
        time: '2026-01-02T03:04:05.6Z',
        messageImportance: 'JOB_MESSAGE_WARNING',
        messageText: 'slow',
      },
    ];
    const { code, stdout } = await dataflow('status', 'shop');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^shop \(streaming\) is running\n {2}id +2026-01-01_00_00_00-0000000002\n/);
    expect(stdout).toMatch(/rows_read +1,234\n/);
    expect(stdout).toMatch(/03:04:05 warning: slow\n$/);
  });

  test('of an unknown job says how to find it', async () => {
    const { code, stderr } = await dataflow('status', 'shop');
    expect(code).toBe(2);
    expect(stderr).toBe(
      'funnelpulse: there is no job shop in europe-west1 of my-shop: funnelpulse dataflow status lists those that are active\n',
    );
    const byId = await dataflow('status', '2026-01-01_00_00_00-1234');
    expect(byId.code).toBe(2);
    expect(byId.stderr).toMatch(/^funnelpulse: cannot look at the job .*knows nothing of that name/);
  });
});

test('watch ends as the job has ended', async () => {
  const ends = { DONE: 0, FAILED: 1, CANCELLED: 1, UPDATED: 0, DRAINED: 0 };
  server.messages = [
    {
      id: '1',
      time: '2026-01-01T00:00:01Z',
      messageImportance: 'JOB_MESSAGE_ERROR',
      messageText: 'no such bucket',
    },
  ];
  const results = await Promise.all(
    Object.keys(ends).map(async (end) => {
      const job = server.addJob(end.toLowerCase(), [
        'JOB_STATE_RUNNING',
        'JOB_STATE_RUNNING',
        `JOB_STATE_${end}`,
      ]);
      const { code, stderr } = await dataflow('watch', job.id);
      return [end, code, stderr] as const;
    }),
  );
  expect(Object.fromEntries(results.map(([end, code]) => [end, code]))).toEqual(ends);
  const [, failed] = results.map(([, , stderr]) => stderr);
  expect(failed).toMatch(/\d\d:\d\d:\d\d the job is running\n/);
  expect(failed).toMatch(/00:00:01 error: no such bucket\n/);
  expect(failed).toMatch(/funnelpulse: the job failed has failed:\n {2}no such bucket\nIts logs: https:/);
  expect(failed).not.toMatch(/ at /);
});

test.each<[NodeJS.Signals, number]>([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])('%s leaves a job running that nobody is there to decide on', async (signal, code) => {
  const { id } = server.addJob('shop', ['JOB_STATE_RUNNING']);
  const watching = start(['dataflow', 'watch', id, ...PLACE]);
  await until(() => server.calls.some(({ path }) => path.endsWith('/messages')), watching);
  watching.process.kill(signal);
  const ended = await watching.ended;
  expect(ended.code).toBe(code);
  expect(ended.stderr).toMatch(/the job goes on: https:/);
  expect(server.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('drain and cancel ask for it, of a job that is active', async () => {
  const { id } = server.addJob('shop', [], { currentState: 'JOB_STATE_RUNNING' });
  const drained = await dataflow('drain', 'shop');
  expect(drained).toMatchObject({ code: 0, stdout: '' });
  expect(drained.stderr).toMatch(
    new RegExp(`funnelpulse dataflow watch ${id} --project my-shop --region europe-west1`),
  );
  expect((await dataflow('cancel', id)).code).toBe(0);
  expect(
    server.calls.filter(({ method }) => method === 'PUT').map(({ body }) => body.requestedState),
  ).toEqual(['JOB_STATE_DRAINED', 'JOB_STATE_CANCELLED']);
  server.addJob('old', [], { currentState: 'JOB_STATE_DONE' });
  expect(await dataflow('cancel', 'old')).toMatchObject({
    code: 2,
    stderr: 'funnelpulse: the job old is done already\n',
  });
  server.addJob('files', [], { currentState: 'JOB_STATE_RUNNING', type: 'JOB_TYPE_BATCH' });
  expect(await dataflow('drain', 'files')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/can’t be drained/),
  });
  expect(await dataflow('drain')).toMatchObject({ code: 2, stderr: expect.stringMatching(/JOB\n$/) });
});

test('delete cancels the job and removes its own files, and no others', async () => {
  const options = {
    staging_location: 'gs://tmp/staging/shop.1767225600000',
    temp_location: 'gs://tmp/temp/shop.1767225600000',
  };
  const others = [
    'gs://tmp/staging/shop.17672256000001/pipeline.pb',
    'gs://tmp/staging/another.1767225600000/a',
  ];
  const own = [`${options.staging_location}/pipeline.pb`, `${options.temp_location}/rows/a.json`];
  for (const name of [...own, ...others]) server.objects.set(name, Buffer.from('x'));
  const environment = { sdkPipelineOptions: { options } };
  server.addJob('shop', [], { currentState: 'JOB_STATE_RUNNING', environment });
  const { code, stderr } = await dataflow('delete', 'shop');
  expect({ code, stderr: stderr.split('\n').slice(-2) }).toEqual({
    code: 0,
    stderr: ['shop has ended, and 2 of its objects in Cloud Storage are deleted. Its tables stay', ''],
  });
  expect([...server.objects.keys()]).toEqual(others);
  expect(server.jobs[0].currentState).toBe('JOB_STATE_CANCELLED');
  // A folder that somebody else has named is left alone.
  const foreign = { staging_location: 'gs://tmp', temp_location: 'gs://tmp/staging' };
  server.addJob('foreign', [], {
    currentState: 'JOB_STATE_DONE',
    environment: { sdkPipelineOptions: { options: foreign } },
  });
  expect((await dataflow('delete', 'foreign')).code).toBe(0);
  expect([...server.objects.keys()]).toEqual(others);
});

describe('run --runner dataflow says all that is wrong', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'funnelpulse-dataflow-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const IMAGE = 'gcr.io/my-shop/worker:1';
  const GOOD = [
    ...PLACE,
    '--temp-location',
    'gs://tmp',
    '--image',
    IMAGE,
    '--output',
    'bigquery:my-shop.funnel',
  ];
  const run = (...args: string[]) =>
    funnelpulse('run', '--runner', 'dataflow', '--dry-run', join(folder, 'dry'), ...args);

  test('at once', async () => {
    const { code, stdout, stderr } = await run(
      '--input',
      'x.csv',
      '--output',
      'duckdb:x',
      '--machine-type',
      'N2',
      '--update',
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split('\n').map((line) => line.replace(/(:|,).*/, ''))).toEqual([
      'funnelpulse',
      '  --project',
      '  --input x.csv',
      '  --output duckdb',
      '  --update and --dry-run exclude each other',
      '  --update is for streams',
      '  --machine-type N2',
      'See funnelpulse run --help',
      '',
    ]);
  });

  test.each<[string, string[], RegExp]>([
    [
      'one option that is missing',
      ['--input', 'gs://raw/a.csv', ...GOOD.slice(2)],
      /^funnelpulse: --project is missing\. See/,
    ],
    [
      'a stream without the attribute of event times',
      ['--input', 'pubsub://my-shop/events', ...GOOD],
      /--timestamp-attribute is missing: without it Dataflow takes the time of publishing.*event_time/,
    ],
    [
      'two subscriptions',
      [
        '--input',
        'pubsub://my-shop/a',
        '--input',
        'pubsub://my-shop/b',
        ...GOOD,
        '--timestamp-attribute',
        'a',
      ],
      /can’t be read together/,
    ],
    [
      'what is of this machine',
      ['--input', 'gs://raw/a.csv', ...GOOD, '--export', 'x', '--workers', '3'],
      /--export is for runs on this machine.*\n.*--workers is for runs/,
    ],
    [
      'a label without value',
      ['--input', 'gs://raw/a.csv', ...GOOD, '--label', 'team'],
      /--label team: KEY=VALUE/,
    ],
    [
      'silver rows of a stream',
      ['--input', 'pubsub://my-shop/a', ...GOOD, '--timestamp-attribute', 'a', '--silver'],
      /--silver can’t be had of a stream/,
    ],
    [
      'to empty the tables that a running job goes on with',
      ['--input', 'pubsub://my-shop/a', ...GOOD, '--timestamp-attribute', 'a', '--update', '--replace'],
      /--replace empties the tables that the running job goes on with/,
    ],
    [
      'identities of files',
      ['--input', 'gs://raw/a.csv', ...GOOD, '--id-attribute', 'a'],
      /--id-attribute is for streams/,
    ],
    [
      'no subscription',
      ['--input', 'pubsub://my-shop', ...GOOD, '--timestamp-attribute', 'a'],
      /pubsub:\/\/PROJECT\/SUBSCRIPTION was expected/,
    ],
    [
      'a baseline of all hours of a stream',
      ['--input', 'pubsub://my-shop/a', ...GOOD, '--timestamp-attribute', 'a', '--baseline', 'run'],
      /--baseline run needs all hours/,
    ],
  ])('%s', async (_case, args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/my-project|host\/image|undefined/);
    expect(readdirSync(folder)).toEqual([]);
    expect(server.calls).toEqual([]);
  });

  test('and elsewhere what only Dataflow has', async () => {
    const { code, stderr } = await funnelpulse(
      'run',
      '--input',
      'x.csv',
      '--output',
      'duckdb:x',
      '--image',
      IMAGE,
      '--update',
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/^funnelpulse: --image and --update can be had with --runner dataflow only/);
  });
});
