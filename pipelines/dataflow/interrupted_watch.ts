/** Ctrl-C while a job is watched: the job is not on this machine, so whoever watches is asked what is to become of it. */
import { createInterface } from 'node:readline';
import type { DataflowClient } from '../../runners/dataflow/dataflow_client';
import { type EndedJob, type WatchOptions, watchJob } from '../../runners/dataflow/watch_job';
import { interruptible, StoppedError, stoppedBy } from '../interrupt';

export type Choice = 'leave' | 'drain' | 'cancel';

/** What was done with a job that was watched. */
export interface Watched {
  readonly ended: EndedJob;
  /** What the user wanted in between; null where the job ended by itself. */
  readonly chosen: Choice | null;
}

export interface WatchedJob {
  readonly id: string;
  readonly streaming: boolean;
  /** Said where the job is left running. */
  readonly left: string;
}

/**
 * Watches a job until it has ended, or the user leaves it.
 *
 * @throws {StoppedError} where the user leaves it
 */
export async function watchInterruptibly(
  client: DataflowClient,
  job: WatchedJob,
  options: Omit<WatchOptions, 'signal'>,
): Promise<Watched> {
  let chosen: Choice | null = null;
  for (;;) {
    let signal: AbortSignal | undefined;
    try {
      const ended = await interruptible((aborted) => {
        signal = aborted;
        return watchJob(client, job.id, { ...options, signal: aborted });
      });
      return { ended, chosen };
    } catch (error) {
      const by = signal && stoppedBy(signal);
      if (!by) throw error;
      const choice = by === 'SIGINT' ? await ask(job.streaming) : 'leave';
      if (choice === 'leave') {
        process.stderr.write(`${job.left}\n`);
        throw new StoppedError(by);
      }
      chosen = choice;
      await client.request(job.id, choice === 'drain' ? 'JOB_STATE_DRAINED' : 'JOB_STATE_CANCELLED');
      process.stderr.write(`asked Dataflow to ${choice} it; waiting until it has\n`);
    }
  }
}

/** Nobody there to answer, no answer, or a second Ctrl-C: the job is left running, which can be changed later. */
function ask(streaming: boolean): Promise<Choice> {
  if (!process.stdin.isTTY) return Promise.resolve('leave');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const drain = streaming ? '[d]rain it (what it has read is worked off), ' : '';
  const question = `\nThe job runs on Google Cloud. [l]eave it running, ${drain}or [c]ancel it? [l] `;
  return new Promise((resolve) => {
    terminal.once('SIGINT', () => terminal.close());
    terminal.once('close', () => resolve('leave'));
    terminal.question(question, (answer) => {
      resolve(choiceOf(answer, streaming));
      terminal.close();
    });
  });
}

export function choiceOf(answer: string, streaming: boolean): Choice {
  const letter = answer.trim().toLowerCase()[0];
  if (letter === 'c') return 'cancel';
  return letter === 'd' && streaming ? 'drain' : 'leave';
}
