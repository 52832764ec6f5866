/** Dataflow's jobs: the calls that we make of its API, with answers looked at as far as we use them. */
import { z } from 'zod';
import type { Job } from './job_schema';
import type { RestTransport } from './rest_transport';

/** A job as the service tells of it. States and types that are newer than this program are let through. */
const remoteJob = z.looseObject({
  id: z.string().default(''),
  name: z.string().default(''),
  type: z.string().optional(),
  currentState: z.string().optional(),
  currentStateTime: z.string().optional(),
  createTime: z.string().optional(),
  clientRequestId: z.string().optional(),
  replacedByJobId: z.string().optional(),
  environment: z
    .looseObject({
      sdkPipelineOptions: z
        .looseObject({ options: z.looseObject({ pipelineUrl: z.string().optional() }).optional() })
        .optional(),
    })
    .optional(),
});
export type RemoteJob = z.infer<typeof remoteJob>;

const jobList = z.looseObject({
  jobs: z.array(remoteJob).default([]),
  nextPageToken: z.string().optional(),
});

const jobMessage = z.looseObject({
  id: z.string().default(''),
  time: z.string().default(''),
  messageText: z.string().default(''),
  messageImportance: z.string().default(''),
});
export type JobMessage = z.infer<typeof jobMessage>;

const messageList = z.looseObject({
  jobMessages: z.array(jobMessage).default([]),
  nextPageToken: z.string().optional(),
});

const metricList = z.looseObject({
  metrics: z
    .array(
      z.looseObject({
        name: z.looseObject({
          origin: z.string().default(''),
          name: z.string().default(''),
          context: z.record(z.string(), z.string()).default({}),
        }),
        scalar: z.unknown(),
      }),
    )
    .default([]),
});

/** A counter, a watermark or another number that a job exports. */
export interface JobMetric {
  /** `user` for our counters, `dataflow/…` for the service's. */
  readonly origin: string;
  readonly name: string;
  /** Name of the step in the graph; '' for what is of the whole job. */
  readonly step: string;
  readonly value: number;
}

/** How much a message matters, from the least on. */
export type Importance = 'DEBUG' | 'DETAILED' | 'BASIC' | 'WARNING' | 'ERROR';

/** What can be asked of a job that runs. */
export type RequestedState = 'JOB_STATE_CANCELLED' | 'JOB_STATE_DRAINED';

export class DataflowClient {
  private readonly jobs: string;

  constructor(
    private readonly transport: RestTransport,
    readonly project: string,
    readonly region: string,
  ) {
    this.jobs = `/projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(region)}/jobs`;
  }

  /** What the service made of the job; null where it says that an active job of the name exists (409). May be asked again: the request's id tells that it is the same. */
  async create(job: Job): Promise<RemoteJob | null> {
    const answer = await this.transport.call({
      method: 'POST',
      path: this.jobs,
      body: job,
      what: `start the job ${job.name}`,
      expected: [409],
    });
    return answer === null ? null : remoteJob.parse(answer);
  }

  /** `all`: with its environment, which takes the service longer. */
  async get(id: string, view: 'summary' | 'all' = 'summary'): Promise<RemoteJob> {
    return remoteJob.parse(
      await this.transport.call({
        method: 'GET',
        path: this.path(id),
        query: { view: view === 'all' ? 'JOB_VIEW_ALL' : 'JOB_VIEW_SUMMARY' },
        what: `look at the job ${id}`,
      }),
    );
  }

  /** Jobs that have not ended, or all that the service remembers. */
  async list(filter: 'ACTIVE' | 'ALL', name?: string): Promise<RemoteJob[]> {
    const all: RemoteJob[] = [];
    for (let pageToken: string | undefined; ; ) {
      const page = jobList.parse(
        await this.transport.call({
          method: 'GET',
          path: this.jobs,
          query: { filter, name, pageToken },
          what: 'list jobs',
        }),
      );
      all.push(...page.jobs);
      if (!page.nextPageToken) break;
      pageToken = page.nextPageToken;
    }
    // A server may not know the filter by name.
    return name === undefined ? all : all.filter((job) => job.name === name);
  }

  /** Asks a job to end: cancelled, at once, or drained, when what it has read is worked off. */
  async request(id: string, requestedState: RequestedState): Promise<void> {
    await this.transport.call({
      method: 'PUT',
      path: this.path(id),
      body: { requestedState },
      what: `${requestedState === 'JOB_STATE_DRAINED' ? 'drain' : 'cancel'} the job ${id}`,
    });
  }

  /** What the service has said of a job since a time of its own (RFC 3339), that time included. */
  async messages(id: string, minimum: Importance, startTime?: string): Promise<JobMessage[]> {
    const all: JobMessage[] = [];
    for (let pageToken: string | undefined; ; ) {
      const page = messageList.parse(
        await this.transport.call({
          method: 'GET',
          path: `${this.path(id)}/messages`,
          query: { minimumImportance: `JOB_MESSAGE_${minimum}`, startTime, pageToken },
          what: `read what Dataflow says of the job ${id}`,
        }),
      );
      all.push(...page.jobMessages);
      if (!page.nextPageToken) return all;
      pageToken = page.nextPageToken;
    }
  }

  /** What the job has counted so far, committed work alone. */
  async metrics(id: string): Promise<JobMetric[]> {
    const { metrics } = metricList.parse(
      await this.transport.call({
        method: 'GET',
        path: `${this.path(id)}/metrics`,
        what: `read the counters of the job ${id}`,
      }),
    );
    return metrics
      .filter(({ name: { context } }) => context.tentative !== 'true')
      .map(({ name, scalar }) => ({
        origin: name.origin,
        name: name.name,
        step: name.context.step ?? '',
        value: Number(scalar),
      }))
      .filter(({ value }) => Number.isFinite(value));
  }

  private path(id: string): string {
    return `${this.jobs}/${encodeURIComponent(id)}`;
  }
}

/** The job's page in the console. */
export function consoleLink(project: string, region: string, id: string): string {
  return `https://console.cloud.google.com/dataflow/jobs/${region}/${id}?project=${encodeURIComponent(project)}`;
}
