import { readFromPubsub } from '../../beam/pubsub_read';
import { type PCollection, type Root, timestampParam, withName } from '../../beam/sdk';
import { step } from '../../beam/step';
import type { RangeChunk } from '../../schema/chunk';
import { MessagesToChunks } from './messages_to_chunks';

export interface ReadMessagesOptions {
  /** `projects/P/subscriptions/S`. */
  readonly subscription: string;
  /** Attribute that carries a message's event time. */
  readonly timestampAttribute: string;
  /** Attribute that is the same for messages that are the same, for a runner that leaves out what comes again soon. Our own needs none. */
  readonly idAttribute?: string;
}

/** The source of live traffic: Beam's own read of a subscription, the messages of a bundle put together for the parser. */
export function readMessages(options: ReadMessagesOptions): (root: Root) => PCollection<RangeChunk> {
  const { subscription } = options;
  const read = withName('Read messages', (start: Root) =>
    (start.apply(readFromPubsub(options) as never) as PCollection<Uint8Array>).apply(
      step('Messages to chunks', new MessagesToChunks(subscription), {
        timestamp: timestampParam(),
      }) as never,
    ),
  );
  return (root) => root.apply(read as never) as PCollection<RangeChunk>;
}
