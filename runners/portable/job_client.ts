/** A job on a Beam job server, from its pipeline to its end. */
import {
  JobMessage_MessageImportance as Importance,
  JobState_Enum as JobState,
} from 'apache-beam/proto/beam_job_api';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { Struct } from 'apache-beam/proto/google/protobuf/struct';
import type { MonitoringInfo } from 'apache-beam/proto/metrics';
import { Channel } from '../harness/fn_api/channel';
import { JOB_METHODS } from './job_methods';

export { Importance, JobState };

/** A job of which nothing more will come. */
const TERMINAL: ReadonlySet<JobState> = new Set([
  JobState.DONE,
  JobState.FAILED,
  JobState.CANCELLED,
  JobState.UPDATED,
  JobState.DRAINED,
]);

/** How long to wait between two questions where the stream of states has ended before the job. */
const ASK_AGAIN_MS = 200;

/** How long a job server may take to be reached. */
const REACH_MS = 5000;
/** How long one that was there may take to answer, before it counts as gone. */
const ANSWER_MS = 20_000;

/** What a job server may take as an option: as JSON. */
export type JobOption = string | number | boolean | null | readonly JobOption[];

export interface JobMessage {
  readonly importance: Importance;
  readonly text: string;
}

/** A job server that can't be reached, or that refuses what it is asked. */
export class JobServerError extends Error {
  override readonly name = 'JobServerError';
}

export class JobClient {
  private readonly channel: Channel;

  /** @param endpoint host and port of the job server */
  constructor(private readonly endpoint: string) {
    this.channel = new Channel(endpoint);
  }

  /**
   * Starts a job. Nothing is staged: workers have the code already.
   *
   * @returns the job's id
   * @throws JobServerError
   */
  async start(
    pipeline: runnerApi.Pipeline,
    jobName: string,
    options: Readonly<Record<string, JobOption>>,
  ): Promise<string> {
    await this.channel.ready(REACH_MS).catch((cause) => {
      throw new JobServerError(`no job server answers at ${this.endpoint}`, { cause });
    });
    const named = Object.entries(options).map(([name, value]) => [`beam:option:${name}:v1`, value]);
    const pipelineOptions = Struct.fromJson(Object.fromEntries(named));
    const { preparationId } = await this.asked(
      'take the pipeline',
      this.channel.ask(JOB_METHODS.prepare, { pipeline, jobName, pipelineOptions }),
    );
    const { jobId } = await this.asked(
      'run the job',
      this.channel.ask(JOB_METHODS.run, { preparationId, retrievalToken: '' }),
    );
    return jobId;
  }

  /**
   * Waits for the job's end, and tells its states as they change.
   *
   * @throws JobServerError where the server can't be asked any more
   */
  async end(jobId: string, onState: (state: JobState) => void): Promise<JobState> {
    let last: JobState | undefined;
    const tell = (state: JobState) => {
      if (state !== last) onState(state);
      last = state;
      return TERMINAL.has(state);
    };
    try {
      for await (const { state } of this.channel.read(JOB_METHODS.states, { jobId }))
        if (tell(state)) return state;
    } catch {
      // Whether the server is still there, the next question says.
    }
    for (;;) {
      const { state } = await this.asked(
        `say how the job ${jobId} is`,
        this.channel.ask(JOB_METHODS.state, { jobId }, ANSWER_MS),
      );
      if (tell(state)) return state;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }

  /** Tells the job's messages until it has ended, or its server has. */
  async messages(jobId: string, onMessage: (message: JobMessage) => void): Promise<void> {
    try {
      for await (const { response } of this.channel.read(JOB_METHODS.messages, { jobId })) {
        if (response.oneofKind !== 'messageResponse') continue;
        const { importance, messageText } = response.messageResponse;
        onMessage({ importance, text: messageText });
      }
    } catch {
      // Messages are told while there are any; how the job ends is asked otherwise.
    }
  }

  /** What finished bundles have counted; where the runner doesn't know that, what bundles have. */
  async metrics(jobId: string): Promise<readonly MonitoringInfo[]> {
    const { metrics } = await this.asked(
      `say what the job ${jobId} has counted`,
      this.channel.ask(JOB_METHODS.metrics, { jobId }),
    );
    if (metrics === undefined) return [];
    return metrics.committed.length > 0 ? metrics.committed : metrics.attempted;
  }

  async cancel(jobId: string): Promise<void> {
    await this.asked(`cancel the job ${jobId}`, this.channel.ask(JOB_METHODS.cancel, { jobId }));
  }

  close(): void {
    this.channel.close();
  }

  private async asked<T>(what: string, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (cause) {
      const { details, message } = cause as { details?: string; message: string };
      const text = `the job server ${this.endpoint} did not ${what}: ${details || message}`;
      throw new JobServerError(text, { cause });
    }
  }
}
