/** A pipeline as the service has to have it: every environment is our container image. */
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { takeCombineApart } from '../combine_composite';
import { COMBINE_PER_KEY_URN } from '../combine_parts';
import { HARNESS_CAPABILITIES } from '../harness/capabilities';
import { removeEmptySteps, removeUnusedCollections } from './meaningless_parts';

export const DOCKER_URN = 'beam:env:docker:v1';

/** Roots that the service executes itself. They carry an environment all the same, as other SDKs' do. */
const SERVICE_ROOTS: ReadonlySet<string> = new Set([
  'beam:transform:pubsub_read:v1',
  'beam:transform:pubsub_write:v1',
]);

/** A copy of the pipeline whose environments are all `image`. */
export function inImage(pipeline: runnerApi.Pipeline, image: string): runnerApi.Pipeline {
  const copy = runnerApi.Pipeline.clone(pipeline);
  removeEmptySteps(copy);
  const components = copy.components;
  const ids = Object.keys(components?.environments ?? {});
  if (components === undefined || ids.length === 0) throw new Error('The pipeline has no environment');
  for (const id of ids) components.environments[id] = imageEnvironment(image);
  // A combine keeps its kind, by which the service may lift it; where it doesn't, it executes the parts.
  for (const [id, transform] of Object.entries(components.transforms))
    if (transform.spec?.urn === COMBINE_PER_KEY_URN) takeCombineApart(id, transform, components, true);
  removeUnusedCollections(copy);
  for (const transform of Object.values(components.transforms))
    if (SERVICE_ROOTS.has(transform.spec?.urn ?? '') && transform.environmentId === '')
      transform.environmentId = ids[0];
  return copy;
}

function imageEnvironment(containerImage: string): runnerApi.Environment {
  return runnerApi.Environment.create({
    urn: DOCKER_URN,
    payload: runnerApi.DockerPayload.toBinary({ containerImage }),
    capabilities: [...HARNESS_CAPABILITIES],
  });
}

/** Whether any of its collections has no end. */
export function isStreaming({ components }: runnerApi.Pipeline): boolean {
  return Object.values(components?.pcollections ?? {}).some(
    ({ isBounded }) => isBounded === runnerApi.IsBounded_Enum.UNBOUNDED,
  );
}

/** Ids of the environments that a step of the pipeline runs in. */
export function usedEnvironments({ components }: runnerApi.Pipeline): string[] {
  const used = Object.values(components?.transforms ?? {}).map(({ environmentId }) => environmentId);
  return [...new Set(used.filter((id) => id !== ''))].sort();
}
