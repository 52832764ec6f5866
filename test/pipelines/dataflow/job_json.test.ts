/** job.json of a dry run: a Job by Dataflow's own protos, and the jobs that Google's SDKs submitted, but for differences that have a reason. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultsOfJob } from '../../runners/dataflow/strict_job';
import { type DryRun, dryRun, FILES, IMAGE, STREAM } from './dry_run';

/** Every option that a job can have, as the captured jobs had those of their SDKs. */
const ALL = [
  ...['--num-workers', '2', '--max-num-workers', '5', '--autoscaling', 'throughput'],
  ...['--machine-type', 'n2-standard-4', '--disk-size-gb', '30', '--disk-type', 'pd-ssd'],
  ...['--service-account', 'worker@my-shop.iam.gserviceaccount.com', '--worker-zone', 'europe-west1-b'],
  ...['--network', 'net', '--subnetwork', 'sub', '--no-public-ips'],
  ...['--kms-key', 'projects/my-shop/locations/europe-west1/keyRings/r/cryptoKeys/k'],
  ...['--label', 'team=a', '--label', 'shop=', '--service-option', 'min_num_workers=2'],
  ...['--experiment', 'min_cpu_platform=Intel Skylake', '--user-agent', 'FunnelPulse/0.1.0'],
];

let folder: string;
const runs: Record<string, DryRun> = {};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-dataflow-'));
  runs.batch = await dryRun(join(folder, 'batch'), FILES);
  runs.streaming = await dryRun(join(folder, 'streaming'), STREAM);
  runs['batch with all options'] = await dryRun(join(folder, 'all-batch'), [
    ...FILES,
    ...ALL,
    '--flexrs',
    'cost',
  ]);
  runs['streaming with all options'] = await dryRun(join(folder, 'all-streaming'), [
    ...[...STREAM, ...ALL, '--at-least-once', '--snapshot', 'abc-123'],
  ]);
});
afterAll(() => rmSync(folder, { recursive: true }));

type Json = Record<string, unknown>;

test.each(['batch', 'streaming', 'batch with all options', 'streaming with all options'])(
  '%s is a job by Dataflow’s protos, and its hash is that of the pipeline',
  (name) => {
    const { job, proto } = runs[name];
    expect(faultsOfJob(job)).toEqual([]);
    const { pipelineUrl, pipelineProtoHash, staging_location } = job.environment.sdkPipelineOptions.options;
    expect(pipelineProtoHash).toBe(createHash('sha256').update(proto).digest('hex'));
    expect(pipelineUrl).toBe(`${staging_location}/pipeline.pb`);
    expect(job).not.toHaveProperty('steps');
    expect(job).not.toHaveProperty('replaceJobId');
    const [pool] = job.environment.workerPools;
    expect(pool.sdkHarnessContainerImages).toEqual([
      expect.objectContaining({ containerImage: IMAGE, useSingleCorePerContainer: true }),
    ]);
  },
);

describe('the parse by Dataflow’s protos finds', () => {
  const broken = (change: (job: Json, environment: Json, pool: Json) => void): string[] => {
    const job = structuredClone(runs.batch.job) as unknown as Json;
    const environment = job.environment as Json;
    change(job, environment, (environment.workerPools as Json[])[0]);
    return faultsOfJob(job);
  };

  test.each<[string, Parameters<typeof broken>[0], string]>([
    ['a misspelt field', (job) => Object.assign(job, { lables: {} }), 'job.lables is unknown'],
    [
      'a misspelt field of a part',
      (_job, _environment, pool) => Object.assign(pool, { numworkers: 1 }),
      'job.environment.workerPools[0].numworkers is unknown',
    ],
    [
      'a name that an enumeration has not',
      (job) => Object.assign(job, { type: 'JOB_TYPE_FILES' }),
      'job.type: "JOB_TYPE_FILES" is none of JobType',
    ],
    [
      'a text for a number',
      (_job, _environment, pool) => Object.assign(pool, { numWorkers: '2' }),
      'job.environment.workerPools[0].numWorkers: "2" is no int32',
    ],
    [
      'one where a list is meant',
      (_job, environment) => Object.assign(environment, { experiments: 'a' }),
      'job.environment.experiments is no list',
    ],
    [
      'a list where a map is meant',
      (job) => Object.assign(job, { labels: [3] }),
      'job.labels.0: 3 is no string',
    ],
    [
      'what is no JSON',
      (_job, environment) => Object.assign(environment.userAgent as Json, { name: undefined }),
      'job.environment.userAgent is no JSON',
    ],
  ])('%s', (_case, change, fault) => {
    expect(broken(change)).toEqual([fault]);
  });
});

