/** Options are looked at before anything is sent; one message says all that is wrong. */
import { DataflowError } from '../../../runners/dataflow/dataflow_error';
import { type JobOptions, optionFaults } from '../../../runners/dataflow/job_options';
import { prepareJob } from '../../../runners/dataflow/prepare_job';
import { OPTIONS, smallPipeline } from './small_pipeline';

const faults = (options: Partial<JobOptions>, streaming = false): string[] =>
  optionFaults({ ...OPTIONS, ...options }, streaming);

test('what is right is taken', () => {
  expect(faults({})).toEqual([]);
  expect(faults({}, true)).toEqual([]);
  expect(
    faults(
      {
        project: 'example.com:my-shop',
        image: 'registry.example:5000/a/b@sha256:'.padEnd(33 + 64, '0'),
        numWorkers: 1,
        maxNumWorkers: 1,
        autoscaling: 'none',
        machineType: 'e2-standard-4',
        subnetwork:
          'https://www.googleapis.com/compute/v1/projects/host-shop/regions/europe-west1/subnetworks/s',
        network: 'projects/host-shop/global/networks/n',
        workerZone: 'europe-west1-d',
        kmsKey: 'projects/my-shop/locations/global/keyRings/r/cryptoKeys/k',
        labels: { team: 'data', empty: '' },
        serviceOptions: ['enable_prime', 'min_num_workers=2'],
        tempLocation: 'gs://my.shop-tmp_1',
        atLeastOnce: true,
        snapshot: '2026-01-01_00_00_00-123',
      },
      true,
    ),
  ).toEqual([]);
});

test.each<[string, Partial<JobOptions>, RegExp]>([
  ['a project’s number', { project: '1234567890' }, /--project 1234567890: a project’s id/],
  ['a project’s display name', { project: 'My Shop' }, /--project My Shop/],
  ['a zone for a region', { region: 'europe-west1-b' }, /--region europe-west1-b: a region like/],
  ['a multi-region', { region: 'eu' }, /--region eu/],
  ['upper case in a job’s name', { jobName: 'Shop' }, /--job-name Shop: a name of lower-case/],
  ['a job’s name that ends in a -', { jobName: 'shop-' }, /--job-name shop-/],
  ['no folder of Cloud Storage', { tempLocation: '/tmp' }, /--temp-location \/tmp: gs:\/\/BUCKET/],
  ['a pattern for a folder', { stagingLocation: 'gs://my-shop/*' }, /--staging-location gs:\/\/my-shop\/\*/],
  ['a bucket in upper case', { tempLocation: 'gs://Shop/tmp' }, /--temp-location gs:\/\/Shop/],
  ['an image without tag', { image: 'gcr.io/my-shop/worker' }, /--image .*tag or digest/],
  ['an image without registry', { image: 'worker:1' }, /--image worker:1/],
  ['no machines', { numWorkers: 0 }, /--num-workers 0: a whole number from 1/],
  ['half a machine', { maxNumWorkers: 1.5 }, /--max-num-workers 1.5/],
  [
    'more at first than at most',
    { numWorkers: 3, maxNumWorkers: 2 },
    /--num-workers 3 is more than --max-num-workers 2/,
  ],
  ['a fixed number that nobody said', { autoscaling: 'none' }, /--autoscaling none needs --num-workers/],
  ['a machine type in upper case', { machineType: 'N2-standard-2' }, /--machine-type N2/],
  ['a disk too small', { diskSizeGb: 5 }, /--disk-size-gb 5/],
  [
    'a person for a service account',
    { serviceAccount: 'me@example.com' },
    /--service-account me@example.com/,
  ],
  [
    'a subnetwork elsewhere',
    { subnetwork: 'regions/us-east1/subnetworks/s' },
    /not in --region europe-west1/,
  ],
  ['a zone elsewhere', { workerZone: 'us-east1-b' }, /--worker-zone us-east1-b is not in/],
  ['a region for a zone', { workerZone: 'europe-west1' }, /--worker-zone europe-west1: a zone like/],
  [
    'a key elsewhere',
    { kmsKey: 'projects/my-shop/locations/us/keyRings/r/cryptoKeys/k' },
    /--kms-key .* is not in/,
  ],
  ['half a key', { kmsKey: 'keyRings/r/cryptoKeys/k' }, /--kms-key keyRings/],
  ['a label in upper case', { labels: { Team: 'a' } }, /--label Team=a: KEY=VALUE/],
  [
    'too many labels',
    { labels: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`l${i}`, ''])) },
    /at most 64/,
  ],
  ['a service option with blanks', { serviceOptions: ['a b'] }, /--service-option a b/],
  [
    'cheap machines of a fixed number',
    { flexrs: 'cost', autoscaling: 'none', numWorkers: 1 },
    /exclude each other/,
  ],
  ['at least once in batch', { atLeastOnce: true }, /--at-least-once is for streams/],
  ['a snapshot in batch', { snapshot: 'a' }, /--snapshot is for streams/],
])('%s is refused', (_case, options, message) => {
  const found = faults(options);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(message);
});

test('cheap machines that a stream would wait for are refused', () => {
  expect(faults({ flexrs: 'cost' }, true)).toEqual([expect.stringMatching(/--flexrs is for files/)]);
});

test('one error names everything, and nothing is made', () => {
  const wrong = { ...OPTIONS, region: 'eu', jobName: 'Shop', image: 'worker' };
  let error: unknown;
  try {
    prepareJob(smallPipeline(), wrong);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(DataflowError);
  expect((error as DataflowError).exitCode).toBe(2);
  expect((error as DataflowError).message).toMatch(
    /^3 options are wrong:\n {2}--region eu.*\n {2}--job-name Shop.*\n {2}--image worker/,
  );
});
