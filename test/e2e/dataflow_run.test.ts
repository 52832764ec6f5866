/**
 * `funnelpulse run --runner dataflow` from the command line to the tables. Cloud Storage and BigQuery are local servers; the server in Dataflow's place keeps the job, and this test does what Dataflow would: it takes the pipeline that was
 * staged, and runs it.
 */
import '../../beam/sdk';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import '../../pipelines/registration';
import { runLocally } from '../../runners/local';
import { describeWithBigquery } from '../emulators/bigquery';
import { namesIn, readDataset, runSql } from '../emulators/bigquery_rows';
import { describeWithGcs, makeBucket, upload } from '../emulators/gcs';
import { RecordingDataflow } from '../runners/dataflow/recording_dataflow';
import { faultsOfJob } from '../runners/dataflow/strict_job';
import { SAMPLE, start } from './product';

jest.setTimeout(300_000);

const IMAGE = 'europe-west1-docker.pkg.dev/local-test/funnelpulse/worker:0.1.0';
const COMMON = [
  ...['--runner', 'dataflow', '--project', 'local-test', '--region', 'europe-west1', '--image', IMAGE],
  ...['--temp-location', 'gs://shop-tmp/funnelpulse'],
];

let dataflow: RecordingDataflow;
beforeEach(async () => {
  dataflow = await new RecordingDataflow().start();
  process.env.DATAFLOW_EMULATOR_HOST = dataflow.endpoint;
});
afterEach(async () => {
  delete process.env.DATAFLOW_EMULATOR_HOST;
  await dataflow.stop();
});

const run = (...args: string[]) => start(['run', ...COMMON, ...args]).ended;

interface SubmittedJob {
  readonly environment: { readonly sdkPipelineOptions: { readonly options: Record<string, string> } };
}

/** The pipeline that a job names, if its hash is right. */
async function stagedPipeline(job: unknown): Promise<runnerApi.Pipeline> {
  expect(faultsOfJob(job)).toEqual([]);
  const { pipelineUrl, pipelineProtoHash } = (job as SubmittedJob).environment.sdkPipelineOptions.options;
  const bucket = await makeBucket('shop-tmp');
  const [bytes] = await bucket.file(pipelineUrl.slice('gs://shop-tmp/'.length)).download();
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(pipelineProtoHash);
  return runnerApi.Pipeline.fromBinary(bytes);
}

