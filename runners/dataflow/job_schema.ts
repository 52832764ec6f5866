/**
 * A Dataflow job as it is posted, and as a template file holds it: the one declaration of its shape. The service takes what it does not know without a word, so that a wrong name would do nothing; this
 * refuses it.
 */
import { z } from 'zod';

const folder = z.string().regex(/^gs:\/\/[^/]+\/.+/);

const sdkHarnessContainerImage = z.strictObject({
  containerImage: z.string().min(1),
  environmentId: z.string().min(1),
  capabilities: z.array(z.string().startsWith('beam:')).min(1),
  useSingleCorePerContainer: z.boolean(),
});

const workerPool = z.strictObject({
  kind: z.literal('harness'),
  numWorkers: z.int().positive().optional(),
  autoscalingSettings: z.strictObject({
    algorithm: z.enum(['AUTOSCALING_ALGORITHM_NONE', 'AUTOSCALING_ALGORITHM_BASIC']).optional(),
    maxNumWorkers: z.int().positive().optional(),
  }),
  machineType: z.string().optional(),
  diskSizeGb: z.int().positive().optional(),
  diskType: z.string().startsWith('compute.googleapis.com/').optional(),
  dataDisks: z.array(z.strictObject({})).optional(),
  network: z.string().optional(),
  subnetwork: z.string().optional(),
  ipConfiguration: z.enum(['WORKER_IP_PUBLIC', 'WORKER_IP_PRIVATE']).optional(),
  packages: z.tuple([]),
  taskrunnerSettings: z.strictObject({
    parallelWorkerSettings: z.strictObject({ baseUrl: z.string(), servicePath: z.string() }),
  }),
  workerHarnessContainerImage: z.string().optional(),
  sdkHarnessContainerImages: z.array(sdkHarnessContainerImage).min(1),
});

const displayDatum = z.strictObject({
  namespace: z.string(),
  key: z.string(),
  type: z.enum(['STRING', 'BOOLEAN', 'INTEGER']),
  value: z.union([z.string(), z.boolean(), z.number()]),
});

/** Free-form for the service; workers are told all of it. */
const pipelineOptions = z.looseObject({
  pipelineUrl: folder,
  pipelineProtoHash: z.string().regex(/^[0-9a-f]{64}$/),
  experiments: z.array(z.string()),
  project: z.string(),
  region: z.string(),
  job_name: z.string(),
  streaming: z.boolean(),
  staging_location: folder,
  temp_location: folder,
});

const environment = z.strictObject({
  userAgent: z.strictObject({ name: z.string(), version: z.string() }),
  version: z.strictObject({ job_type: z.enum(['FNAPI_BATCH', 'FNAPI_STREAMING']), major: z.string() }),
  experiments: z.array(z.string()),
  serviceOptions: z.array(z.string()).optional(),
  tempStoragePrefix: z.string().startsWith('storage.googleapis.com/'),
  clusterManagerApiService: z.string(),
  dataset: z.string(),
  serviceAccountEmail: z.string().optional(),
  serviceKmsKeyName: z.string().optional(),
  workerZone: z.string().optional(),
  flexResourceSchedulingGoal: z.enum(['FLEXRS_COST_OPTIMIZED', 'FLEXRS_SPEED_OPTIMIZED']).optional(),
  sdkPipelineOptions: z.strictObject({ options: pipelineOptions, display_data: z.array(displayDatum) }),
  workerPools: z.tuple([workerPool]),
});

export const jobSchema = z.strictObject({
  name: z.string(),
  type: z.enum(['JOB_TYPE_BATCH', 'JOB_TYPE_STREAMING']),
  clientRequestId: z.string().optional(),
  replaceJobId: z.string().optional(),
  transformNameMapping: z.record(z.string(), z.string()).optional(),
  createdFromSnapshotId: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  environment,
});

export type Job = z.infer<typeof jobSchema>;
