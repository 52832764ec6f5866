/** Where a job's workers come from. */
import * as runnerApi from 'apache-beam/proto/beam_runner_api';

export type JobEnvironment =
  | {
      /** Workers of a pool that listens on host and port. */
      readonly kind: 'external';
      readonly address: string;
    }
  | { readonly kind: 'docker'; readonly image: string };

/**
 * What the harness can do, beyond what every one has to. Runners send what is named here and nothing else: no timers, no state, no splittable DoFns. That several bundles at once would use several cores is not true
 * of a worker that is one thread.
 */
export const CAPABILITIES: readonly string[] = [
  'beam:version:sdk_base:funnelpulse',
  'beam:protocol:progress_reporting:v1',
  'beam:protocol:monitoring_info_short_ids:v1',
  'beam:protocol:sibling_workers:v1',
  'beam:coder:bytes:v1',
  'beam:coder:bool:v1',
  'beam:coder:string_utf8:v1',
  'beam:coder:varint:v1',
  'beam:coder:double:v1',
  'beam:coder:nullable:v1',
  'beam:coder:kv:v1',
  'beam:coder:iterable:v1',
  'beam:coder:length_prefix:v1',
  'beam:coder:global_window:v1',
  'beam:coder:interval_window:v1',
  'beam:coder:windowed_value:v1',
];

export function environmentProto(environment: JobEnvironment): runnerApi.Environment {
  const external = environment.kind === 'external';
  return runnerApi.Environment.create({
    urn: external ? 'beam:env:external:v1' : 'beam:env:docker:v1',
    payload: external
      ? runnerApi.ExternalPayload.toBinary(
          runnerApi.ExternalPayload.create({ endpoint: { url: environment.address } }),
        )
      : runnerApi.DockerPayload.toBinary({ containerImage: environment.image }),
    capabilities: [...CAPABILITIES],
  });
}
