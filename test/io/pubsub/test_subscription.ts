/** A topic and a subscription of the emulator for one test, and sources on it that are closed after it. */
import { randomUUID } from 'node:crypto';
import { PubSub } from '@google-cloud/pubsub';
import type { SubscriptionOptions } from '../../../io/pubsub/subscription_options';
import { type PulledMessage, SubscriptionSource } from '../../../io/pubsub/subscription_source';
import type { UnboundedSource } from '../../../runners/local';
import { dataOf } from './wire_message';

const PROJECT = 'funnelpulse-test';

export interface Publication {
  readonly data?: Uint8Array;
  readonly attributes?: Record<string, string>;
}

export class TestSubscription {
  private readonly client = new PubSub({ projectId: PROJECT });
  private readonly sources: SubscriptionSource[] = [];

  private constructor(private readonly id: string) {}

  static async create(): Promise<TestSubscription> {
    const made = new TestSubscription(`t-${randomUUID()}`);
    await made.createAgain();
    return made;
  }

  get name(): string {
    return `projects/${PROJECT}/subscriptions/${this.id}`;
  }

  /** Makes topic and subscription, which the emulator forgets when it stops. */
  async createAgain(): Promise<void> {
    await this.client.createTopic(this.id);
    await this.subscribe();
  }

  /** Makes the subscription on a topic that is there. */
  async subscribe(): Promise<void> {
    await this.client.topic(this.id).createSubscription(this.id, { ackDeadlineSeconds: 10 });
  }

  async delete(): Promise<void> {
    await this.client.subscription(this.id).delete();
  }

  async publish(messages: readonly Publication[]): Promise<void> {
    const topic = this.client.topic(this.id, { batching: { maxMessages: 1000, maxMilliseconds: 5 } });
    await Promise.all(
      messages.map(({ data = Buffer.alloc(0), attributes = { at: '0' } }) =>
        topic.publishMessage({ data: Buffer.from(data), attributes }),
      ),
    );
  }

  /** Publishes `count` messages with the numbers from `from` on as bodies, a second of event time apart. */
  async publishNumbers(count: number, from = 0): Promise<void> {
    const numbers = Array.from({ length: count }, (_, index) => from + index);
    await this.publish(
      numbers.map((n) => ({ data: Buffer.from(String(n)), attributes: { event_time: timeOfNumber(n) } })),
    );
  }

  source(options: Partial<SubscriptionOptions> = {}): SubscriptionSource & UnboundedSource {
    const source = new SubscriptionSource({
      subscription: this.name,
      timestampAttribute: 'event_time',
      eventTimeOf: () => Number.NaN,
      ...options,
    });
    this.sources.push(source);
    return source;
  }

  async close(): Promise<void> {
    await Promise.all(this.sources.map((source) => source.close()));
    await this.client.close();
  }
}

export function timeOfNumber(n: number): string {
  return new Date(Date.UTC(2019, 9, 1) + n * 1000).toISOString();
}

/** Pulls until `count` messages have come. @throws where they don't come within `patienceMs` */
export async function pullAll(
  source: SubscriptionSource,
  count: number,
  patienceMs = 30_000,
): Promise<PulledMessage[]> {
  const pulled: PulledMessage[] = [];
  for (const start = Date.now(); pulled.length < count; ) {
    pulled.push(...(await source.pull(10_000, 200)).elements);
    if (Date.now() - start > patienceMs) throw new Error(`${pulled.length} of ${count} messages came`);
  }
  return pulled;
}

/** Pulls for a while. */
export async function pullFor(source: SubscriptionSource, ms: number): Promise<PulledMessage[]> {
  const pulled: PulledMessage[] = [];
  for (const start = Date.now(); Date.now() - start < ms; )
    pulled.push(...(await source.pull(10_000, 50)).elements);
  return pulled;
}

/** The bodies as numbers, ascending. */
export function numbersIn(messages: readonly PulledMessage[]): number[] {
  return messages.map(({ value }) => Number(dataOf(value).toString())).sort((a, b) => a - b);
}

export function upTo(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** Waits until it holds. @throws where it doesn't within `patienceMs` */
export async function until(condition: () => boolean, patienceMs = 20_000): Promise<void> {
  for (const start = Date.now(); !condition(); ) {
    if (Date.now() - start > patienceMs) throw new Error(`Not within ${patienceMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
