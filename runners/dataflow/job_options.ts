/** What a job is given: declared, and looked at before anything is sent, so that one message says all that is wrong. */

/** Names are those of the command line, without its dashes. */
export interface JobOptions {
  readonly project: string;
  readonly region: string;
  readonly jobName: string;
  /** Folders in Cloud Storage, `gs://BUCKET/…`: for the pipeline, and for what workers put down for a while. */
  readonly stagingLocation: string;
  readonly tempLocation: string;
  /** Our worker, as a container image that the workers may pull. */
  readonly image: string;
  readonly numWorkers?: number | undefined;
  readonly maxNumWorkers?: number | undefined;
  readonly autoscaling?: 'none' | 'throughput' | undefined;
  readonly machineType?: string | undefined;
  readonly diskSizeGb?: number | undefined;
  readonly diskType?: string | undefined;
  readonly workerZone?: string | undefined;
  readonly serviceAccount?: string | undefined;
  readonly network?: string | undefined;
  readonly subnetwork?: string | undefined;
  /** false: workers have private addresses only; undefined: as the service does. */
  readonly publicIps?: boolean | undefined;
  readonly kmsKey?: string | undefined;
  readonly serviceOptions: readonly string[];
  readonly experiments: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly flexrs?: 'cost' | 'speed' | undefined;
  /** Streams: messages may be counted twice by the service, which costs less. Our sets count a record once anyhow. */
  readonly atLeastOnce: boolean;
  readonly snapshot?: string | undefined;
  /** What the service knows the SDK by. */
  readonly userAgent: { readonly name: string; readonly version: string };
  /** Options of the pipeline's own, which the workers are told. */
  readonly pipelineOptions: Readonly<Record<string, unknown>>;
}

/** What TypeScript jobs that ran on Dataflow called themselves: they were submitted by way of Python. The service chooses by it what it expects of a worker, and whether it takes another name nobody has tried. */
export const PROVEN_USER_AGENT = { name: 'Apache Beam Python 3.11 SDK', version: '2.77.0' };

const NAME = '[a-z]([-a-z0-9]{0,61}[a-z0-9])?';
const PROJECT = '([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]';

const FORMS: Readonly<
  Record<string, { readonly form: RegExp; readonly expected: string; readonly why?: string }>
> = {
  project: {
    form: new RegExp(`^${PROJECT}$`),
    expected: 'a project’s id like my-shop, not its number nor its display name,',
  },
  region: {
    form: /^[a-z]+-[a-z]+\d+$/,
    expected: 'a region like europe-west1, not a zone nor a multi-region,',
  },
  'job-name': {
    form: /^[a-z]([-a-z0-9]{0,1022}[a-z0-9])?$/,
    expected:
      'a name of lower-case letters, digits and -, which begins with a letter and does not end with a -,',
  },
  image: {
    form: /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+(:[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/,
    expected:
      'an image with its registry and its tag or digest, like europe-west1-docker.pkg.dev/my-shop/funnelpulse/worker:0.1.0,',
    why: ': without one, workers that start later might run other code',
  },
  'machine-type': { form: /^[a-z][a-z0-9]*(-[a-z0-9]+)+$/, expected: 'a machine type like n2-standard-2' },
  'disk-type': { form: /^[a-z]+(-[a-z0-9]+)+$/, expected: 'a disk type like pd-ssd' },
  'service-account': {
    form: /^[a-z0-9-]+@([a-z0-9-]+\.)+gserviceaccount\.com$/,
    expected: 'the address of a service account like worker@my-shop.iam.gserviceaccount.com',
  },
  network: {
    form: new RegExp(`^(projects/${PROJECT}/global/networks/)?${NAME}$`),
    expected: 'the name of a network like default',
  },
  subnetwork: {
    form: new RegExp(
      `^(((https://www\\.googleapis\\.com/compute/v1/)?projects/${PROJECT}/)?regions/[a-z0-9-]+/subnetworks/)?${NAME}$`,
    ),
    expected: 'a name, regions/REGION/subnetworks/NAME or projects/PROJECT/regions/REGION/subnetworks/NAME',
  },
  'kms-key': {
    form: new RegExp(`^projects/${PROJECT}/locations/[a-z0-9-]+/keyRings/[\\w-]+/cryptoKeys/[\\w-]+$`),
    expected: 'projects/PROJECT/locations/REGION/keyRings/RING/cryptoKeys/KEY',
  },
  'service-option': { form: /^[a-z][a-z0-9_]*(=\S+)?$/, expected: 'NAME or NAME=VALUE' },
  experiment: { form: /^[\w-]+(=\S.*)?$/, expected: 'NAME or NAME=VALUE' },
  snapshot: { form: /^[\w.:/-]+$/, expected: 'the id of a snapshot' },
};

const FOLDER = /^gs:\/\/[a-z0-9][a-z0-9._-]{1,220}[a-z0-9](\/[^\s*?[\]{}]*)?$/;

/** Everything that is wrong with the options, a sentence each; empty where nothing is. `streaming`: whether the pipeline's input has no end. */
export function optionFaults(options: JobOptions, streaming: boolean): string[] {
  return [
    ...formFaults(options),
    ...numberFaults(options),
    ...placeFaults(options),
    ...labelFaults(options.labels),
    ...kindFaults(options, streaming),
  ];
}

function formFaults(options: JobOptions): string[] {
  const given: [string, string | undefined][] = [
    ['project', options.project],
    ['region', options.region],
    ['job-name', options.jobName],
    ['image', options.image],
    ['machine-type', options.machineType],
    ['disk-type', options.diskType],
    ['service-account', options.serviceAccount],
    ['network', options.network],
    ['subnetwork', options.subnetwork],
    ['kms-key', options.kmsKey],
    ['snapshot', options.snapshot],
    ...options.serviceOptions.map((option): [string, string] => ['service-option', option]),
    ...options.experiments.map((option): [string, string] => ['experiment', option]),
  ];
  const wrong = given
    .filter(([name, value]) => value !== undefined && !FORMS[name].form.test(value))
    .map(
      ([name, value]) => `--${name} ${value}: ${FORMS[name].expected} was expected${FORMS[name].why ?? ''}`,
    );
  const folders: [string, string][] = [
    ['staging-location', options.stagingLocation],
    ['temp-location', options.tempLocation],
  ];
  return [
    ...wrong,
    ...folders
      .filter(([, value]) => !FOLDER.test(value))
      .map(([name, value]) => `--${name} ${value}: gs://BUCKET or gs://BUCKET/FOLDER was expected`),
  ];
}

function numberFaults({ numWorkers, maxNumWorkers, autoscaling, diskSizeGb }: JobOptions): string[] {
  const faults: string[] = [];
  const whole = (name: string, value: number | undefined, least: number, most: number): void => {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= least && value <= most))
      faults.push(`--${name} ${value}: a whole number from ${least} to ${most} was expected`);
  };
  whole('num-workers', numWorkers, 1, 4000);
  whole('max-num-workers', maxNumWorkers, 1, 4000);
  whole('disk-size-gb', diskSizeGb, 10, 65_536);
  if (numWorkers !== undefined && maxNumWorkers !== undefined && numWorkers > maxNumWorkers)
    faults.push(`--num-workers ${numWorkers} is more than --max-num-workers ${maxNumWorkers}`);
  if (autoscaling === 'none' && numWorkers === undefined)
    faults.push('--autoscaling none needs --num-workers, since nothing else says how many there are to be');
  return faults;
}