test('options are where the service looks for them', () => {
  const { job } = runs['streaming with all options'];
  const [pool] = job.environment.workerPools;
  expect(pool).toMatchObject({
    kind: 'harness',
    numWorkers: 2,
    autoscalingSettings: { algorithm: 'AUTOSCALING_ALGORITHM_BASIC', maxNumWorkers: 5 },
    machineType: 'n2-standard-4',
    diskSizeGb: 30,
    diskType: 'compute.googleapis.com/projects//zones//diskTypes/pd-ssd',
    network: 'net',
    subnetwork: 'regions/europe-west1/subnetworks/sub',
    ipConfiguration: 'WORKER_IP_PRIVATE',
    packages: [],
    workerHarnessContainerImage: IMAGE,
  });
  expect(job.environment).toMatchObject({
    serviceAccountEmail: 'worker@my-shop.iam.gserviceaccount.com',
    workerZone: 'europe-west1-b',
    serviceKmsKeyName: 'projects/my-shop/locations/europe-west1/keyRings/r/cryptoKeys/k',
    serviceOptions: ['min_num_workers=2', 'streaming_mode_at_least_once'],
    userAgent: { name: 'FunnelPulse', version: '0.1.0' },
  });
  const { experiments } = job.environment;
  expect(experiments).toContain('min_cpu_platform=Intel Skylake');
  expect(job.environment.sdkPipelineOptions.options.experiments).toEqual(experiments);
  expect(job).toMatchObject({ labels: { team: 'a', shop: '' }, createdFromSnapshotId: 'abc-123' });
  expect(runs['batch with all options'].job.environment.flexResourceSchedulingGoal).toBe(
    'FLEXRS_COST_OPTIMIZED',
  );
});

/** Fields as ways: `environment.workerPools[0].kind` → its value. Free-form options are one field each. */
function fieldsOf(value: unknown, way = ''): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  const isObject = typeof value === 'object' && value !== null;
  if (!isObject || Object.keys(value).length === 0) return fields.set(way, value);
  for (const [name, part] of Object.entries(value)) {
    const next = Array.isArray(value) ? `${way}[${name}]` : way === '' ? name : `${way}.${name}`;
    for (const [each, found] of fieldsOf(part, next)) fields.set(each, found);
  }
  return fields;
}

/** Lists whose order says nothing are sorted; what the console shows of the options follows from them. */
function comparable(job: Json): Map<string, unknown> {
  const copy = structuredClone(job) as {
    environment: Json & { sdkPipelineOptions: Json & { options: Json } };
  };
  const { environment } = copy;
  const { options } = environment.sdkPipelineOptions;
  environment.experiments = (environment.experiments as string[]).toSorted();
  options.experiments = (options.experiments as string[]).toSorted();
  delete (environment.sdkPipelineOptions as { display_data?: unknown }).display_data;
  return fieldsOf(copy);
}

/** A difference between our job and a captured one: which fields, and why it is right. */
type Differences = readonly (readonly [field: RegExp, reason: string])[];

const OURS: Differences = [
  [/options\.funnelpulse_\w+$/, 'what the console shows of our own'],
  [/^name$|job_name$/, 'another job'],
  [/^clientRequestId$/, 'of each submission its own; the captured Go job was translated without one'],
  [/^environment\.tempStoragePrefix$|_location$|pipelineUrl$/, 'another bucket'],
  [/pipelineProtoHash$/, 'another pipeline'],
  [/options\.(project|region)$/, 'another project and region'],
  [/containerImage$|workerHarnessContainerImage$/i, 'our image'],
  [
    /sdkHarnessContainerImages\[0\]\.capabilities\[\d+\]$/,
    'what our worker can do, and the captured one can’t, or doesn’t say',
  ],
  [
    /^environment\.workerPools\[0\]\.packages$/,
    'there are none, and the job says so: all code is in the image',
  ],
];

