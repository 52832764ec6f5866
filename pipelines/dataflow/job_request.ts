/** A run's arguments → the graph, the job that carries it, and what has to be in Cloud Storage and BigQuery before. */
import { randomUUID } from 'node:crypto';
import type { Pipeline as PipelineProto } from 'apache-beam/proto/beam_runner_api';
import type { DatasetName } from '../../io/bigquery/dataset_name';
import { readHours } from '../../io/bigquery/read_hours';
import { topicName } from '../../io/pubsub/topic_name';
import type { JobOptions } from '../../runners/dataflow/job_options';
import { type PreparedJob, prepareJob, runFolders } from '../../runners/dataflow/prepare_job';
import { EVENT_ID_ATTRIBUTE } from '../../schema/message_attributes';
import { type BaselineChoice, chooseBaseline, chooseStreamBaseline } from '../baseline_choice';
import { hoursOf } from '../baseline_end';
import type { FunnelOptions } from '../funnel';
import { parseDuration, parseSize } from '../option_values';
import { bigqueryDataset } from '../outputs/bigquery_dataset';
import { locationOf } from '../outputs/choose_output';
import { funnelOptions, type RunArguments } from '../run_arguments';
import { isSubscription, subscriptionName } from '../subscription';
import { batchGraph, streamGraph } from './dataflow_graph';
import { DATAFLOW_DEFAULTS } from './job_arguments';

export interface JobRequest {
  readonly prepared: PreparedJob;
  readonly runId: string;
  readonly mode: 'batch' | 'streaming';
  /** Whose a stream's tables are: they belong to the job of this name, whatever run of it writes. */
  readonly stateId: string;
  readonly dataset: DatasetName;
  readonly location: string | null;
  /** Tables that the run doesn't write. */
  readonly omit: readonly string[];
  /** An object that has to be there when the job runs: hours of a baseline, as JSON. Null where there are none. */
  readonly history: { readonly path: string; readonly hours: readonly unknown[] } | null;
}

/**
 * @param offline nothing is asked of any service: a stream's graph is that of one without history, whose graph is the same
 * @throws {InputError} or {DataflowError} with what is wrong
 */
export async function jobRequest(
  args: RunArguments,
  options: JobOptions,
  now: number,
  offline: boolean,
): Promise<JobRequest> {
  const mode = args.input.some(isSubscription) ? 'streaming' : 'batch';
  const dataset = bigqueryDataset('output', args.output)!;
  const location = locationOf(args, true);
  const omit = args.silver ? [] : ['silver_events'];
  const funnel = funnelOptions(args, now, DATAFLOW_DEFAULTS);
  const runId = randomUUID();
  const stateId = `${options.project}/${options.region}/${options.jobName}`;
  const folders = runFolders(options, now);
  const history = `${folders.staging}/history.json`;
  const baseline = await baselineOf(args, { mode, funnel, dataset, offline });
  const common = { history, baseline, funnel };
  const run = {
    ...{ run_id: runId, input: args.input.join(' '), options: optionsText(args, funnel) },
    ...{ allowed_lateness_ms: funnel.windowing.allowedLatenessMs, started_at: now },
  };
  const proto =
    mode === 'batch'
      ? batchGraph({
          ...common,
          inputs: args.input,
          splitBytes: parseSize('split-size', args['split-size']),
          rows: `${folders.temp}/rows`,
          publishing: {
            kind: 'bigquery',
            perLaunch: args.template !== undefined,
            options: {
              ...{ dataset, location, staging: null, omit },
              run: { ...run, mode, state_id: null, watermark: null },
            },
          },
        })
      : streamOf(args, {
          ...common,
          written: { dataset, location },
          run: { ...run, mode, state_id: stateId },
        });
  const hours = hoursOf(baseline);
  return {
    prepared: prepareJob(proto, options, now),
    ...{ runId, mode, stateId, dataset, location, omit },
    history: hours === null ? null : { path: history, hours },
  };
}

type StreamParts = Pick<
  Parameters<typeof streamGraph>[0],
  'history' | 'baseline' | 'funnel' | 'written' | 'run'
>;

function streamOf(args: RunArguments, { funnel, ...parts }: StreamParts): PipelineProto {
  const { 'dead-letter-topic': topic, 'id-attribute': idAttribute = EVENT_ID_ATTRIBUTE } = args;
  const maxFutureSkewMs = parseDuration('max-future-skew', args['max-future-skew']);
  return streamGraph({
    ...parts,
    funnel: { ...funnel, parse: { ...funnel.parse, maxFutureSkewMs } },
    subscription: subscriptionName(args.input[0]),
    timestampAttribute: args['timestamp-attribute']!,
    idAttribute: idAttribute === 'none' ? null : idAttribute,
    deadLetterTopic: topic === undefined ? null : topicName('dead-letter-topic', topic),
  });
}

function baselineOf(
  args: RunArguments,
  about: {
    readonly mode: JobRequest['mode'];
    readonly funnel: FunnelOptions;
    readonly dataset: DatasetName;
    readonly offline: boolean;
  },
): Promise<BaselineChoice> {
  const { mode, funnel, dataset, offline } = about;
  const options = { history: args.history, minViews: funnel.minBaselineViews };
  if (mode === 'batch') return chooseBaseline({ ...options, baseline: args.baseline ?? 'run' });
  return chooseStreamBaseline({
    ...options,
    baseline: args.baseline ?? 'trailing',
    output: { history: async (minViews) => (offline ? [] : ((await readHours(dataset, minViews)) ?? [])) },
    allowedLatenessMs: funnel.windowing.allowedLatenessMs,
  });
}

/** What `runs` says of the options. */
function optionsText(args: RunArguments, funnel: FunnelOptions): string {
  const { baseline = null, history = null, runner, image } = args;
  return JSON.stringify({ ...funnel, baseline, history, runner, image });
}
