/**
 * The streams by which a subscription is pulled, kept open: one that ends is opened again, and while the service does not answer it is asked until it does.
 *
 * A pull of one message that does not wait is the question. It needs the one permission that streams need, and answers at once, which a stream does not do before there are messages.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type GrpcFault, STATUS } from '../wire/grpc_fault';
import { inputErrorOf, isPermanent, type ServiceAddress } from './service_fault';
import type { PullCall, SubscriberChannel } from './subscriber_channel';
import { pullRequest, streamingPullRequest } from './subscriber_wire';

/** How long one question may take. */
const ANSWER_MS = 8000;
/** At start: the same, and how long a service that is not there is asked again. Somebody is waiting. */
const START_ANSWER_MS = 4000;
const START_PATIENCE_MS = 2000;
/** Later: how long a fault that will not pass by itself is looked at until the run ends with it. A subscription that is made anew, or a permission that is being changed, is back by then. */
const PERMANENT_PATIENCE_MS = 30_000;
/** Messages that come as an answer have the subscription's own ack deadline, which is no shorter. */
const SHORTEST_LEASE_S = 10;
/** Between two questions, or two openings of a stream that keeps ending: at first, and at most. */
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 3000;
/** A stream on which nothing is sent is closed by the service; as Google's clients do. It is also how often a silent service is asked whether it is there. */
const KEEP_ALIVE_MS = 30_000;

/** How long the end waits until the service has ended the streams. */
const END_PATIENCE_MS = 500;

/** A time in which the service does not answer. */
export interface Outage {
  /** When it began, milliseconds since 1970. */
  readonly since: number;
  /** What is wrong and what to do, one sentence or a few. */
  readonly message: string;
}

export interface PullStreamsSettings {
  readonly address: ServiceAddress;
  readonly streams: number;
  /** Lease that messages come with. */
  readonly leaseSeconds: number;
  /** Messages that may be neither acked nor given back, of all streams together. */
  readonly mostUnacked: number;
}

export interface PullStreamsEvents {
  /** A response has come, its messages under lease for so many seconds. */
  received(response: Buffer, leaseSeconds: number): void;
  /** An outage has begun or goes on with another message, or is over: null. */
  outage(outage: Outage | null): void;
  /** The fault will not pass: nothing more will come. */
  failed(error: Error): void;
}

interface Slot {
  call: PullCall | null;
  /** Before it is opened again. */
  wait: number;
}

export class PullStreams {
  private readonly slots: Slot[];
  private readonly stopping = new AbortController();
  private readonly keepAlive: NodeJS.Timeout;
  private isPaused = false;
  private recovery: Promise<void> | null = null;
  /** Something has come since the last keep-alive. */
  private isHeard = false;

  constructor(
    private readonly channel: SubscriberChannel,
    private readonly settings: PullStreamsSettings,
    private readonly events: PullStreamsEvents,
  ) {
    this.slots = Array.from({ length: settings.streams }, () => ({ call: null, wait: FIRST_WAIT_MS }));
    this.keepAlive = setInterval(() => this.stayAlive(), KEEP_ALIVE_MS);
  }

  /** Opens the streams. @throws InputError where the subscription can't be pulled from */
  async start(): Promise<void> {
    const patience = Date.now() + START_PATIENCE_MS;
    for (;;) {
      const fault = await this.ask(START_ANSWER_MS);
      if (fault === null) break;
      if (isPermanent(fault) || Date.now() > patience) throw inputErrorOf(fault, this.settings.address);
      await this.sleep(FIRST_WAIT_MS);
    }
    for (const slot of this.slots) this.open(slot);
  }

  /** Takes nothing in until `resume`; what the service has sent already waits in the channel. */
  pause(): void {
    this.isPaused = true;
    for (const { call } of this.slots) call?.pause();
  }

  resume(): void {
    this.isPaused = false;
    for (const { call } of this.slots) call?.resume();
  }