describeWithGcs('run --runner dataflow', () => {
  describeWithBigquery('with BigQuery', () => {
    beforeAll(async () => {
      await makeBucket('shop-tmp');
      await upload(await makeBucket('shop-raw'), { 'events/sample.csv': readFileSync(SAMPLE) });
    });

    test('on files: staged, submitted, watched, and summed up', async () => {
      const dataset = { project: 'local-test', dataset: 'files' };
      dataflow.states = ['JOB_STATE_PENDING', 'JOB_STATE_RUNNING'];
      dataflow.metrics = [
        { name: { origin: 'user', name: 'bytes_read', context: { step: 'a' } }, scalar: 2_613_000 },
      ];
      const running = run('--input', 'gs://shop-raw/events/', '--output', 'bigquery:local-test.files');
      const posted = () => dataflow.calls.find(({ method }) => method === 'POST')?.body;
      while (posted() === undefined)
        await Promise.race([running.then(fail), new Promise((go) => setTimeout(go, 50))]);
      // The tables were made before anything was submitted.
      expect(await namesIn(dataset)).toEqual(expect.arrayContaining(['gold_funnel_hourly_brand', 'runs']));
      await runLocally(await stagedPipeline(posted()), {
        workers: [],
        registration: [],
        liftCombines: false,
      });
      dataflow.jobs[0].states = ['JOB_STATE_DONE'];
      const { code, stdout, stderr } = await running;
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringMatching(
          /^Read 22,283 events \(2\.5 MiB\)[\s\S]*gold_funnel_hourly_brand +869 rows/,
        ),
      });
      expect(stderr).toMatch(/^job funnelpulse-batch, 2026-/);
      expect(stderr).toMatch(
        /console {2}https:\/\/console\.cloud\.google\.com\/dataflow\/jobs\/europe-west1\//,
      );
      expect(stderr).toMatch(
        /watch {4}funnelpulse dataflow watch \S+ --project local-test --region europe-west1\n/,
      );
      expect(stderr).toMatch(/the job is running\n[\s\S]*the job is done\n$/);
      expect((await readDataset(dataset)).gold_funnel_daily_brand).toHaveLength(260);
    });

    test('of files that are not there nothing is submitted', async () => {
      const { code, stderr } = await run(
        '--input',
        'gs://shop-raw/none/',
        '--output',
        'bigquery:local-test.none',
      );
      expect({ code, methods: dataflow.calls.map(({ method }) => method) }).toEqual({
        code: 2,
        methods: ['GET'],
      });
      expect(stderr).toMatch(/^funnelpulse: .*gs:\/\/shop-raw\/none\//);
    });

    describe('on a subscription', () => {
      const STREAM = [
        ...['--input', 'pubsub://local-test/events', '--timestamp-attribute', 'event_time'],
        ...['--output', 'bigquery:local-test.live', '--detach'],
      ];

      test('the dataset becomes the stream’s, and the history lies ready', async () => {
        const { code, stderr } = await run(...STREAM);
        expect({ code, stderr }).toEqual({
          code: 0,
          stderr: expect.stringMatching(/end {6}funnelpulse dataflow drain/),
        });
        const { body } = dataflow.calls.find(({ method }) => method === 'POST')!;
        expect(body.type).toBe('JOB_TYPE_STREAMING');
        await stagedPipeline(body);
        const { staging_location } = (body as unknown as SubmittedJob).environment.sdkPipelineOptions.options;
        const bucket = await makeBucket('shop-tmp');
        const [history] = await bucket
          .file(`${staging_location.slice('gs://shop-tmp/'.length)}/history.json`)
          .download();
        expect(JSON.parse(history.toString())).toEqual([]);
        expect(await namesIn({ project: 'local-test', dataset: 'live' })).toEqual(
          expect.arrayContaining([
            'gold_anomalies_hourly_brand',
            'pipeline_ledger',
            'gold_funnel_hourly_brand_closed',
          ]),
        );
      });

      test('an update replaces the running job, and a second one of the name is refused', async () => {
        const running = dataflow.addJob('funnelpulse-stream', ['JOB_STATE_RUNNING'], {
          clientRequestId: 'another',
        });
        const taken = await run(...STREAM);
        expect(taken.code).toBe(2);
        expect(taken.stderr).toMatch(/a job funnelpulse-stream is active already .*--update/);
        const mapping = '{"Old step": "New step"}';
        expect((await run(...STREAM, '--update', '--transform-name-mapping', mapping)).code).toBe(0);
        expect(dataflow.calls.at(-1)!.body).toMatchObject({
          replaceJobId: running.id,
          transformNameMapping: { 'Old step': 'New step' },
        });
        const wrong = await run(...STREAM, '--update', '--transform-name-mapping', '{"a": 1}');
        expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/a name is no text/) });
      });

      test('a dataset of another job is left alone', async () => {
        const dataset = { project: 'local-test', dataset: 'live' };
        await runSql(
          dataset,
          `INSERT INTO live.runs (run_id, state_id, mode, input, options, counts, allowed_lateness_ms, status, started_at)
           VALUES ('r', 'local-test/europe-west1/another', 'streaming', 'i', JSON '{}', JSON '{}', 0, 'running', CURRENT_TIMESTAMP())`,
        );
        const { code, stderr } = await run(...STREAM);
        expect({ code, methods: dataflow.calls.map(({ method }) => method) }).toEqual({
          code: 2,
          methods: ['GET'],
        });
        expect(stderr).toMatch(/belongs to the stream with the state local-test\/europe-west1\/another/);
      });

      test('nor does a job begin without state in the tables of an earlier one of its name', async () => {
        const again = [...STREAM, '--job-name', 'another'];
        const { code, stderr } = await run(...again);
        expect({ code, methods: dataflow.calls.map(({ method }) => method) }).toEqual({
          code: 2,
          methods: ['GET'],
        });
        expect(stderr).toMatch(
          /holds what an earlier job local-test\/europe-west1\/another has written.*--replace/,
        );
        expect((await run(...again, '--replace')).code).toBe(0);
        expect(dataflow.jobs).toHaveLength(1);
        const active = await run(...again, '--replace');
        expect(active).toMatchObject({
          code: 2,
          stderr: expect.stringMatching(/a job another is active already/),
        });
      });

      test('a template is written, and nothing is started', async () => {
        const template = ['--template', 'gs://shop-tmp/templates/stream.json', '--job-name', 'another'];
        const { code, stderr } = await run(...STREAM, ...template);
        expect({ code, stderr }).toEqual({
          code: 0,
          stderr: 'the template is in gs://shop-tmp/templates/stream.json\n',
        });
        expect(dataflow.calls).toEqual([]);
        const [text] = await (await makeBucket('shop-tmp')).file('templates/stream.json').download();
        const job = JSON.parse(text.toString());
        expect(job).not.toHaveProperty('clientRequestId');
        await stagedPipeline(job);
      });
    });
  });
});

function fail(outcome: object): never {
  throw new Error(`ended too early: ${JSON.stringify(outcome)}`);
}
