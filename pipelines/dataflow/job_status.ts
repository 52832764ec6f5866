/** A job, or all active ones, as text. */
import {
  consoleLink,
  type DataflowClient,
  type JobMetric,
  type RemoteJob,
} from '../../runners/dataflow/dataflow_client';
import { stateText } from '../../runners/dataflow/job_state';
import { formatCount } from '../text';
import { textTable } from '../text_table';
import { messageLine } from './job_log';

const MESSAGES_SHOWN = 10;

/** The active jobs of a region. */
export async function activeJobsText(client: DataflowClient): Promise<string> {
  const jobs = await client.list('ACTIVE');
  if (jobs.length === 0) return `no job is active in ${client.region} of ${client.project}\n`;
  const rows = jobs.map((job) => ({
    job: job.name,
    kind: kindOf(job),
    state: stateText(job.currentState),
    since: job.createTime,
    id: job.id,
  }));
  return `${textTable(['job', 'kind', 'state', 'since', 'id'], rows).join('\n')}\n`;
}

/** One job: state, what it has counted, what the service said last. */
export async function jobStatusText(client: DataflowClient, job: RemoteJob): Promise<string> {
  const [metrics, messages] = await Promise.all([client.metrics(job.id), client.messages(job.id, 'BASIC')]);
  const lines = [
    `${job.name} (${kindOf(job)}) is ${stateText(job.currentState)}${job.currentStateTime ? ` since ${job.currentStateTime}` : ''}`,
    `  id       ${job.id}`,
    `  console  ${consoleLink(client.project, client.region, job.id)}`,
    ...countLines(metrics),
    ...messages.slice(-MESSAGES_SHOWN).map((message) => `  ${messageLine(message)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Our own counters, summed over steps. */
function countLines(metrics: readonly JobMetric[]): string[] {
  const sums = new Map<string, number>();
  for (const { origin, name, value } of metrics)
    if (origin === 'user') sums.set(name, (sums.get(name) ?? 0) + value);
  const names = [...sums.keys()].sort();
  const width = Math.max(0, ...names.map((name) => name.length));
  return names.map((name) => `  ${name.padEnd(width)}  ${formatCount(sums.get(name)!).padStart(15)}`);
}

function kindOf({ type }: RemoteJob): string {
  return { JOB_TYPE_BATCH: 'batch', JOB_TYPE_STREAMING: 'streaming' }[type ?? ''] ?? 'unknown';
}
