/** Topics of the emulator, and what is in them, for tests. */
import type { Message, PubSub } from '@google-cloud/pubsub';
import { closeClient, openClient } from '../../../io/pubsub/client';

const PROJECT = 'local-test';
let made = 0;

export interface TestTopic {
  /** projects/P/topics/T */
  readonly name: string;
  /** Waits for so many messages and acks them; in order of arrival. */
  receive(count: number): Promise<Message[]>;
  /** Removes the topic. */
  remove(): Promise<unknown>;
  close(): Promise<void>;
}

/** A new topic with a subscription. `ordered`: messages of one key come in their order. */
export async function makeTopic({
  ordered = false,
  name = `t-${process.pid}-${++made}`,
} = {}): Promise<TestTopic> {
  const client: PubSub = openClient(PROJECT);
  const [topic] = await client.createTopic(name);
  const [subscription] = await topic.createSubscription(`s-${process.pid}-${++made}`, {
    enableMessageOrdering: ordered,
  });
  return {
    name: topic.name,
    receive: (count) =>
      new Promise((resolve, reject) => {
        const messages: Message[] = [];
        const take = (message: Message): void => {
          messages.push(message);
          message.ack();
          if (messages.length === count) {
            subscription.removeListener('message', take);
            resolve(messages);
          }
        };
        subscription.on('error', reject).on('message', take);
      }),
    remove: () => topic.delete(),
    close: async () => {
      await subscription.close();
      await closeClient(client);
    },
  };
}