/** What has to lie in the job's region. */
function placeFaults({ region, workerZone, subnetwork, kmsKey }: JobOptions): string[] {
  const faults: string[] = [];
  if (workerZone !== undefined && !/^[a-z]+-[a-z]+\d+-[a-z]$/.test(workerZone))
    faults.push(`--worker-zone ${workerZone}: a zone like ${region}-b was expected`);
  else if (workerZone !== undefined && workerZone.slice(0, -2) !== region)
    faults.push(`--worker-zone ${workerZone} is not in --region ${region}`);
  const [, subnetworkRegion] = /(?:^|\/)regions\/([^/]+)\//.exec(subnetwork ?? '') ?? [];
  if (subnetworkRegion !== undefined && subnetworkRegion !== region)
    faults.push(`--subnetwork ${subnetwork} is not in --region ${region}`);
  const [, keyRegion] = /\/locations\/([^/]+)\//.exec(kmsKey ?? '') ?? [];
  if (keyRegion !== undefined && keyRegion !== region && keyRegion !== 'global')
    faults.push(`--kms-key ${kmsKey} is not in --region ${region}`);
  return faults;
}

function labelFaults(labels: JobOptions['labels']): string[] {
  const wrong = Object.entries(labels).filter(
    ([key, value]) => !/^[a-z][a-z0-9_-]{0,62}$/.test(key) || !/^[a-z0-9_-]{0,63}$/.test(value),
  );
  return [
    ...wrong.map(
      ([key, value]) =>
        `--label ${key}=${value}: KEY=VALUE of lower-case letters, digits, _ and -, up to 63 each, was expected`,
    ),
    ...(Object.keys(labels).length > 64 ? ['--label: a job has at most 64 labels'] : []),
  ];
}

/** What only batch jobs or only streams have. */
function kindFaults(options: JobOptions, streaming: boolean): string[] {
  const { flexrs, autoscaling, atLeastOnce, snapshot } = options;
  const faults: string[] = [];
  if (flexrs !== undefined && streaming)
    faults.push('--flexrs is for files: a stream can’t wait for cheap machines');
  if (flexrs !== undefined && autoscaling === 'none')
    faults.push('--flexrs and --autoscaling none exclude each other');
  if (atLeastOnce && !streaming) faults.push('--at-least-once is for streams');
  if (snapshot !== undefined && !streaming)
    faults.push('--snapshot is for streams: a batch job has no state to begin with');
  return faults;
}
