/**
 * What a grouping did not take in, since it came too late, as a collection of its own: so that a graph can account for it. Beam has no such thing; our local runner gives it, others refuse it.
 */
import type { Coder } from 'apache-beam/coders/coders';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { DROPPED_ELEMENTS_URN } from './dropped_elements_urn';
import { type PCollection, type Pipeline, type Root, withName } from './sdk';

/** The values that the groupings below the step called `step` drop; `coder` is that of the grouped values. */
export function droppedElements<T>(
  name: string,
  step: string,
  coder: Coder<T>,
): (root: Root) => PCollection<T> {
  const expand = (_root: Root, pipeline: Pipeline, transform: runnerApi.PTransform) => {
    transform.spec = { urn: DROPPED_ELEMENTS_URN, payload: Buffer.from(step, 'utf8') };
    return pipeline.createPCollectionInternal<T>(coder, undefined, runnerApi.IsBounded_Enum.UNBOUNDED);
  };
  const dropped = withName(name, expand);
  return (root) => root.apply(dropped as never) as PCollection<T>;
}
