import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { PCollection } from './sdk';

/** Whether a collection ends, as the graph knows it from its source. */
export function isBounded(collection: PCollection<unknown>): boolean {
  const proto = collection.pipeline.getProto().components?.pcollections[collection.getId()];
  return proto?.isBounded === runnerApi.IsBounded_Enum.BOUNDED;
}
