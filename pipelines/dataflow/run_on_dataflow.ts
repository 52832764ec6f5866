/** `funnelpulse run --runner dataflow`: the graph becomes a job of Google Dataflow, which is watched to its end. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { JobPlace } from '../../io/bigquery/jobs';
import { fileSystemOf } from '../../io/files/file_systems';
import { putObject } from '../../io/gcs/put_object';
import { InputError, systemReason } from '../../io/input_error';
import { DataflowClient } from '../../runners/dataflow/dataflow_client';
import { templateOf } from '../../runners/dataflow/job';
import { RestTransport, WATCH_PATIENCE } from '../../runners/dataflow/rest_transport';
import {
  jobText,
  refuseActive,
  type SubmittedJob,
  submit,
  type Update,
  writeTemplate,
} from '../../runners/dataflow/submit';
import { requireGoodEnd } from '../../runners/dataflow/watch_job';
import { StoppedError } from '../interrupt';
import { bigqueryExample, readDatasetSummary } from '../outputs/bigquery_summary';
import type { RunArguments } from '../run_arguments';
import { printSummary } from '../summary_text';
import { prepareBatchDataset, prepareStreamDataset } from './dataflow_output';
import { watchInterruptibly } from './interrupted_watch';
import { jobOptions } from './job_arguments';
import { jobLog } from './job_log';
import { type JobRequest, jobRequest } from './job_request';

export async function runOnDataflow(args: RunArguments): Promise<void> {
  const now = Date.now();
  const options = jobOptions(args);
  const directory = args['dry-run'];
  const request = await jobRequest(args, options, now, directory !== undefined);
  if (directory !== undefined) return writeDryRun(directory, args, request);
  const update = updateOf(args);
  const client = new DataflowClient(new RestTransport(options), options.project, options.region);
  if (args.template === undefined && update === null) await refuseActive(client, options.jobName);
  const place = await prepare(args, request);
  if (args.template !== undefined) {
    await writeTemplate(request.prepared, args.template, putObject);
    if (!args.quiet) process.stderr.write(`the template is in ${args.template}\n`);
    return;
  }
  const job = await submit(request.prepared, client, putObject, update);
  announce(args, request, job);
  if (args.detach) return;
  const watching = new DataflowClient(
    new RestTransport(options, WATCH_PATIENCE),
    options.project,
    options.region,
  );
  await follow(args, { request, job, client: watching, place, startedAt: now });
}

/** Everything that a job will need, or one message that says what is missing: a job that fails tells it minutes later, and costs. */
async function prepare(args: RunArguments, request: JobRequest): Promise<JobPlace> {
  const { mode, dataset, location, omit, runId, stateId, history } = request;
  const { replace, update, template, snapshot } = args;
  const goesOn = update || template !== undefined || snapshot !== undefined;
  if (mode === 'batch') for (const input of args.input) await fileSystemOf(input).find(input);
  const place =
    mode === 'batch'
      ? await prepareBatchDataset(dataset, location, { omit, runId, replace })
      : await prepareStreamDataset(dataset, location, { stateId, replace, goesOn });
  if (history !== null)
    await putObject(history.path, Buffer.from(JSON.stringify(history.hours)), 'application/json');
  return place;
}

function writeDryRun(directory: string, { template, quiet }: RunArguments, { prepared }: JobRequest): void {
  const { proto, job, url } = prepared;
  try {
    fs.mkdirSync(directory, { recursive: true });
    fs.writeFileSync(path.join(directory, 'pipeline.pb'), proto);
    fs.writeFileSync(
      path.join(directory, 'job.json'),
      jobText(template === undefined ? job : templateOf(job)),
    );
  } catch (error) {
    throw new InputError(
      `--dry-run ${directory}: ${systemReason(error)}. Name a directory that can be written`,
    );
  }
  if (!quiet)
    process.stderr.write(
      `nothing was sent. ${path.join(directory, 'pipeline.pb')} would go to ${url}, and ${path.join(directory, 'job.json')} to ${template ?? 'Dataflow'}\n`,
    );
}

/** `--transform-name-mapping`: a file, or the object itself. */
function updateOf(args: RunArguments): Update | null {
  if (!args.update) return null;
  const given = args['transform-name-mapping'];
  if (given === undefined) return { transformNameMapping: {} };
  const wrong = (why: string): InputError =>
    new InputError(
      `--transform-name-mapping ${given}: ${why}. A JSON object of names was expected, like {"Old step": "New step"}, or a file that holds one`,
    );
  let text = given;
  try {
    if (!given.trimStart().startsWith('{')) text = fs.readFileSync(given, 'utf8');
  } catch (error) {
    throw wrong(systemReason(error));
  }
  let mapping: unknown;
  try {
    mapping = JSON.parse(text);
  } catch {
    throw wrong('it is no JSON');
  }
  if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping))
    throw wrong('it is no object');
  if (Object.values(mapping).some((name) => typeof name !== 'string')) throw wrong('a name is no text');
  return { transformNameMapping: mapping as Record<string, string> };
}

function announce(
  args: RunArguments,
  { prepared, runId, mode }: JobRequest,
  { id, link }: SubmittedJob,
): void {
  if (args.json) {
    const { name } = prepared.job;
    process.stdout.write(`${JSON.stringify({ job_id: id, job_name: name, run_id: runId, mode, link })}\n`);
  }
  if (args.quiet) return;
  const where = `--project ${args.project} --region ${args.region}`;
  const end = mode === 'streaming' ? 'drain' : 'cancel';
  process.stderr.write(
    [
      `job ${prepared.job.name}, ${id}`,
      `  console  ${link}`,
      `  watch    funnelpulse dataflow watch ${id} ${where}`,
      `  end      funnelpulse dataflow ${end} ${id} ${where}`,
      '',
    ].join('\n'),
  );
}

interface Running {
  readonly request: JobRequest;
  readonly job: SubmittedJob;
  readonly client: DataflowClient;
  readonly place: JobPlace;
  readonly startedAt: number;
}

async function follow(
  args: RunArguments,
  { request, job, client, place, startedAt }: Running,
): Promise<void> {
  const { mode, dataset, runId } = request;
  const log = args.quiet ? {} : jobLog((line) => process.stderr.write(`${line}\n`));
  const { ended, chosen } = await watchInterruptibly(
    client,
    {
      id: job.id,
      streaming: mode === 'streaming',
      left: `the job goes on: ${job.link}`,
    },
    log,
  );
  if (chosen === 'cancel' && ended.end === 'cancelled') throw new StoppedError('SIGINT');
  requireGoodEnd(ended, job.link);
  if (mode === 'streaming' || (args.quiet && !args.json)) return;
  const counters = new Map<string, number>();
  for (const { origin, name, value } of await client.metrics(job.id))
    if (origin === 'user') counters.set(name, (counters.get(name) ?? 0) + value);
  const summary = await readDatasetSummary(place, dataset, runId, {
    seconds: (Date.now() - startedAt) / 1000,
    bytes: counters.get('bytes_read') ?? 0,
    currencies: currenciesIn(counters),
  });
  if (args.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else printSummary(summary, args.output, bigqueryExample(dataset));
}

const CURRENCY = 'currency:';

function currenciesIn(counters: ReadonlyMap<string, number>): string[] {
  return [...counters.keys()]
    .filter((name) => name.startsWith(CURRENCY))
    .map((name) => name.slice(CURRENCY.length))
    .sort();
}
