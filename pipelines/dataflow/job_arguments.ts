/** The arguments of `run --runner dataflow` → what a job is given, with everything that is wrong in one message. */

import { isObjectPath } from '../../io/gcs/object_path';
import { DataflowError } from '../../runners/dataflow/dataflow_error';
import { type JobOptions, optionFaults, PROVEN_USER_AGENT } from '../../runners/dataflow/job_options';
import { bigqueryDataset } from '../outputs/bigquery_dataset';
import { packageVersion } from '../package_version';
import type { RunArguments, RunnerDefaults } from '../run_arguments';
import { isSubscription } from '../subscription';

/**
 * Early firings, slots and shards as they serve on many machines. A firing there sends the accumulator's rollup over the network and through the service's state, which is paid for: every ten seconds, for
 * the whole hour, would send sixty minutes to tell of ten seconds. Slots of five minutes send what still changes; 32 shards let a busy hour keep 32 cores at work.
 */
export const DATAFLOW_DEFAULTS: RunnerDefaults = { slotMinutes: 5, shards: 32, earlyFiring: '1m' };

/** What has no meaning where workers are machines of a service. */
const LOCAL_ONLY = ['export', 'state', 'metrics-port', 'serve', 'workers', 'alert'] as const;

/** What a job can't be without. */
const REQUIRED = ['project', 'region', 'temp-location', 'image'] as const;

/** Stand in for what is missing while the rest is looked at; no job is ever made of them. */
const STAND_INS = {
  project: 'my-project',
  region: 'europe-west1',
  'temp-location': 'gs://bucket',
  image: 'host/image:tag',
} as const;

/** @throws {DataflowError} that names everything that is missing or wrong */
export function jobOptions(args: RunArguments): JobOptions {
  const streaming = args.input.some(isSubscription);
  const missing = REQUIRED.filter((name) => args[name] === undefined);
  const options = optionsOf(args, streaming);
  // Whether they lie in the region can't be said without one.
  const elsewhere = { workerZone: undefined, subnetwork: undefined, kmsKey: undefined };
  const faults = [
    ...(missing.length > 0 ? [missingText(missing)] : []),
    ...inputFaults(args, streaming),
    ...outputFaults(args),
    ...wayFaults(args, streaming),
    ...formFaults(args),
    ...optionFaults({ ...options, ...(missing.includes('region') && elsewhere) }, streaming),
  ];
  if (faults.length === 1) throw new DataflowError(`${faults[0]}. See funnelpulse run --help`);
  if (faults.length > 1)
    throw new DataflowError(
      `this can't be run on Dataflow:\n${faults.map((fault) => `  ${fault}`).join('\n')}\nSee funnelpulse run --help, and docs/dataflow.md`,
    );
  return options;
}

function optionsOf(args: RunArguments, streaming: boolean): JobOptions {
  const temp = (args['temp-location'] ?? STAND_INS['temp-location']).replace(/\/+$/, '');
  return {
    project: args.project ?? STAND_INS.project,
    region: args.region ?? STAND_INS.region,
    jobName: args['job-name'] ?? (streaming ? 'funnelpulse-stream' : 'funnelpulse-batch'),
    tempLocation: `${temp}/temp`,
    stagingLocation: args['staging-location'] ?? `${temp}/staging`,
    image: args.image ?? STAND_INS.image,
    numWorkers: args['num-workers'],
    maxNumWorkers: args['max-num-workers'],
    autoscaling: args.autoscaling as JobOptions['autoscaling'],
    machineType: args['machine-type'],
    diskSizeGb: args['disk-size-gb'],
    diskType: args['disk-type'],
    workerZone: args['worker-zone'],
    serviceAccount: args['service-account'],
    network: args.network,
    subnetwork: args.subnetwork,
    publicIps: args['public-ips'],
    kmsKey: args['kms-key'],
    serviceOptions: args['service-option'] ?? [],
    experiments: args.experiment ?? [],
    labels: Object.fromEntries(labelsOf(args).filter((label): label is [string, string] => label !== null)),
    flexrs: args.flexrs as JobOptions['flexrs'],
    atLeastOnce: args['at-least-once'],
    snapshot: args.snapshot,
    userAgent: userAgentOf(args['user-agent']) ?? PROVEN_USER_AGENT,
    // For whoever looks at the job in the console; the graph holds them itself.
    pipelineOptions: {
      funnelpulse_version: packageVersion(),
      funnelpulse_input: args.input.join(' '),
      funnelpulse_output: args.output,
    },
  };
}

