/**
 * A Pub/Sub subscription as an input without an end, for the local runner.
 *
 * Messages are acked when a checkpoint holds what came of them, and under lease until then. A run that is killed leaves its leases to run out, and the messages come again to the next one; those that were durable
 * already are duplicates then, which the graph leaves out. So nothing is lost, and nothing counts twice.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { InputError } from '../input_error';
import { grpcFaultOf, STATUS } from '../wire/grpc_fault';
import { AckIds } from './ack_ids';
import { Acknowledger } from './acknowledger';
import { emulatorHost } from './emulator';
import { messageTimes } from './event_time';
import { ListeningClock } from './listening_clock';
import { MessageBuffer } from './message_buffer';
import { type Outage, PullStreams } from './pull_streams';
import { inputErrorOf, type ServiceAddress } from './service_fault';
import { decodeMark, encodeMark } from './source_mark';
import { SubscriberChannel } from './subscriber_channel';
import { receivedIn } from './subscriber_wire';
import {
  DEFAULT_LIMITS,
  EMULATOR_STREAMS,
  SERVICE_STREAMS,
  type SubscriptionLimits,
  type SubscriptionOptions,
} from './subscription_options';
import {
  DEFAULT_IDLE_TIMEOUT_MS,
  DEFAULT_MAX_JUMP_MS,
  DEFAULT_MEMORY_MS,
  DEFAULT_SLACK_MS,
  END_OF_TIME,
  SubscriptionWatermark,
  type WatermarkOptions,
} from './subscription_watermark';

/** How long credentials are looked for. */
const CREDENTIALS_MS = 4000;
/** How long the end waits for acks; in an outage only as long as a flicker. */
const CLOSE_PATIENCE_MS = 10_000;
const CLOSE_PATIENCE_IN_OUTAGE_MS = 1000;

/** How long the first message that comes waits for others. */
const LINGER_MS = 10;

/** One message. */
export interface PulledMessage {
  /** The serialised PubsubMessage. */
  readonly value: Uint8Array;
  /** Event time, milliseconds since 1970; the watermark where nobody knows it, so that it is neither late nor keeps a window open for long. */
  readonly timestamp: number;
}

export interface PulledMessages {
  readonly elements: readonly PulledMessage[];
  readonly watermark: number;
  readonly isOver: boolean;
}

/** Numbers for a status line. */
export interface SubscriptionStatistics {
  /** Messages that have come, duplicates among them. */
  readonly received: number;
  /** Messages that wait to be given out, and the bytes that they hold in memory. */
  readonly buffered: number;
  readonly bufferedBytes: number;
  /** Messages that have come and whose ack the service has not taken. */
  readonly unacked: number;
  readonly acked: number;
  /** Messages whose ack the service refused, mostly since their lease had run out: they come again. */
  readonly refused: number;
  readonly outages: number;
}

export class SubscriptionSource {
  private readonly id = randomUUID();
  private readonly address: ServiceAddress;
  private readonly limits: SubscriptionLimits;
  private readonly watermarkOptions: WatermarkOptions;
  private readonly timeOf: (message: Uint8Array) => number;
  private readonly buffer = new MessageBuffer();
  private readonly clock = new ListeningClock();
  private watermark: SubscriptionWatermark;
  private channel: SubscriberChannel | null = null;
  private streams: PullStreams | null = null;
  private acks: Acknowledger | null = null;
  private closing: Promise<void> | null = null;
  private outage: Outage | null = null;
  private isPaused = false;
  private failure: Error | null = null;
  private wake = (): void => {};
  private received = 0;
  private given = 0;
  private outages = 0;

  constructor(private readonly options: SubscriptionOptions) {
    const emulator = emulatorHost();
    this.address = { subscription: options.subscription, emulator };
    const streams = emulator === null ? SERVICE_STREAMS : EMULATOR_STREAMS;
    this.limits = { ...DEFAULT_LIMITS, streams, ...options.limits };
    const memoryMs = options.watermark?.memoryMs ?? DEFAULT_MEMORY_MS;
    this.watermarkOptions = {
      slackMs: DEFAULT_SLACK_MS,
      maxJumpMs: DEFAULT_MAX_JUMP_MS,
      whenIdle: 'advance',
      idleTimeoutMs: DEFAULT_IDLE_TIMEOUT_MS,
      ...options.watermark,
      // What a killed run had not acked comes again only when its leases have run out.
      memoryMs: Math.max(memoryMs, this.limits.leaseSeconds * 1000),
    };
    this.watermark = new SubscriptionWatermark(this.watermarkOptions, this.clock.now);
    this.timeOf = messageTimes(options.timestampAttribute, options.eventTimeOf);
  }

