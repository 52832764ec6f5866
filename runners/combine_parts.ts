/**
 * Takes a combine per key apart by its URN, whatever the SDK wrote into the composite:
 * lifted [precombine → group → merge accumulators → extract outputs], else [group → combine grouped values].
 */
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { KV_CODER_URN } from './harness/coders';
import { UnsupportedStepError } from './step_error';

export const COMBINE_PER_KEY_URN = 'beam:transform:combine_per_key:v1';

export interface CombinePart {
  readonly id: string;
  readonly transform: runnerApi.PTransform;
}

/** The parts in order; the PCollections and coders between them are added to the components. */
export function expandCombine(
  id: string,
  composite: runnerApi.PTransform,
  components: runnerApi.Components,
  lift: boolean,
): CombinePart[] {
  const [input] = Object.values(composite.inputs);
  const [output] = Object.values(composite.outputs);
  const from = components.pcollections[input];
  const inputCoder = components.coders[from.coderId];
  if (inputCoder.spec?.urn !== KV_CODER_URN) {
    throw new UnsupportedStepError(
      composite.uniqueName,
      'the input of a combine per key needs a key-value coder',
    );
  }
  const [keyCoder, valueCoder] = inputCoder.componentCoderIds;
  const strategy = components.windowingStrategies[from.windowingStrategyId];
  const { accumulatorCoderId } = runnerApi.CombinePayload.fromBinary(composite.spec!.payload);

  const coder = (name: string, urn: string, ...componentCoderIds: string[]): string => {
    const coderId = `${id}/${name}`;
    components.coders[coderId] = { spec: { urn, payload: new Uint8Array() }, componentCoderIds };
    return coderId;
  };
  const keyed = (name: string, value: string): string =>
    coder(`${name} by key`, KV_CODER_URN, keyCoder, value);
  const iterable = (name: string, value: string): string =>
    coder(`${name} iterable`, 'beam:coder:iterable:v1', value);
  const collection = (name: string, coderId: string): string => {
    components.pcollections[`${id}/${name}`] = { ...from, uniqueName: `${id}/${name}`, coderId };
    return `${id}/${name}`;
  };
  const part = (name: string, urn: string, taken: string, given: string): CombinePart => ({
    id: `${id}/${name}`,
    transform: {
      ...composite,
      uniqueName: `${composite.uniqueName}/${name}`,
      spec: { urn, payload: composite.spec!.payload },
      subtransforms: [],
      inputs: { in: taken },
      outputs: { out: given },
    },
  });

  if (!lift || strategy.mergeStatus !== runnerApi.MergeStatus_Enum.NON_MERGING) {
    const grouped = collection('grouped', keyed('values', iterable('values', valueCoder)));
    return [
      part('Group', 'beam:transform:group_by_key:v1', input, grouped),
      part('Combine', 'beam:transform:combine_grouped_values:v1', grouped, output),
    ];
  }
  const partial = collection('partial', keyed('accumulator', accumulatorCoderId));
  const grouped = collection('grouped', keyed('accumulators', iterable('accumulators', accumulatorCoderId)));
  const merged = collection('merged', keyed('accumulator', accumulatorCoderId));
  return [
    part('Precombine', 'beam:transform:combine_per_key_precombine:v1', input, partial),
    part('Group', 'beam:transform:group_by_key:v1', partial, grouped),
    part('Merge', 'beam:transform:combine_per_key_merge_accumulators:v1', grouped, merged),
    part('Extract', 'beam:transform:combine_per_key_extract_outputs:v1', merged, output),
  ];
}
