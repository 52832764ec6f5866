/** A job is followed to its end, whichever it is. */
import { DataflowClient, type JobMessage } from '../../../runners/dataflow/dataflow_client';
import { JobFailedError } from '../../../runners/dataflow/dataflow_error';
import { RestTransport } from '../../../runners/dataflow/rest_transport';
import { requireGoodEnd, watchJob } from '../../../runners/dataflow/watch_job';
import { RecordingDataflow } from './recording_dataflow';

const PAUSES = { firstPauseMs: 1, lastPauseMs: 2 };

let server: RecordingDataflow;
let client: DataflowClient;
beforeEach(async () => {
  server = await new RecordingDataflow().start();
  process.env.DATAFLOW_EMULATOR_HOST = server.endpoint;
  const place = { project: 'my-shop', region: 'europe-west1' };
  client = new DataflowClient(
    new RestTransport(place, { callMs: 500, retryMs: 3000, firstPauseMs: 5 }),
    place.project,
    place.region,
  );
});
afterEach(async () => {
  delete process.env.DATAFLOW_EMULATOR_HOST;
  await server.stop();
});

const message = (id: string, time: string, importance: string, text: string) => ({
  id,
  time: `2026-01-01T00:00:${time}Z`,
  messageImportance: `JOB_MESSAGE_${importance}`,
  messageText: text,
});

test.each([
  ['JOB_STATE_DONE', 'done'],
  ['JOB_STATE_FAILED', 'failed'],
  ['JOB_STATE_CANCELLED', 'cancelled'],
  ['JOB_STATE_UPDATED', 'updated'],
  ['JOB_STATE_DRAINED', 'drained'],
])('to %s, through states that nobody knows', async (last, end) => {
  const job = server.addJob('shop', [
    ...[undefined, 'JOB_STATE_QUEUED', 'JOB_STATE_RUNNING', 'JOB_STATE_TELEPORTING'],
    ...['JOB_STATE_RESOURCE_CLEANING_UP', last],
  ]);
  const states: string[] = [];
  const ended = await watchJob(client, job.id, { ...PAUSES, onState: (state) => states.push(state) });
  expect(ended.end).toBe(end);
  expect(states).toEqual(['being created', 'queued', 'running', 'teleporting', 'resource cleaning up', end]);
  expect(job.states).toEqual([]);
});

test('messages are told once, in order, page by page, those of the end too', async () => {
  const job = server.addJob('shop', [undefined, 'JOB_STATE_RUNNING', 'JOB_STATE_RUNNING', 'JOB_STATE_DONE']);
  server.pageSize = 2;
  server.messages = [
    message('1', '01', 'BASIC', 'Worker configuration'),
    message('3', '03', 'DEBUG', 'nobody wants to know'),
    message('2', '02', 'WARNING', 'slow'),
  ];
  let looks = 0;
  server.fate = ({ path }) => {
    if (!path.endsWith('/messages')) looks++;
    // Listed late, with a time that has passed.
    if (looks === 2 && server.messages.length === 3)
      server.messages.push(message('0', '00', 'BASIC', 'late'));
    if (looks === 4 && server.messages.length === 4)
      server.messages.push(message('5', '05', 'ERROR', 'the last word'));
    return 'serve';
  };
  const told: JobMessage[] = [];
  const ended = await watchJob(client, job.id, { ...PAUSES, onMessage: (each) => told.push(each) });
  expect(told.map(({ messageText }) => messageText)).toEqual([
    'Worker configuration',
    'slow',
    'late',
    'the last word',
  ]);
  expect(ended.errors).toEqual(['the last word']);
});

test('an outage of the service is sat out', async () => {
  const job = server.addJob('shop', ['JOB_STATE_RUNNING', 'JOB_STATE_DONE']);
  server.fate = (_call, number) => (number % 3 === 0 ? 'serve' : { status: 503 });
  expect((await watchJob(client, job.id, PAUSES)).end).toBe('done');
});

test('an abort leaves the job alone', async () => {
  const job = server.addJob('shop', ['JOB_STATE_RUNNING']);
  const abort = new AbortController();
  const watching = watchJob(client, job.id, {
    firstPauseMs: 60_000,
    onState: () => abort.abort(),
    signal: abort.signal,
  });
  await expect(watching).rejects.toThrow(/abort/i);
  expect(server.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('nor does it wait for a call that is made again and again', async () => {
  const job = server.addJob('shop', ['JOB_STATE_RUNNING']);
  const abort = new AbortController();
  server.fate = (_call, number) => {
    if (number === 2) abort.abort();
    return { status: 503 };
  };
  const started = Date.now();
  await expect(watchJob(client, job.id, { signal: abort.signal })).rejects.toThrow(/abort/i);
  expect(Date.now() - started).toBeLessThan(2000);
});

describe('whether that is a good end', () => {
  const job = { id: '1', name: 'shop' } as never;

  test.each(['done', 'drained', 'updated'] as const)('%s is', (end) => {
    expect(() => requireGoodEnd({ end, job, errors: ['was put right'] }, 'LINK')).not.toThrow();
  });

  test('failed is none, and what the service called errors is said', () => {
    const ended = { end: 'failed' as const, job, errors: ['Workflow failed.\n', 'Step X: no such bucket'] };
    expect(() => requireGoodEnd(ended, 'LINK')).toThrow(JobFailedError);
    expect(() => requireGoodEnd(ended, 'LINK')).toThrow(
      'the job shop has failed:\n  Workflow failed.\n  Step X: no such bucket\nIts logs: LINK',
    );
    expect(new JobFailedError('').exitCode).toBe(1);
  });

  test('cancelled is none', () => {
    expect(() => requireGoodEnd({ end: 'cancelled', job, errors: [] }, 'LINK')).toThrow(
      /was cancelled.*LINK/,
    );
  });
});

test('counters are those of committed work, with their steps', async () => {
  const { id } = server.addJob('shop', ['JOB_STATE_RUNNING']);
  const metric = (name: string, scalar: unknown, context: object, origin = 'user') => ({
    name: { origin, name, context },
    scalar,
  });
  server.metrics = [
    metric('rows_read', 10, { step: 'Parse' }),
    metric('rows_read', 12, { step: 'Parse', tentative: 'true' }),
    metric('rows_read', '5', { step: 'Parse again' }),
    metric('SystemLag', 3, {}, 'dataflow/v1b3'),
    metric('a distribution', { count: 3 }, {}),
  ];
  expect(await client.metrics(id)).toEqual([
    { origin: 'user', name: 'rows_read', step: 'Parse', value: 10 },
    { origin: 'user', name: 'rows_read', step: 'Parse again', value: 5 },
    { origin: 'dataflow/v1b3', name: 'SystemLag', step: '', value: 3 },
  ]);
});

test('drain and cancel ask for a state, and for nothing else', async () => {
  const { id } = server.addJob('shop', ['JOB_STATE_RUNNING']);
  await client.request(id, 'JOB_STATE_DRAINED');
  await client.request(id, 'JOB_STATE_CANCELLED');
  expect(server.calls.map(({ method, body }) => [method, body])).toEqual([
    ['PUT', { requestedState: 'JOB_STATE_DRAINED' }],
    ['PUT', { requestedState: 'JOB_STATE_CANCELLED' }],
  ]);
});
