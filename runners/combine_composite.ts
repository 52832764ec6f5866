/** A combine as runners take it that execute its parts, or lift them. */
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { expandCombine } from './combine_parts';
import { COMBINE_VALUES_FN_URN } from './harness/operators/combine';

/**
 * Replaces what the SDK has put into a combine, closures that only its own worker runs, by a grouping and a ParDo. With its URN a combine can be lifted by runners that do that.
 */
export function takeCombineApart(
  id: string,
  combine: runnerApi.PTransform,
  components: runnerApi.Components,
  liftCombines: boolean,
): void {
  const removed = [...combine.subtransforms];
  for (let part = removed.pop(); part !== undefined; part = removed.pop()) {
    removed.push(...components.transforms[part].subtransforms);
    delete components.transforms[part];
  }
  const { environmentId } = combine;
  const parts = expandCombine(id, combine, components, false);
  for (const part of parts) components.transforms[part.id] = { ...part.transform, environmentId: '' };
  const values = components.transforms[parts[1].id];
  const doFn = { urn: COMBINE_VALUES_FN_URN, payload: combine.spec!.payload };
  values.spec = {
    urn: 'beam:transform:pardo:v1',
    payload: runnerApi.ParDoPayload.toBinary(runnerApi.ParDoPayload.create({ doFn })),
  };
  values.environmentId = environmentId || Object.keys(components.environments)[0];
  combine.subtransforms = parts.map((part) => part.id);
  if (!liftCombines) {
    delete combine.spec;
    combine.environmentId = '';
  }
}
