/**
 * Spreads elements over workers again: a file's few byte ranges would else be read by the one worker that listed them.
 */
import './registration';
import { StrUtf8Coder } from 'apache-beam/coders/standard_coders';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { DropKey, DropTimestamp, KeyRoundRobin, reifiedTimestamp } from './reshuffle_fns';
import {
  assignTimestamps,
  groupByKey,
  KVCoder,
  type PCollection,
  type Pipeline,
  parDo,
  timestampParam,
  withCoderInternal,
  withName,
} from './sdk';

export const RESHUFFLE_URN = 'beam:transform:reshuffle:v1';

/**
 * The same elements with the same timestamps and windows, in new bundles: nothing behind it is fused with what is before.
 *
 * Runners that know the URN pass the elements through; for the others (the SDK's DirectRunner) the step contains a grouping
 * by a round-robin key that puts the timestamps back.
 */
export function reshuffle<T>(): (
  input: PCollection<T>,
  pipeline: Pipeline,
  transform: runnerApi.PTransform,
) => PCollection<T> {
  return withName(
    'Reshuffle',
    (input: PCollection<T>, pipeline: Pipeline, transform: runnerApi.PTransform) => {
      transform.spec = { urn: RESHUFFLE_URN, payload: new Uint8Array() };
      const coder = pipeline.context.getPCollectionCoder<T>(input);
      const keyed = new KVCoder(new StrUtf8Coder(), new KVCoder(new StrUtf8Coder(), coder));
      return input
        .apply(
          withName('Key round robin', parDo(new KeyRoundRobin() as never, { timestamp: timestampParam() })),
        )
        .apply(withName('Encode keyed', withCoderInternal(keyed)))
        .apply(withName('Group', groupByKey()))
        .apply(withName('Drop the key', parDo(new DropKey() as never)))
        .apply(withName('Restore timestamps', assignTimestamps(reifiedTimestamp as never)))
        .apply(withName('Drop the timestamp', parDo(new DropTimestamp() as never)))
        .apply(withName('Encode', withCoderInternal(coder)));
    },
  );
}
