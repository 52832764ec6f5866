import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { PCollection } from './sdk';

/**
 * Says that from here on a pane holds what is new alone: `collection` stays as it is, and its windows too. Beam's other languages write it `Window.configure().discardingFiredPanes()`; the SDK can only say
 * it with a new window function, which would put the elements into windows anew.
 *
 * For what is read as a side input: each pane there replaces the one before, and of an accumulating collection it would hold all earlier ones besides.
 */
export function discardFiredPanes<T>(collection: PCollection<T>): PCollection<T> {
  const { pipeline } = collection;
  const { pcollections, windowingStrategies } = pipeline.getProto().components!;
  const proto = pcollections[collection.getId()];
  const strategy = runnerApi.WindowingStrategy.clone(windowingStrategies[proto.windowingStrategyId]);
  strategy.accumulationMode = runnerApi.AccumulationMode_Enum.DISCARDING;
  proto.windowingStrategyId = pipeline.context.getWindowingStrategyId(strategy);
  return collection;
}
