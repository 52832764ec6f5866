/** Jobs are handed to a server that stands for Dataflow's: the calls that are made, what is said where it answers otherwise, and that nothing is started twice. */
import { createHash } from 'node:crypto';
import { DataflowClient } from '../../../runners/dataflow/dataflow_client';
import { DataflowError } from '../../../runners/dataflow/dataflow_error';
import { prepareJob } from '../../../runners/dataflow/prepare_job';
import { type Patience, RestTransport } from '../../../runners/dataflow/rest_transport';
import { submit, type Update, writeTemplate } from '../../../runners/dataflow/submit';
import { fault, RecordingDataflow } from './recording_dataflow';
import { OPTIONS, smallPipeline } from './small_pipeline';
import { faultsOfJob } from './strict_job';

const QUICK: Patience = { callMs: 500, retryMs: 3000, firstPauseMs: 5 };
const SAME: Update = { transformNameMapping: {} };

let server: RecordingDataflow;
const uploaded: [path: string, bytes: Uint8Array, type: string][] = [];
beforeEach(async () => {
  server = await new RecordingDataflow().start();
  process.env.DATAFLOW_EMULATOR_HOST = server.endpoint;
  uploaded.length = 0;
});
afterEach(async () => {
  delete process.env.DATAFLOW_EMULATOR_HOST;
  await server.stop();
});

const client = (patience: Partial<Patience> = {}): DataflowClient =>
  new DataflowClient(
    new RestTransport({ project: 'my-shop', region: 'europe-west1' }, { ...QUICK, ...patience }),
    'my-shop',
    'europe-west1',
  );
const upload = async (path: string, bytes: Uint8Array, type: string): Promise<void> => {
  uploaded.push([path, bytes, type]);
};
const start = (update: Update | null = null, patience: Partial<Patience> = {}) =>
  submit(prepareJob(smallPipeline(update !== null), OPTIONS), client(patience), upload, update);

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(DataflowError);
  expect(error.exitCode).toBe(2);
  expect(error.message).not.toMatch(/\n|undefined|\[object/);
  return error.message;
}

test('the pipeline is uploaded, then the job is posted that names it', async () => {
  const now = Date.parse('2026-01-02T03:04:05.678Z');
  const prepared = prepareJob(smallPipeline(), OPTIONS, now);
  const job = await submit(prepared, client(), upload, null);
  expect(job).toEqual({
    id: server.jobs[0].id,
    link: `https://console.cloud.google.com/dataflow/jobs/europe-west1/${server.jobs[0].id}?project=my-shop`,
  });
  expect(uploaded).toEqual([
    [`gs://my-shop-tmp/staging/shop.${now}/pipeline.pb`, prepared.proto, 'application/octet-stream'],
  ]);
  expect(server.asked).toEqual(['POST jobs']);
  const [{ path, body }] = server.calls;
  expect(path).toBe('/projects/my-shop/locations/europe-west1/jobs');
  expect(faultsOfJob(body)).toEqual([]);
  expect(body).toEqual(JSON.parse(JSON.stringify(prepared.job)));
  expect(body).toMatchObject({
    name: 'shop',
    clientRequestId: expect.stringMatching(/^20260102030405678-[0-9a-f]{8}$/),
    environment: {
      tempStoragePrefix: `storage.googleapis.com/my-shop-tmp/shop.${now}`,
      sdkPipelineOptions: {
        options: {
          pipelineUrl: uploaded[0][0],
          pipelineProtoHash: createHash('sha256').update(uploaded[0][1]).digest('hex'),
        },
      },
    },
  });
});

test('nothing is posted where the upload fails', async () => {
  const failing = submit(
    prepareJob(smallPipeline(), OPTIONS),
    client(),
    () => Promise.reject(new Error('no')),
    null,
  );
  await expect(failing).rejects.toThrow('no');
  expect(server.calls).toEqual([]);
});

describe('a name that is taken', () => {
  test.each(['job', 'error'] as const)(
    'is an error, where the service answers with the %s',
    async (conflict) => {
      server.conflict = conflict;
      server.addJob('shop', ['JOB_STATE_RUNNING'], { clientRequestId: 'another' });
      const message = await refusal(start());
      expect(message).toMatch(
        /^a job shop is active already in europe-west1 of my-shop: https:.*0000000001.*--update/,
      );
      expect(server.jobs).toHaveLength(1);
    },
  );

  test('by a job that this request has started, whose answer was lost, is none', async () => {
    for (const conflict of ['job', 'error'] as const) {
      server.conflict = conflict;
      server.jobs.length = 0;
      server.calls.length = 0;
      server.fate = ({ method }, number) => (method === 'POST' && number === 1 ? 'lost' : 'serve');
      const { id } = await start();
      expect(server.jobs.map((job) => job.id)).toEqual([id]);
      const posts = server.calls.filter(({ method }) => method === 'POST');
      expect(posts).toHaveLength(2);
      expect(posts[0].body).toEqual(posts[1].body);
    }
  });
});

