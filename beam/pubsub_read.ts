/** Beam's native read of a Pub/Sub subscription: a root that a runner executes itself. Dataflow's service does; the local runner is given a source for the URN. */
import { BytesCoder } from 'apache-beam/coders/required_coders';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { type PCollection, type Pipeline, type Root, withName } from './sdk';

export const PUBSUB_READ_URN = 'beam:transform:pubsub_read:v1';

export interface PubsubRead {
  /** projects/PROJECT/subscriptions/SUBSCRIPTION */
  readonly subscription: string;
  /** Attribute with an element's timestamp, RFC 3339 or milliseconds since 1970; without it a runner takes what it knows. */
  readonly timestampAttribute?: string;
  /** Attribute that is the same for messages that are the same; a runner may leave out what comes again soon. */
  readonly idAttribute?: string;
}

/** The root; each element is a serialised `google.pubsub.v1.PubsubMessage`, in the global window. */
export function readFromPubsub(read: PubsubRead): (root: Root) => PCollection<Uint8Array> {
  const { subscription, timestampAttribute = '', idAttribute = '' } = read;
  const payload = { subscription, timestampAttribute, idAttribute, withAttributes: true };
  const expand = (_root: Root, pipeline: Pipeline, transform: runnerApi.PTransform) => {
    transform.spec = {
      urn: PUBSUB_READ_URN,
      payload: runnerApi.PubSubReadPayload.toBinary(runnerApi.PubSubReadPayload.create(payload)),
    };
    return pipeline.createPCollectionInternal<Uint8Array>(
      new BytesCoder(),
      undefined,
      runnerApi.IsBounded_Enum.UNBOUNDED,
    );
  };
  return withName('Read from Pub/Sub', expand) as never;
}
