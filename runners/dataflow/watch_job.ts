/** Follows a job to its end: its states, and what the service says of it on the way. */
import { setTimeout as delay } from 'node:timers/promises';
import type { DataflowClient, Importance, JobMessage, RemoteJob } from './dataflow_client';
import { JobFailedError } from './dataflow_error';
import { endOf, type JobEnd, stateText } from './job_state';

export interface WatchOptions {
  /** Told of each state that is new, in words. */
  readonly onState?: (state: string) => void;
  /** Told of each message once, in the order of their times. */
  readonly onMessage?: (message: JobMessage) => void;
  /** Messages that matter less are not asked for. */
  readonly minimum?: Importance;
  /** Between two looks: the first pause, which grows to the last; milliseconds. The service wants to be asked no more than every few seconds. */
  readonly firstPauseMs?: number;
  readonly lastPauseMs?: number;
  /** Aborted: the promise rejects, and the job goes on. */
  readonly signal?: AbortSignal;
}

/** A job that has ended. */
export interface EndedJob {
  readonly end: JobEnd;
  readonly job: RemoteJob;
  /** What the service called an error, the last ones. */
  readonly errors: readonly string[];
}

const FIRST_PAUSE_MS = 5000;
const LAST_PAUSE_MS = 30_000;
const ERRORS_SHOWN = 5;

/** Resolves when the job has ended, however it has. A state that this program does not know is none of the ends. */
export async function watchJob(
  client: DataflowClient,
  id: string,
  options: WatchOptions = {},
): Promise<EndedJob> {
  const { onState, onMessage, minimum = 'BASIC', signal } = options;
  const { firstPauseMs = FIRST_PAUSE_MS, lastPauseMs = LAST_PAUSE_MS } = options;
  const errors: string[] = [];
  const messages = new NewMessages(client, id, minimum);
  let shown: string | undefined;
  for (let pause = firstPauseMs; ; pause = Math.min(lastPauseMs, pause * 1.5)) {
    const job = await orAborted(client.get(id), signal);
    const end = endOf(job.currentState);
    // The last messages are asked for when the end is known, or they would be missed.
    for (const message of await orAborted(messages.next(), signal)) {
      if (message.messageImportance === 'JOB_MESSAGE_ERROR') errors.push(message.messageText);
      onMessage?.(message);
    }
    const state = stateText(job.currentState);
    if (state !== shown) onState?.(state);
    shown = state;
    if (end !== null) return { end, job, errors: errors.slice(-ERRORS_SHOWN) };
    await delay(pause, undefined, { ...(signal && { signal }) });
  }
}

/** A call may be made again for minutes: who wants to leave need not wait for it. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  // Nobody may be there any more to hear of its failure.
  work.catch(() => {});
  let leave: () => void = () => {};
  const left = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([work, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/** @throws {JobFailedError} where the job did not end as a job should: drained and replaced ones did */
export function requireGoodEnd({ end, job, errors }: EndedJob, link: string): void {
  const { name } = job;
  if (end === 'cancelled')
    throw new JobFailedError(
      `the job ${name} was cancelled: what it had not written is not in the tables. ${link}`,
    );
  if (end !== 'failed') return;
  const said = errors.length > 0 ? `:\n${errors.map((error) => `  ${error.trim()}`).join('\n')}\n` : '. ';
  throw new JobFailedError(`the job ${name} has failed${said}Its logs: ${link}`);
}

/** Messages that were not seen yet. The service gives them by their time, several of which may be the same, and an answer may come before an earlier message is listed. */
class NewMessages {
  private readonly seen = new Set<string>();
  private since: string | undefined;

  constructor(
    private readonly client: DataflowClient,
    private readonly id: string,
    private readonly minimum: Importance,
  ) {}

  async next(): Promise<JobMessage[]> {
    const found = await this.client.messages(this.id, this.minimum, this.since);
    const fresh = found
      .filter((message) => !this.seen.has(keyOf(message)))
      .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    for (const message of fresh) this.seen.add(keyOf(message));
    const last = fresh.at(-1)?.time;
    if (last !== undefined && last !== '') this.since = earlier(last);
    return fresh;
  }
}

/** Asked for again, for what is listed late. */
const OVERLAP_MS = 60_000;

function earlier(time: string): string {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? time : new Date(ms - OVERLAP_MS).toISOString();
}

function keyOf({ id, time, messageText }: JobMessage): string {
  return id || `${time} ${messageText}`;
}