  /** @throws InputError where the subscription can't be pulled from, within about ten seconds */
  async open(mark: Uint8Array | null): Promise<void> {
    const { subscription } = this.address;
    if (!/^projects\/[^/]+\/subscriptions\/[^/]+$/.test(subscription)) {
      throw new InputError(
        `${subscription} is no subscription: its name is projects/PROJECT/subscriptions/SUBSCRIPTION.`,
      );
    }
    const restored = mark === null ? null : decodeMark(mark).watermark;
    this.channel = await this.connect();
    this.watermark = new SubscriptionWatermark(this.watermarkOptions, this.clock.now, restored);
    const { leaseSeconds, streams, unackedMessages } = this.limits;
    this.acks = new Acknowledger(this.channel, subscription, leaseSeconds, () => this.regulate());
    this.streams = new PullStreams(
      this.channel,
      { address: this.address, streams, leaseSeconds, mostUnacked: unackedMessages },
      {
        received: (response, seconds) => this.receive(response, seconds),
        outage: (outage) => this.tellOutage(outage),
        failed: (error) => this.fail(error),
      },
    );
    try {
      await this.streams.start();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async pull(most: number, waitMs: number): Promise<PulledMessages> {
    if (this.buffer.count === 0 && this.failure === null) {
      await this.arrival(waitMs);
      // Messages come a few at a time, and a bundle costs as much as a hundred of them.
      if (this.buffer.count > 0 && most > 0) await delay(LINGER_MS);
    }
    if (this.failure !== null) throw this.failure;
    const { clock, watermark } = this;
    const isQuiet = this.buffer.count === 0 && this.outage === null && !this.isPaused;
    const isOver = isQuiet && watermark.isFinished(clock.now);
    const at = isOver ? END_OF_TIME : watermark.at(clock.now, this.buffer.minTime);
    const elements: PulledMessage[] = [];
    this.buffer.take(most, (value, time) =>
      elements.push({ value, timestamp: Number.isNaN(time) ? at : time }),
    );
    this.given += elements.length;
    this.regulate();
    return { elements, watermark: at, isOver };
  }

  mark(): Uint8Array {
    return encodeMark({ watermark: this.watermark.current, source: this.id, given: this.given });
  }

  /** Acks what had been given out when the mark was made; the acks are sent in the background. */
  async finalise(mark: Uint8Array): Promise<void> {
    const { source, given } = decodeMark(mark);
    if (source === this.id) this.acks?.finalise(given);
  }

  /** Sends the acks that are left; what is not finalised is given back to the subscription. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  get statistics(): SubscriptionStatistics {
    const { received, outages, buffer, acks } = this;
    return {
      ...{ received, buffered: buffer.count, bufferedBytes: buffer.bytes, outages },
      ...{ unacked: acks?.unacked ?? 0, acked: acks?.acked ?? 0, refused: acks?.refused ?? 0 },
    };
  }

  private async end(): Promise<void> {
    this.wake();
    await this.streams?.stop();
    await this.acks?.close(this.outage === null ? CLOSE_PATIENCE_MS : CLOSE_PATIENCE_IN_OUTAGE_MS);
    await this.channel?.close();
  }

  private async connect(): Promise<SubscriberChannel> {
    const { address } = this;
    // Nothing is asked of the service yet: it is credentials that are missing.
    const without = (details: string) => inputErrorOf({ code: STATUS.UNAUTHENTICATED, details }, address);
    const waiting = new AbortController();
    const patience = delay(CREDENTIALS_MS, null, { signal: waiting.signal }).catch(() => null);
    const opening = SubscriberChannel.open(address.subscription).catch((error) => {
      throw without(grpcFaultOf(error).details);
    });
    try {
      const channel = await Promise.race([opening, patience]);
      if (channel !== null) return channel;
      void opening.then((late) => late.close()).catch(() => {});
      throw without(`none after ${CREDENTIALS_MS / 1000} s`);
    } finally {
      waiting.abort();
    }
  }

  private receive(response: Buffer, leaseSeconds: number): void {
    try {
      const { ackIds, messages: places } = receivedIn(response);
      const messages: Uint8Array[] = [];
      const times = new Float64Array(places.length / 2);
      const { clock, watermark } = this;
      const { now } = clock;
      let minTime = Number.POSITIVE_INFINITY;
      for (let at = 0; at < times.length; at++) {
        const message = response.subarray(places[2 * at], places[2 * at + 1]);
        const time = this.timeOf(message);
        messages.push(message);
        times[at] = time;
        if (Number.isNaN(time)) watermark.observeUnknown(now);
        else watermark.observe(time, now);
        if (time >= watermark.current && time < minTime) minTime = time;
      }
      this.acks!.received(AckIds.of(response, ackIds), leaseSeconds);
      this.buffer.add({ messages, times, bytes: response.length, minTime });
      this.received += messages.length;
    } catch (error) {
      this.fail(error as Error);
    }
    this.regulate();
    this.wake();
  }

  /** Stops pulling when too much is waiting, and goes on when half of it is gone. */
  private regulate(): void {
    const { buffer, limits, streams, acks } = this;
    if (streams === null || acks === null) return;
    const fullness = Math.max(
      buffer.count / limits.bufferedMessages,
      buffer.bytes / limits.bufferedBytes,
      acks.unacked / limits.unackedMessages,
    );
    if (!this.isPaused && fullness >= 1) {
      this.isPaused = true;
      streams.pause();
    } else if (this.isPaused && fullness < 0.5) {
      this.isPaused = false;
      streams.resume();
    }
    this.clock.isListening = !this.isPaused && this.outage === null;
  }

  private tellOutage(outage: Outage | null): void {
    if (outage !== null && this.outage === null) {
      this.outages++;
      // It forgets its messages, and gives their ack ids to new ones.
      if (this.address.emulator !== null) this.acks!.void();
    }
    this.outage = outage;
    this.regulate();
    this.options.onOutage?.(outage);
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }

  private arrival(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake(), waitMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
