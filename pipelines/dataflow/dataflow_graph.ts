/** The funnel's graph with the ends that it has on Dataflow: nothing of it is on this machine. */
import type { Pipeline as PipelineProto } from 'apache-beam/proto/beam_runner_api';
import { Pipeline, Root } from '../../beam/sdk';
import { inObjects } from '../../io/bigquery/objects/stage_objects';
import type { BaselineChoice } from '../baseline_choice';
import { baselineEnd } from '../baseline_end';
import { batchEnds } from '../batch_ends';
import { type FunnelOptions, funnel } from '../funnel';
import type { Publishing } from '../outputs/batch_output';
import '../registration';
import { type StreamSinkOptions, streamSinkEnds } from './stream_sink';

export interface BatchGraph {
  /** gs://… */
  readonly inputs: readonly string[];
  readonly splitBytes: number;
  /** Folder in Cloud Storage for the run's rows on their way: gs://BUCKET/FOLDER, of this run alone. */
  readonly rows: string;
  readonly publishing: Publishing;
  readonly baseline: BaselineChoice;
  /** Object that will hold the hours of the baseline, where the choice brings some. */
  readonly history: string;
  readonly funnel: FunnelOptions;
}

/** Files → staged rows → one last step that switches the tables, behind all others: no launcher has to wait for it. */
export function batchGraph({ rows, history, baseline, funnel: options, ...rest }: BatchGraph): PipelineProto {
  const pipeline = new Pipeline();
  const ends = batchEnds({
    ...rest,
    staging: inObjects(rows),
    baseline: baselineEnd(baseline, history),
    manifest: null,
  });
  funnel(new Root(pipeline), ends, options);
  return pipeline.getProto();
}

export interface StreamGraph extends Omit<StreamSinkOptions, 'baseline'> {
  readonly baseline: BaselineChoice;
  readonly history: string;
  readonly funnel: FunnelOptions;
}

/** A subscription → rows that each bundle writes. */
export function streamGraph({ history, baseline, funnel: options, ...rest }: StreamGraph): PipelineProto {
  const pipeline = new Pipeline();
  const ends = streamSinkEnds({ ...rest, baseline: baselineEnd(baseline, history) });
  funnel(new Root(pipeline), ends, options);
  return pipeline.getProto();
}
