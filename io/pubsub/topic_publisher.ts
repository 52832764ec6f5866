/**
 * Publishes messages to one topic: in batches, with a bound on what is under way, again where the service did not answer, in order within an ordering key.
 *
 * The service takes one ordering key a request, so messages with keys of their own go in requests of their own: this is what limits the rate, see docs/replay.md.
 */
import type { PubSub, Topic } from '@google-cloud/pubsub';
import { InputError } from '../input_error';
import { checkCredentials, closeClient, openClient } from './client';
import type { OutgoingMessage } from './outgoing_message';
import { grpcCode, isDenied, publishFailure } from './publish_failure';

export interface PublisherLimits {
  /** Messages handed over and not confirmed at most; one more has to wait. */
  readonly messages: number;
  /** The same in bytes of data. A single message may be larger. */
  readonly bytes: number;
  /** How long one request is tried again before it is given up, milliseconds. */
  readonly patienceMs: number;
}

export const PUBLISHER_LIMITS: PublisherLimits = { messages: 2000, bytes: 32 << 20, patienceMs: 600_000 };

/** Messages and bytes of a request, and how long it waits to be filled. */
const BATCHING = { maxMessages: 500, maxBytes: 1 << 20, maxMilliseconds: 10 };
/** What is known of the topic must come within this time, or the service counts as unreachable. */
const OPEN_TIMEOUT_MS = 8000;
/** CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE: what the client itself takes for passing. */
const PASSING = [1, 2, 4, 8, 10, 13, 14];
/** Tries get slower to a fifth of a minute: the client's own minute would let an outage of a second last a minute. */
const BACKOFF = {
  initialRetryDelayMillis: 100,
  retryDelayMultiplier: 2,
  maxRetryDelayMillis: 5000,
  initialRpcTimeoutMillis: 60_000,
  rpcTimeoutMultiplier: 1,
  maxRpcTimeoutMillis: 60_000,
};

/** Pub/Sub takes no larger message: data, attributes and key together, in bytes. */
export const MESSAGE_BYTES = 10_000_000;

/** How far a publisher is. */
export interface PublisherStatistics {
  /** Messages handed over so far. */
  readonly messages: number;
  /** Bytes of their data. */
  readonly bytes: number;
  /** Messages that the service has confirmed. */
  readonly confirmed: number;
  /** How long nothing has been confirmed although something is under way, milliseconds: above some seconds the service doesn't answer. */
  readonly stalledMs: number;
}

export class TopicPublisher {
  private messages = 0;
  private bytes = 0;
  private confirmed = 0;
  private pendingBytes = 0;
  private lastConfirmed = Date.now();
  private failure: unknown;
  private waiting: (() => void)[] = [];

  private constructor(
    private readonly client: PubSub,
    private readonly topic: Topic,
    private readonly limits: PublisherLimits,
  ) {}

  /**
   * A publisher for a topic, `projects/P/topics/T`. The emulator is used where `PUBSUB_EMULATOR_HOST` is set.
   *
   * @throws {InputError} where the topic is missing, the service can't be reached or the credentials are no good.
   */
  static async open(name: string, limits: Partial<PublisherLimits> = {}): Promise<TopicPublisher> {
    const all = { ...PUBLISHER_LIMITS, ...limits };
    const client = openClient(name.split('/')[1]);
    const topic = client.topic(name, {
      messageOrdering: true,
      batching: BATCHING,
      gaxOpts: {
        retry: {
          retryCodes: PASSING,
          backoffSettings: { ...BACKOFF, totalTimeoutMillis: all.patienceMs },
        },
      },
    });
    try {
      await checkCredentials(client);
      await topic.getMetadata({ timeout: OPEN_TIMEOUT_MS, retry: null });
    } catch (error) {
      // Who may publish needs no right to look at the topic: then the first message will tell.
      if (!isDenied(error)) {
        await closeClient(client);
        throw publishFailure(name, error);
      }
    }
    return new TopicPublisher(client, topic, all);
  }

  /** What has been published. */
  get statistics(): PublisherStatistics {
    const { messages, bytes, confirmed } = this;
    return {
      ...{ messages, bytes, confirmed },
      stalledMs: this.pending > 0 ? Date.now() - this.lastConfirmed : 0,
    };
  }

  /**
   * Hands a message over. Returns a promise where there is no more room: wait for it before the next one.
   *
   * @throws {InputError} where an earlier message was refused for good: nothing can be published any more. Or where this one is too large, see {@link MESSAGE_BYTES}.
   */
  publish(message: OutgoingMessage): Promise<void> | undefined {
    this.throwFailure();
    const { data, attributes, orderingKey } = message;
    const size = messageBytes(message);
    if (size > MESSAGE_BYTES)
      throw new InputError(
        `cannot publish a message of ${size} bytes to ${this.topic.name}: Pub/Sub takes ${MESSAGE_BYTES} at most. It begins with ${JSON.stringify(Buffer.from(data.subarray(0, 80)).toString('utf8'))}`,
      );
    if (this.pending === 0) this.lastConfirmed = Date.now();
    const { length } = data;
    this.messages++;
    this.bytes += length;
    this.pendingBytes += length;
    this.topic.publishMessage(
      { data: data as Buffer, attributes, ...(orderingKey !== '' && { orderingKey }) },
      (error) => this.settle(length, error),
    );
    return this.hasRoom ? undefined : this.until(() => this.hasRoom);
  }

  /** Waits until the service has confirmed all that was handed over. @throws {InputError} where it refused something. */
  async flush(): Promise<void> {
    // A batch leaves by itself within BATCHING's time.
    await this.until(() => this.pending === 0);
  }

  /** Ends the connection. What was not flushed may be lost. */
  async close(): Promise<void> {
    await closeClient(this.client);
  }

  private get pending(): number {
    return this.messages - this.confirmed;
  }

  private get hasRoom(): boolean {
    return this.pending < this.limits.messages && this.pendingBytes < this.limits.bytes;
  }

  private settle(bytes: number, error: Error | null): void {
    if (error === null) {
      this.confirmed++;
      this.pendingBytes -= bytes;
      this.lastConfirmed = Date.now();
    } else {
      this.failure ??= publishFailure(this.topic.name, originOf(error));
    }
    const { waiting } = this;
    this.waiting = [];
    for (const wake of waiting) wake();
  }

  private async until(condition: () => boolean): Promise<void> {
    this.throwFailure();
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
      this.throwFailure();
    }
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure;
  }
}

/** Size of a message as the service counts it. */
export function messageBytes({ data, attributes, orderingKey }: OutgoingMessage): number {
  const texts = [orderingKey, ...Object.entries(attributes).flat()];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), data.length);
}

/** The client gives up a request with an error that tells of its patience; what the service had said last stands in it. */
function originOf(error: Error): Error {
  const inner = 'cause' in error && error.cause instanceof Error ? error.cause : error;
  return grpcCode(inner) >= 0 ? inner : error;
}
