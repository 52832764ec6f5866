/** scripts/dataflow, which `make run-dataflow`, `status`, `drain` and `delete` call: what it asks for, what it builds, and which commands it makes of its variables. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Job } from '../../runners/dataflow/job_schema';

const ROOT = join(__dirname, '../..');
const GOOD = {
  PROJECT: 'my-shop',
  REGION: 'europe-west1',
  BUCKET: 'gs://my-shop-staging',
  INPUT: 'gs://my-shop-raw/2019-*.csv',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-make-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function script(command: string, variables: Record<string, string>) {
  // Nothing but what it needs: no docker of the machine's.
  for (const name of ['bash', 'dirname', 'git', 'node', 'sh']) {
    const found = join(folder, name);
    if (!existsSync(found)) symlinkSync(name === 'node' ? process.execPath : onPath(name), found);
  }
  const PATH = folder;
  const env = { PATH, HOME: folder, ...variables };
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'scripts/dataflow'), [command], {
    env,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

function onPath(name: string): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((each) => join(each, name)).find(existsSync)!;
}

/** A program that writes down what it was asked. */
function program(name: string, exit = 0): () => string[] {
  const asked = join(folder, `${name}.asked`);
  writeFileSync(join(folder, name), `#!/bin/sh\necho "$@" >> ${asked}\nexit ${exit}\n`);
  chmodSync(join(folder, name), 0o755);
  return () => (existsSync(asked) ? readFileSync(asked, 'utf8').trim().split('\n') : []);
}

const jobIn = (directory: string): Job => JSON.parse(readFileSync(join(directory, 'job.json'), 'utf8'));

test.each<[string, Record<string, string>, string[]]>([
  ['run', {}, ['PROJECT', 'REGION', 'BUCKET', 'INPUT']],
  ['run', { ...GOOD, INPUT: 'pubsub://my-shop/events' }, ['TIMESTAMP_ATTRIBUTE']],
  ['status', {}, ['PROJECT', 'REGION']],
  ['drain', { PROJECT: 'my-shop' }, ['REGION', 'JOB']],
  ['delete', { PROJECT: 'my-shop', REGION: 'europe-west1' }, ['JOB']],
])('%s lists all variables that are missing (%#)', (command, variables, names) => {
  const { code, stderr } = script(command, variables);
  expect(code).toBe(2);
  const [title, ...lines] = stderr.trim().split('\n');
  expect(title).toMatch(/^make \S+ needs these variables, too:$/);
  expect(lines.map((line) => line.trim().split('=')[0])).toEqual(names);
});

test('a dry run builds no image and sends nothing', () => {
  const docker = program('docker');
  const ARGS = `--dry-run ${folder}/dry`;
  const { code, stderr } = script('run', {
    ...GOOD,
    IMAGE: 'gcr.io/my-shop/worker:1',
    DATASET: 'live',
    JOB: 'shop',
    ARGS,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^nothing was sent/) });
  expect(docker()).toEqual([]);
  expect(jobIn(join(folder, 'dry'))).toMatchObject({
    name: 'shop',
    environment: {
      tempStoragePrefix: expect.stringMatching(
        /^storage\.googleapis\.com\/my-shop-staging\/temp\/shop\.\d{13}$/,
      ),
      workerPools: [{ workerHarnessContainerImage: 'gcr.io/my-shop/worker:1' }],
    },
  });
});

test('an installation of another name has its own repository, dataset and jobs', () => {
  const docker = program('docker');
  const variables = {
    ...GOOD,
    NAME: 'shop-dev',
    INPUT: 'pubsub://my-shop/events',
    TIMESTAMP_ATTRIBUTE: 'event_time',
  };
  const { code } = script('run', { ...variables, ARGS: `--quiet --dry-run ${folder}/dry` });
  expect(code).toBe(0);
  expect(docker()[1]).toMatch(/ europe-west1-docker\.pkg\.dev\/my-shop\/shop-dev\/worker:/);
  const { name, environment } = jobIn(join(folder, 'dry'));
  expect(name).toBe('shop-dev-stream');
  expect(environment.sdkPipelineOptions.options).toMatchObject({
    funnelpulse_output: 'bigquery:my-shop.shop_dev',
  });
});

test('a run builds and pushes the image of its commit, and submits that', () => {
  const docker = program('docker');
  const { code } = script('run', {
    ...GOOD,
    BUCKET: 'my-shop-staging',
    ARGS: `--quiet --dry-run ${folder}/dry`,
  });
  expect(code).toBe(0);
  const [build, push, ...more] = docker();
  const image = push.replace('push --quiet ', '');
  expect(image).toMatch(/^europe-west1-docker\.pkg\.dev\/my-shop\/funnelpulse\/worker:[0-9a-z.-]+$/);
  expect(build).toBe(`build --quiet --tag ${image} .`);
  expect(more).toEqual([]);
  expect(jobIn(join(folder, 'dry')).environment.workerPools[0].workerHarnessContainerImage).toBe(image);
});

test('without docker, or where it may not push, it says what to do', () => {
  expect(script('run', GOOD)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /docker is needed. Build it elsewhere and name it: IMAGE=europe-west1-docker/,
    ),
  });
  writeFileSync(join(folder, 'docker'), '#!/bin/sh\n[ "$1" = build ]\n');
  chmodSync(join(folder, 'docker'), 0o755);
  expect(script('run', GOOD)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/gcloud auth configure-docker europe-west1-docker.pkg.dev/),
  });
});

test('status, drain and delete ask for the job of the variables', () => {
  const node = program('node');
  for (const command of ['status', 'drain', 'delete']) script(command, { ...GOOD, JOB: 'shop' });
  script('status', GOOD);
  expect(node().map((line) => line.replace('dist/bundle/cli.js ', ''))).toEqual([
    'dataflow status shop --project my-shop --region europe-west1',
    'dataflow drain shop --project my-shop --region europe-west1',
    'dataflow delete shop --project my-shop --region europe-west1',
    'dataflow status --project my-shop --region europe-west1',
  ]);
});
