/** The smallest pipeline that a worker has something to do in, and options that fit it. */
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { JsonCoder } from '../../../beam/json_coder';
import { readFromPubsub } from '../../../beam/pubsub_read';
import { impulse, type PCollection, Pipeline, Root, withCoderInternal, withName } from '../../../beam/sdk';
import { type JobOptions, PROVEN_USER_AGENT } from '../../../runners/dataflow/job_options';

export function smallPipeline(streaming = false): runnerApi.Pipeline {
  const pipeline = new Pipeline();
  const start = streaming
    ? readFromPubsub({ subscription: 'projects/my-shop/subscriptions/events' })
    : withName('Start', impulse());
  const read = new Root(pipeline).apply(start as never) as PCollection<unknown>;
  read.apply(withName('Encode', withCoderInternal(new JsonCoder())) as never);
  return pipeline.getProto();
}

export const OPTIONS: JobOptions = {
  project: 'my-shop',
  region: 'europe-west1',
  jobName: 'shop',
  stagingLocation: 'gs://my-shop-tmp/staging/',
  tempLocation: 'gs://my-shop-tmp',
  image: 'europe-west1-docker.pkg.dev/my-shop/funnelpulse/worker:0.1.0',
  serviceOptions: [],
  experiments: [],
  labels: {},
  atLeastOnce: false,
  userAgent: PROVEN_USER_AGENT,
  pipelineOptions: {},
};
