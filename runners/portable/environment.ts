/** Where a job's workers come from. */
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { HARNESS_CAPABILITIES } from '../harness/capabilities';

export type JobEnvironment =
  | {
      /** Workers of a pool that listens on host and port. */
      readonly kind: 'external';
      readonly address: string;
    }
  | { readonly kind: 'docker'; readonly image: string };

export function environmentProto(environment: JobEnvironment): runnerApi.Environment {
  const external = environment.kind === 'external';
  return runnerApi.Environment.create({
    urn: external ? 'beam:env:external:v1' : 'beam:env:docker:v1',
    payload: external
      ? runnerApi.ExternalPayload.toBinary(
          runnerApi.ExternalPayload.create({ endpoint: { url: environment.address } }),
        )
      : runnerApi.DockerPayload.toBinary({ containerImage: environment.image }),
    capabilities: [...HARNESS_CAPABILITIES],
  });
}