  /**
   * Ends the streams, and waits until the service says that it has, if it does so soon. What was on its way comes before that, and can be given back. Of a stream that is cut off the service may still believe for
   * a while that it takes messages, and those would come to nobody until their leases run out: the emulator gives it the next ones.
   */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearInterval(this.keepAlive);
    const calls = this.slots.flatMap(({ call }) => call ?? []);
    for (const call of calls) {
      call.resume();
      call.end();
    }
    const patience = Date.now() + END_PATIENCE_MS;
    while (this.slots.some(({ call }) => call !== null) && Date.now() < patience) await delay(5);
    this.closeAll();
  }

  private get isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private open(slot: Slot): void {
    if (this.isStopped || slot.call !== null) return;
    const { address, leaseSeconds, mostUnacked, streams } = this.settings;
    const each = Math.ceil(mostUnacked / streams);
    const opened = Date.now();
    const call = this.channel.pull(
      streamingPullRequest(address.subscription, leaseSeconds, each),
      (response) => {
        slot.wait = FIRST_WAIT_MS;
        this.received(response, leaseSeconds);
      },
      (fault) => {
        if (slot.call !== call) return;
        slot.call = null;
        if (this.isStopped) return;
        if (Date.now() - opened > KEEP_ALIVE_MS) slot.wait = FIRST_WAIT_MS;
        void this.recover().then(() => this.reopen(slot, fault));
      },
    );
    slot.call = call;
    if (this.isPaused) call.pause();
  }

  /** The service ends streams from time to time; only one that ends again and again has to wait. */
  private async reopen(slot: Slot, { code }: GrpcFault): Promise<void> {
    const { wait } = slot;
    slot.wait = Math.min(2 * wait, LONGEST_WAIT_MS);
    if (code !== STATUS.OK || wait > FIRST_WAIT_MS) await this.sleep(wait);
    this.open(slot);
  }

  /** Asks whether the service is there, until it is. */
  private recover(): Promise<void> {
    this.recovery ??= this.askUntilItAnswers().finally(() => {
      this.recovery = null;
    });
    return this.recovery;
  }

  private async askUntilItAnswers(): Promise<void> {
    const since = Date.now();
    let permanentSince = Number.POSITIVE_INFINITY;
    let wait = FIRST_WAIT_MS;
    let told = '';
    for (let fault = await this.ask(); fault !== null && !this.isStopped; fault = await this.ask()) {
      if (!isPermanent(fault)) permanentSince = Number.POSITIVE_INFINITY;
      else permanentSince = Math.min(permanentSince, Date.now());
      const error = inputErrorOf(fault, this.settings.address);
      if (Date.now() - permanentSince >= PERMANENT_PATIENCE_MS) {
        void this.stop();
        this.events.failed(error);
        return;
      }
      this.closeAll();
      if (error.message !== told) this.events.outage({ since, message: error.message });
      told = error.message;
      await this.sleep(wait);
      wait = Math.min(2 * wait, LONGEST_WAIT_MS);
    }
    if (this.isStopped || told === '') return;
    this.events.outage(null);
    for (const slot of this.slots) this.open(slot);
  }

  private async ask(answerMs = ANSWER_MS): Promise<GrpcFault | null> {
    const { subscription } = this.settings.address;
    const answer = await this.channel.ask('Pull', pullRequest(subscription, 1), answerMs);
    if (!(answer instanceof Uint8Array)) return answer;
    if (!this.isStopped) this.received(answer as Buffer, SHORTEST_LEASE_S);
    return null;
  }

  private received(response: Buffer, leaseSeconds: number): void {
    this.isHeard = true;
    this.events.received(response, leaseSeconds);
  }

  private stayAlive(): void {
    for (const { call } of this.slots) call?.write(Buffer.alloc(0));
    if (!this.isHeard && !this.isPaused) void this.recover();
    this.isHeard = false;
  }

  private closeAll(): void {
    for (const slot of this.slots) {
      slot.call?.cancel();
      slot.call = null;
    }
  }

  private async sleep(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => {});
  }
}