describe('what the service refuses is said at once', () => {
  test.each<[number, string, string, RegExp]>([
    [
      401,
      'UNAUTHENTICATED',
      'Request had invalid authentication credentials.',
      /no usable credentials.*gcloud auth application-default login/,
    ],
    [
      403,
      'PERMISSION_DENIED',
      '(abc): Could not create workflow; user does not have write access.',
      /permission denied.*roles\/dataflow\.developer on the project my-shop.*roles\/iam\.serviceAccountUser/,
    ],
    [
      403,
      'PERMISSION_DENIED',
      'Dataflow API has not been used in project 1 before or it is disabled.',
      /gcloud services enable dataflow.googleapis.com --project=my-shop/,
    ],
    [
      404,
      'NOT_FOUND',
      'Requested entity was not found.',
      /knows nothing of that name in europe-west1 of my-shop.*Correct --project, --region/,
    ],
    [
      400,
      'INVALID_ARGUMENT',
      '(abc): The workflow could not be created. Causes: (def): Dataflow quota error.',
      /Dataflow refuses it \(400: \(abc\): The workflow.*quota error\)/,
    ],
  ])('%i %s: %s', async (status, name, words, message) => {
    server.fate = () => ({ status, body: fault(status, name, words) });
    const said = await refusal(start());
    expect(said).toMatch(/^cannot start the job shop: /);
    expect(said).toMatch(message);
    expect(said).toContain(words.replace(/\.$/, ''));
    expect(server.calls).toHaveLength(1);
  });
});

describe('what passes is asked again', () => {
  test.each<[string, (number: number) => 'silent' | 'lost' | { status: number; body?: unknown }]>([
    ['429', () => ({ status: 429, body: fault(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.') })],
    ['500', () => ({ status: 500, body: fault(500, 'INTERNAL', 'Internal error.') })],
    ['a page of a proxy, 502', () => ({ status: 502, body: '<html><h1>Bad gateway</h1></html>' })],
    ['503', () => ({ status: 503 })],
    ['no answer', () => 'silent'],
    ['a broken connection', () => 'lost'],
  ])('%s', async (_case, fate) => {
    server.fate = ({ method }, number) => (method === 'POST' && number <= 2 ? fate(number) : 'serve');
    await start();
    expect(server.asked).toEqual(['POST jobs', 'POST jobs', 'POST jobs']);
    const ids = server.calls.map(({ body }) => body.clientRequestId);
    expect(new Set(ids).size).toBe(1);
    expect(server.jobs).toHaveLength(1);
  });

  test('and not before the service wants it', async () => {
    server.fate = (_call, number) =>
      number === 1
        ? { status: 429, headers: { 'retry-after': '1' }, body: fault(429, 'RESOURCE_EXHAUSTED', 'Slow.') }
        : 'serve';
    await start();
    expect(server.calls[1].at - server.calls[0].at).toBeGreaterThanOrEqual(990);
  });

  test('nor where it wants more patience than there is', async () => {
    server.fate = () => ({
      status: 429,
      headers: { 'retry-after': '3600' },
      body: fault(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.'),
    });
    expect(await refusal(start())).toMatch(/a quota of the project is used up \(Quota exceeded\)/);
    expect(server.calls).toHaveLength(1);
  });

  test.each<[string, 'silent' | { status: number; body?: unknown }, RegExp]>([
    [
      '500',
      { status: 500, body: fault(500, 'INTERNAL', 'Internal error.') },
      /does not answer \(500: Internal error\)/,
    ],
    ['no answer', 'silent', /does not answer/],
  ])('until there is no more patience: %s', async (_case, fate, message) => {
    server.fate = () => fate;
    const said = await refusal(start(null, { callMs: 50, retryMs: 200 }));
    expect(said).toMatch(message);
    expect(said).toMatch(/unset DATAFLOW_EMULATOR_HOST/);
    expect(server.calls.length).toBeGreaterThan(1);
  });

  test('nobody there at all', async () => {
    process.env.DATAFLOW_EMULATOR_HOST = '127.0.0.1:9';
    expect(await refusal(start(null, { retryMs: 50 }))).toMatch(
      /127\.0\.0\.1:9 does not answer.*ECONNREFUSED/,
    );
  });
});

describe('an update', () => {
  test('replaces the running job of the name', async () => {
    const running = server.addJob('shop', ['JOB_STATE_RUNNING']);
    server.addJob('another', ['JOB_STATE_RUNNING']);
    const { id } = await start({ transformNameMapping: { 'Old step': 'New step' } });
    expect(server.asked).toEqual(['GET jobs', 'POST jobs']);
    expect(server.calls[0].query).toEqual({ filter: 'ACTIVE', name: 'shop' });
    expect(server.calls[1].body).toMatchObject({
      replaceJobId: running.id,
      transformNameMapping: { 'Old step': 'New step' },
    });
    expect(faultsOfJob(server.calls[1].body)).toEqual([]);
    expect(id).not.toBe(running.id);
  });

  test('says nothing of names where none has changed', async () => {
    server.addJob('shop', ['JOB_STATE_RUNNING']);
    await start(SAME);
    expect(server.calls[1].body).not.toHaveProperty('transformNameMapping');
  });

  test('of no running job is an error, and nothing is uploaded', async () => {
    server.addJob('shop', ['JOB_STATE_DONE'], { currentState: 'JOB_STATE_DONE' });
    expect(await refusal(start(SAME))).toMatch(/no running job shop in europe-west1 of my-shop to update/);
    expect(uploaded).toEqual([]);
  });
});

test('a template is the job without what is of one submission', async () => {
  const prepared = prepareJob(smallPipeline(), OPTIONS);
  await writeTemplate(prepared, 'gs://my-shop-templates/shop.json', upload);
  expect(uploaded.map(([path, , type]) => [path, type])).toEqual([
    [prepared.url, 'application/octet-stream'],
    ['gs://my-shop-templates/shop.json', 'application/json'],
  ]);
  const template = JSON.parse(Buffer.from(uploaded[1][1]).toString('utf8'));
  expect(faultsOfJob(template)).toEqual([]);
  const { clientRequestId: _, ...rest } = prepared.job;
  expect(template).toEqual(JSON.parse(JSON.stringify(rest)));
  expect(server.calls).toEqual([]);
});
