/** The job that a pipeline and its options make: pure, so that a dry run, a template and what is posted are the same. */
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { MULTI_CORE } from '../harness/capabilities';
import type { JobOptions } from './job_options';
import { type Job, jobSchema } from './job_schema';
import { isStreaming, usedEnvironments } from './service_graph';

/** Where a job's files are, and what the pipeline among them is. */
export interface StagedPipeline {
  /** gs://…/pipeline.pb */
  readonly url: string;
  /** Of exactly its bytes: SHA-256 in lower-case hexadecimal digits. */
  readonly hash: string;
  /** gs://… of this job alone. */
  readonly staging: string;
  readonly temp: string;
}

const PORTABLE = ['beam_fn_api', 'use_runner_v2', 'use_unified_worker', 'use_portable_job_submission'];
const STREAMING = ['enable_streaming_engine', 'enable_windmill_service'];
/** A process for each core of a machine, in one container. */
const PROCESSES = ['use_multiple_sdk_containers', 'use_sibling_sdk_workers'];

/** @throws ZodError where what comes out would not be a job: a defect, since {@link optionFaults} has looked at the options */
export function jobOf(pipeline: runnerApi.Pipeline, staged: StagedPipeline, options: JobOptions): Job {
  const streaming = isStreaming(pipeline);
  const experiments = experimentsOf(options, streaming);
  const flat = flatOptions(staged, options, streaming, experiments);
  const { labels, snapshot } = options;
  return jobSchema.parse({
    name: options.jobName,
    type: streaming ? 'JOB_TYPE_STREAMING' : 'JOB_TYPE_BATCH',
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(snapshot !== undefined && { createdFromSnapshotId: snapshot }),
    environment: {
      userAgent: options.userAgent,
      version: { job_type: streaming ? 'FNAPI_STREAMING' : 'FNAPI_BATCH', major: '8' },
      experiments,
      ...optional('serviceOptions', serviceOptionsOf(options)),
      tempStoragePrefix: staged.temp.replace('gs://', 'storage.googleapis.com/'),
      clusterManagerApiService: 'compute.googleapis.com',
      dataset: 'bigquery.googleapis.com/cloud_dataflow',
      ...optional('serviceAccountEmail', options.serviceAccount),
      ...optional('serviceKmsKeyName', options.kmsKey),
      ...optional('workerZone', options.workerZone),
      ...optional(
        'flexResourceSchedulingGoal',
        options.flexrs &&
          ({ cost: 'FLEXRS_COST_OPTIMIZED', speed: 'FLEXRS_SPEED_OPTIMIZED' } as const)[options.flexrs],
      ),
      sdkPipelineOptions: { options: flat, display_data: displayData(flat) },
      workerPools: [workerPool(pipeline, options, streaming)],
    },
  });
}

function workerPool(
  pipeline: runnerApi.Pipeline,
  options: JobOptions,
  streaming: boolean,
): Job['environment']['workerPools'][0] {
  const environmentIds = usedEnvironments(pipeline);
  const { autoscaling, maxNumWorkers, diskType, publicIps } = options;
  return {
    kind: 'harness',
    ...optional('numWorkers', options.numWorkers),
    autoscalingSettings: {
      ...optional('algorithm', autoscaling && ALGORITHMS[autoscaling]),
      ...optional('maxNumWorkers', maxNumWorkers),
    },
    ...optional('machineType', options.machineType),
    ...optional('diskSizeGb', options.diskSizeGb),
    ...optional('diskType', diskType && `compute.googleapis.com/projects//zones//diskTypes/${diskType}`),
    ...(streaming && { dataDisks: [{}] }),
    ...optional('network', options.network),
    ...optional('subnetwork', subnetworkOf(options)),
    ...optional(
      'ipConfiguration',
      publicIps === undefined ? undefined : publicIps ? 'WORKER_IP_PUBLIC' : 'WORKER_IP_PRIVATE',
    ),
    packages: [],
    taskrunnerSettings: {
      parallelWorkerSettings: {
        baseUrl: 'https://dataflow.googleapis.com',
        servicePath: 'https://dataflow.googleapis.com',
      },
    },
    ...(environmentIds.length === 1 && { workerHarnessContainerImage: options.image }),
    sdkHarnessContainerImages: environmentIds.map((environmentId) => {
      const { capabilities } = pipeline.components!.environments[environmentId];
      return {
        containerImage: options.image,
        environmentId,
        capabilities,
        useSingleCorePerContainer: !capabilities.includes(MULTI_CORE),
      };
    }),
  };
}

const ALGORITHMS = { none: 'AUTOSCALING_ALGORITHM_NONE', throughput: 'AUTOSCALING_ALGORITHM_BASIC' } as const;

function experimentsOf({ experiments }: JobOptions, streaming: boolean): string[] {
  return [...new Set([...PORTABLE, ...(streaming ? STREAMING : []), ...PROCESSES, ...experiments])];
}

function serviceOptionsOf({ serviceOptions, atLeastOnce }: JobOptions): string[] | undefined {
  const all = [...serviceOptions, ...(atLeastOnce ? ['streaming_mode_at_least_once'] : [])];
  return all.length > 0 ? [...new Set(all)] : undefined;
}

/** A bare name is one of the job's region. */
function subnetworkOf({ subnetwork, region }: JobOptions): string | undefined {
  return subnetwork === undefined || subnetwork.includes('/')
    ? subnetwork
    : `regions/${region}/subnetworks/${subnetwork}`;
}

type FlatOptions = Job['environment']['sdkPipelineOptions']['options'];

function flatOptions(
  staged: StagedPipeline,
  { project, region, jobName, pipelineOptions }: JobOptions,
  streaming: boolean,
  experiments: string[],
): FlatOptions {
  return {
    ...pipelineOptions,
    pipelineUrl: staged.url,
    pipelineProtoHash: staged.hash,
    experiments,
    project,
    region,
    job_name: jobName,
    streaming,
    staging_location: staged.staging,
    temp_location: staged.temp,
  };
}

/** What the console shows as the job's options. */
function displayData(flat: FlatOptions) {
  return Object.entries(flat).map(([key, value]) => ({
    namespace: 'options',
    key,
    ...(typeof value === 'boolean'
      ? { type: 'BOOLEAN' as const, value }
      : Number.isSafeInteger(value)
        ? { type: 'INTEGER' as const, value: value as number }
        : { type: 'STRING' as const, value: typeof value === 'string' ? value : JSON.stringify(value) }),
  }));
}

function optional<K extends string, V>(key: K, value: V | undefined | ''): { [P in K]?: V } {
  return (value === undefined || value === '' ? {} : { [key]: value }) as { [P in K]?: V };
}

/** The job as a template file: whoever launches it is given a request of their own, and it replaces no job by itself. */
export function templateOf({ clientRequestId: _, replaceJobId: __, ...job }: Job): Job {
  return job;
}