/** Labels as key and value, null for one that is none. */
function labelsOf({ label = [] }: RunArguments): ([string, string] | null)[] {
  return label.map((text) => (text.includes('=') ? splitAt(text, text.indexOf('=')) : null));
}

/** What has no meaning here, or another form than it has to have. */
function formFaults(args: RunArguments): string[] {
  const { label = [], 'user-agent': agent } = args;
  return [
    ...LOCAL_ONLY.filter((name) => args[name] !== undefined).map(
      (name) => `--${name} is for runs on this machine: leave it out`,
    ),
    ...label.filter((text) => !text.includes('=')).map((text) => `--label ${text}: KEY=VALUE was expected`),
    ...(agent !== undefined && userAgentOf(agent) === null
      ? [`--user-agent ${agent}: NAME/VERSION was expected`]
      : []),
  ];
}

function missingText(names: readonly string[]): string {
  return `${names.map((name) => `--${name}`).join(', ')} ${names.length > 1 ? 'are' : 'is'} missing`;
}

function inputFaults(
  { input, 'timestamp-attribute': attribute }: RunArguments,
  streaming: boolean,
): string[] {
  if (!streaming) {
    const local = input.filter((each) => !isObjectPath(each));
    return local.length === 0
      ? []
      : [
          `--input ${local.join(' ')}: Dataflow’s machines read gs://BUCKET/… only. Copy the files there: gcloud storage cp`,
        ];
  }
  return [
    ...(input.length > 1
      ? [`--input ${input.join(' ')}: a subscription can’t be read together with anything else`]
      : []),
    ...(attribute === undefined
      ? [
          '--timestamp-attribute is missing: without it Dataflow takes the time of publishing for that of the event, and a replay or a backlog would be counted as late. Name the attribute that your publishers set, which is event_time where this program publishes',
        ]
      : []),
  ];
}

function outputFaults({ output }: RunArguments): string[] {
  return bigqueryDataset('output', output) === null
    ? [`--output ${output}: Dataflow’s machines write to bigquery:PROJECT.DATASET only`]
    : [];
}

/** How the job comes to the service. */
function wayFaults(args: RunArguments, streaming: boolean): string[] {
  const others = (['dry-run', 'template'] as const).filter((name) => args[name] !== undefined);
  return [
    ...(args.update && others.length > 0
      ? [`--update and --${others[0]} exclude each other: only the service knows the running job`]
      : []),
    ...(args.template !== undefined && !/^gs:\/\/[^/]+\/.*[^/]$/.test(args.template)
      ? [`--template ${args.template}: gs://BUCKET/NAME was expected`]
      : []),
    ...(streaming && args.replace && (args.update || args.template !== undefined)
      ? ['--replace empties the tables that the running job goes on with: leave it out']
      : []),
    ...(args.update && !streaming ? ['--update is for streams: a batch job is run again'] : []),
    ...(args['transform-name-mapping'] !== undefined && !args.update
      ? ['--transform-name-mapping goes with --update only']
      : []),
    ...(args['id-attribute'] !== undefined && !streaming ? ['--id-attribute is for streams'] : []),
    ...(streaming && args.silver ? ['--silver can’t be had of a stream'] : []),
    ...(streaming && args.now !== undefined ? ['--now can’t be had of a stream'] : []),
  ];
}

function userAgentOf(text: string | undefined): JobOptions['userAgent'] | null {
  const [, name, version] = /^(.+)\/([^/]+)$/.exec(text ?? '') ?? [];
  return name === undefined ? null : { name, version };
}

function splitAt(text: string, at: number): [string, string] {
  return [text.slice(0, at), text.slice(at + 1)];
}
