/** Messages in their wire form, by Google's own definition. */
import { protos } from '@google-cloud/pubsub';

const { PubsubMessage: Definition } = protos.google.pubsub.v1;

export interface WireMessage {
  readonly data: Uint8Array;
  readonly attributes: ReadonlyMap<string, string>;
  readonly messageId: string;
  readonly publishTime: { readonly seconds: number; readonly nanos: number } | null;
  readonly orderingKey: string;
}

export function encodeMessage({ attributes, ...message }: WireMessage): Uint8Array {
  return Definition.encode({ ...message, attributes: Object.fromEntries(attributes) }).finish();
}

export function decodeMessage(message: Uint8Array): protos.google.pubsub.v1.PubsubMessage {
  return Definition.decode(message);
}

/** The body of a serialised message. */
export function dataOf(message: Uint8Array): Buffer {
  return Buffer.from(decodeMessage(message).data as Uint8Array);
}