const FROM_PYTHON: Differences = [
  ...OURS,
  [
    /^environment\.sdkPipelineOptions\.options\.(?!pipelineUrl|experiments|project|region|job_name|streaming|staging_location|temp_location)\w+/,
    'options of the Python SDK with their defaults, which its own workers read; ours read none of them',
  ],
];

const FROM_GO: Differences = [
  ...OURS,
  [/^projectId$/, 'the project is in the address of the call, and a template must not have it'],
  [
    /^labels\.|^transformNameMapping\.|serviceAccountEmail$|serviceKmsKeyName$|serviceOptions/,
    'the captured job was given them',
  ],
  [
    /workerPools\[0\]\.(network|subnetwork|ipConfiguration|machineType|numWorkers|autoscalingSettings)/,
    'the captured job was given them',
  ],
  [/workerPools\[0\]\.packages\[0\]/, 'the Go worker is staged; ours is in the image'],
  [
    /^environment\.(userAgent|version)\./,
    'ours is the pair of Python: TypeScript jobs that ran were submitted so',
  ],
  [
    /^environment\.(clusterManagerApiService|dataset|debugOptions)$|taskrunnerSettings|dataDisks/,
    'Python sends the one, Go the other; whether they matter is not known, so ours are Python’s',
  ],
  [
    /experiments\[\d+\]$/,
    'use_multiple_sdk_containers and use_sibling_sdk_workers: Node runs on one core, so there is a process for each',
  ],
  [/beam:option:go_options:v1/, 'options of the Go SDK'],
  [/options\.(tempLocation|diskProvisioned\w+)$/, 'Go writes options in camelCase'],
  [/options\.(project|job_name|streaming)$/, 'Python’s options, which TypeScript jobs that ran had'],
];

const KINDS = ['batch', 'streaming'];

function captured(source: string, kind: string): Json {
  return JSON.parse(readFileSync(join(__dirname, 'captured', `${source}-${kind}.job.json`), 'utf8'));
}

/** Fields that are not the same in both. */
function differing(ours: Json, theirs: Json): { field: string; text: string }[] {
  const [a, b] = [comparable(ours), comparable(theirs)].map(
    (fields) => (field: string) => JSON.stringify(fields.get(field)),
  );
  const fields = new Set([...comparable(ours).keys(), ...comparable(theirs).keys()]);
  return [...fields]
    .filter((field) => a(field) !== b(field))
    .map((field) => ({ field, text: `${field}: ours ${a(field)}, theirs ${b(field)}` }));
}

describe.each([
  ['python-jobservice', FROM_PYTHON],
  ['go-translate', FROM_GO],
])('beside what was captured of %s', (source, differences) => {
  const found = (kind: string) => differing(runs[kind].job as unknown as Json, captured(source, kind));

  test.each(KINDS)('a %s job differs only where there is a reason', (kind) => {
    const theirs = captured(source, kind);
    expect(faultsOfJob(theirs)).toEqual([]);
    const isExplained = (field: string): boolean => differences.some(([pattern]) => pattern.test(field));
    expect(
      found(kind)
        .filter(({ field }) => !isExplained(field))
        .map(({ text }) => text),
    ).toEqual([]);
    const ours = comparable(runs[kind].job as unknown as Json);
    for (const field of ['type', 'environment.workerPools[0].kind'])
      expect([field, ours.get(field)]).toEqual([field, comparable(theirs).get(field)]);
  });

  test('every reason stands for a difference that there is', () => {
    const fields = KINDS.flatMap(found).map(({ field }) => field);
    const idle = differences.filter(([pattern]) => !fields.some((field) => pattern.test(field)));
    expect(idle.map(([, reason]) => reason)).toEqual([]);
  });
});

test('the experiments are those of the captured TypeScript jobs', () => {
  for (const kind of KINDS) {
    const { experiments } = captured('python-jobservice', kind).environment as { experiments: string[] };
    expect(runs[kind].job.environment.experiments.toSorted()).toEqual(experiments.toSorted());
  }
});
