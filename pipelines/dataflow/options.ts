/** Options of runs on Dataflow: `--runner dataflow`. */
import type { DeclaredOption } from '../options';

/** Where the job runs, and what it is called. */
export const DATAFLOW_JOB_OPTIONS = {
  project: {
    type: 'string',
    describe: 'Project that the job runs in',
    unit: 'a project’s id',
    defaultDescription: 'required on Dataflow',
    change: 'Always given',
  },
  region: {
    type: 'string',
    describe: 'Region that the job runs in',
    unit: 'a region like europe-west1',
    defaultDescription: 'required on Dataflow',
    change: 'Choose that of the bucket, the subscription and the dataset: traffic between regions costs',
  },
  'job-name': {
    type: 'string',
    describe: 'Name of the job; a project has one active job of a name in a region',
    unit: 'lower-case letters, digits and -',
    defaultDescription: 'funnelpulse-batch or funnelpulse-stream',
    change:
      'Set it where several shops run in one project. A stream’s tables belong to its project, region and job name',
  },
} as const satisfies Record<string, DeclaredOption>;

/** Options of `run --runner dataflow`. */
export const DATAFLOW_OPTIONS = {
  ...DATAFLOW_JOB_OPTIONS,
  'temp-location': {
    type: 'string',
    describe:
      'Folder for what a run puts down for a while: the rows of files on their way to BigQuery, and what Dataflow itself keeps',
    unit: 'gs://BUCKET or gs://BUCKET/FOLDER',
    defaultDescription: 'required on Dataflow',
    change: 'Always given. Name a bucket that deletes old objects by itself, in the job’s region',
  },
  'staging-location': {
    type: 'string',
    describe: 'Folder for the pipeline, which the service reads when the job begins',
    unit: 'gs://BUCKET or gs://BUCKET/FOLDER',
    defaultDescription: 'the folder staging of --temp-location',
    change: 'Set it with --template, where it must stay readable for as long as jobs are launched from there',
  },
  image: {
    type: 'string',
    describe: 'The container image of the workers: this program, as make image builds it',
    unit: 'REGISTRY/NAME:TAG or REGISTRY/NAME@DIGEST',
    defaultDescription: 'required on Dataflow',
    change: 'Always given; make run-dataflow builds and pushes one',
  },
  'dry-run': {
    type: 'string',
    describe: 'Write the pipeline and the job to this directory (pipeline.pb, job.json), and call nothing',
    unit: 'directory, made where missing',
    defaultDescription: 'the job is started',
    change: 'Set it to look at what would be submitted',
  },
  template: {
    type: 'string',
    describe: 'Write the job to this object as a classic template, and start nothing',
    unit: 'gs://BUCKET/NAME',
    defaultDescription: 'the job is started',
    change: 'Set it where Terraform or a scheduler starts the job',
  },
  detach: {
    type: 'boolean',
    default: false,
    describe: 'End when the job is submitted, and not when it has ended',
    unit: 'on or off',
    change: 'Set it in scripts that look at the job later: funnelpulse dataflow status',
  },
  update: {
    type: 'boolean',
    default: false,
    describe: 'Replace the running job of the name by this one, which goes on with its state',
    unit: 'on or off',
    change: 'Set it to change the code or the options of a stream',
  },
  'transform-name-mapping': {
    type: 'string',
    describe: 'With --update: names of steps in the running job and in this one, where they differ',
    unit: 'file of a JSON object, or the object itself',
    defaultDescription: 'all names are the same',
    change: 'Set it where the refusal of an update says that steps are missing',
  },
  'num-workers': {
    type: 'number',
    describe: 'Machines to begin with',
    unit: 'count',
    defaultDescription: 'the service decides',
    change: 'Set it where the first minutes matter, and with --autoscaling none',
  },
  'max-num-workers': {
    type: 'number',
    describe: 'Machines at most',
    unit: 'count',
    defaultDescription: 'the service’s own limit',
    change: 'Set it to bound what an hour can cost',
  },
  autoscaling: {
    type: 'string',
    choices: ['none', 'throughput'],
    describe: 'Whether the service adds and removes machines by the work there is',
    unit: 'none or throughput',
    defaultDescription: 'throughput',
    change: 'Choose none, with --num-workers, for a cost that is known before',
  },
  'machine-type': {
    type: 'string',
    describe: 'Machine of a worker; one process runs for each of its cores',
    unit: 'a machine type like n2-standard-2',
    defaultDescription: 'the service decides',
    change: 'Choose one with more memory where workers run out of it',
  },
  'disk-size-gb': {
    type: 'number',
    describe: 'Disk of a worker',
    unit: 'GB, from 10 on',
    defaultDescription: 'the service decides',
    change: 'Lower it for streams, which keep their state elsewhere: 30 is enough',
  },
  'disk-type': {
    type: 'string',
    describe: 'Kind of that disk',
    unit: 'like pd-ssd',
    defaultDescription: 'the service decides',
    change: 'Rarely of use: little is written to it',
  },
  'worker-zone': {
    type: 'string',
    describe: 'Zone of the workers',
    unit: 'a zone of the region',
    defaultDescription: 'the service decides',
    change: 'Set it where a zone of the region is short of machines',
  },
  'service-account': {
    type: 'string',
    describe: 'Account that the workers act as',
    unit: 'the address of a service account',
    defaultDescription: 'the project’s default account',
    change:
      'Set it always: terraform/modules/dataflow makes one with the roles that the workers need and no others',
  },
  network: {
    type: 'string',
    describe: 'Network of the workers',
    unit: 'a network’s name',
    defaultDescription: 'default',
    change: 'Set it where the project has no network called default',
  },
  subnetwork: {
    type: 'string',
    describe: 'Subnetwork of the workers',
    unit: 'a name, or regions/REGION/subnetworks/NAME',
    defaultDescription: 'the network’s own in the region',
    change: 'Set it for a network with subnetworks of its own, and for a shared one',
  },
  'public-ips': {
    type: 'boolean',
    describe: 'Whether workers have public addresses; --no-public-ips for none',
    unit: 'on or off',
    defaultDescription: 'the service decides',
    change: 'Turn them off where the subnetwork has Private Google Access, which they then need',
  },
  'kms-key': {
    type: 'string',
    describe: 'Key that encrypts what the job keeps',
    unit: 'projects/P/locations/REGION/keyRings/RING/cryptoKeys/KEY',
    defaultDescription: 'Google’s',
    change: 'Set it where your rules ask for a key of your own',
  },
  label: {
    type: 'array',
    string: true,
    describe: 'Label of the job, which bills are split by',
    unit: 'KEY=VALUE, any number',
    defaultDescription: 'none',
    change: 'Set it where others of your project do',
  },
  flexrs: {
    type: 'string',
    choices: ['cost', 'speed'],
    describe: 'Files: let the service wait for cheaper machines, up to six hours',
    unit: 'cost or speed',
    defaultDescription: 'the job begins at once',
    change: 'Choose cost for nightly runs',
  },
  'at-least-once': {
    type: 'boolean',
    default: false,
    describe:
      'Streams: a message may be processed twice, which costs less. Tables don’t change by it, since a record counts once however often it comes',
    unit: 'on or off',
    change: 'Set it where counters of the job, which then may count twice, are no matter',
  },
  'id-attribute': {
    type: 'string',
    describe:
      'Streams: attribute that is the same for messages that are the same; what comes again within some minutes the service leaves out, and keeps the first',
    unit: 'name of an attribute, or none',
    defaultDescription: 'event_id, a hash of the key by which records are the same',
    change:
      'Choose none where records of one key may differ: of those the least counts, whichever came first, and the service would not let it come',
  },
  snapshot: {
    type: 'string',
    describe: 'Streams: begin with the state that a snapshot holds',
    unit: 'the id of a snapshot',
    defaultDescription: 'begin anew',
    change: 'Set it to go back to an earlier state',
  },
  'service-option': {
    type: 'array',
    string: true,
    describe: 'Option of the Dataflow service',
    unit: 'NAME or NAME=VALUE, any number',
    defaultDescription: 'none',
    change: 'Like min_num_workers=2; Google’s documentation has the list',
  },
  experiment: {
    type: 'array',
    string: true,
    describe: 'Further experiment of the Dataflow service, besides those that a portable job needs',
    unit: 'NAME or NAME=VALUE, any number',
    defaultDescription: 'none',
    change: 'Only where Google’s support or documentation says so',
  },
  'user-agent': {
    type: 'string',
    describe: 'What the service is told of the SDK',
    unit: 'NAME/VERSION',
    defaultDescription: 'Apache Beam Python 3.11 SDK/2.77.0, as earlier TypeScript jobs were submitted',
    change: 'To try whether the service takes a name of our own: nobody has',
  },
} as const satisfies Record<string, DeclaredOption>;
