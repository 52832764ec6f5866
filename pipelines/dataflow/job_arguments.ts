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
const LOCAL_ONLY = ['export', 'state', 'metrics-port', 'workers'] as const;

/** @throws {DataflowError} that names everything that is missing or wrong */
export function jobOptions(args: RunArguments): JobOptions {
  const streaming = args.input.some(isSubscription);
  const missing = (['project', 'region', 'temp-location', 'image'] as const).filter(
    (name) => args[name] === undefined,
  );
  const faults = [
    ...(missing.length > 0 ? [missingText(missing)] : []),
    ...inputFaults(args, streaming),
    ...outputFaults(args),
    ...wayFaults(args, streaming),
    ...LOCAL_ONLY.filter((name) => args[name] !== undefined).map(
      (name) => `--${name} is for runs on this machine: leave it out`,
    ),
    ...(args.label ?? [])
      .filter((label) => !label.includes('='))
      .map((label) => `--label ${label}: KEY=VALUE was expected`),
    ...(args['user-agent'] !== undefined && !args['user-agent'].includes('/')
      ? [`--user-agent ${args['user-agent']}: NAME/VERSION was expected`]
      : []),
  ];
  const temp = (args['temp-location'] ?? 'gs://missing').replace(/\/+$/, '');
  const options: JobOptions = {
    project: args.project ?? 'missing',
    region: args.region ?? 'missing-1',
    jobName: args['job-name'] ?? (streaming ? 'funnelpulse-stream' : 'funnelpulse-batch'),
    tempLocation: `${temp}/temp`,
    stagingLocation: args['staging-location'] ?? `${temp}/staging`,
    image: args.image ?? 'missing/image:missing',
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
    labels: Object.fromEntries(
      (args.label ?? [])
        .filter((label) => label.includes('='))
        .map((label) => splitAt(label, label.indexOf('='))),
    ),
    flexrs: args.flexrs as JobOptions['flexrs'],
    atLeastOnce: args['at-least-once'],
    snapshot: args.snapshot,
    userAgent: userAgentOf(args['user-agent']),
    // For whoever looks at the job in the console; the graph holds them itself.
    pipelineOptions: {
      funnelpulse_version: packageVersion(),
      funnelpulse_input: args.input.join(' '),
      funnelpulse_output: args.output,
    },
  };
  // What stands in for a missing option is none of the user's faults.
  const wrong = optionFaults(options, streaming).filter((fault) => !fault.includes('missing'));
  refuseAll([...faults, ...wrong]);
  return options;
}

function refuseAll(faults: readonly string[]): void {
  if (faults.length === 1) throw new DataflowError(`${faults[0]}. See funnelpulse run --help`);
  if (faults.length > 1)
    throw new DataflowError(
      `this can't be run on Dataflow:\n${faults.map((fault) => `  ${fault}`).join('\n')}\nSee funnelpulse run --help, and docs/dataflow.md`,
    );
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
    ...(args.update && !streaming ? ['--update is for streams: a batch job is run again'] : []),
    ...(args['transform-name-mapping'] !== undefined && !args.update
      ? ['--transform-name-mapping goes with --update only']
      : []),
    ...(streaming && args.silver ? ['--silver can’t be had of a stream'] : []),
    ...(streaming && args.now !== undefined ? ['--now can’t be had of a stream'] : []),
  ];
}

function userAgentOf(text: string | undefined): JobOptions['userAgent'] {
  if (text === undefined) return PROVEN_USER_AGENT;
  const [name, version] = splitAt(text, text.lastIndexOf('/'));
  return { name, version };
}

function splitAt(text: string, at: number): [string, string] {
  return [text.slice(0, at), text.slice(at + 1)];
}
