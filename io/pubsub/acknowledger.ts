/** Keeps messages under lease until they are finalised, and acks them then. */

import type { GrpcFault } from '../wire/grpc_fault';
import { type AckIds, type AckRange, inRequests } from './ack_ids';
import { AckSender } from './ack_sender';
import { Leases, rangeOf } from './leases';
import type { SubscriberChannel } from './subscriber_channel';
import { acknowledgeRequest, modifyDeadlineRequest } from './subscriber_wire';

/** How often leases are looked at. */
const TICK_MS = 1000;
/** How long a request may take. */
const ANSWER_MS = 10_000;

export class Acknowledger {
  private readonly leases = new Leases();
  private readonly sender: AckSender;
  private readonly timer: NodeJS.Timeout;
  private isExtending = false;

  /** @param onProgress told whenever there are fewer unacked messages */
  constructor(
    private readonly channel: SubscriberChannel,
    private readonly subscription: string,
    private readonly leaseSeconds: number,
    onProgress: () => void,
  ) {
    this.sender = new AckSender((ranges) => this.acknowledge(ranges), onProgress);
    this.timer = setInterval(() => void this.extend(), TICK_MS);
  }

  /** Messages that have come, and that the service does not know yet to be done with. */
  get unacked(): number {
    return this.leases.size + this.sender.pending;
  }

  get acked(): number {
    return this.sender.acked;
  }

  get refused(): number {
    return this.sender.refused;
  }

  /** Messages have come, in the order in which they will be finalised. */
  received(ids: AckIds, leaseSeconds: number): void {
    this.leases.add(ids, performance.now() + leaseSeconds * 1000);
  }

  /** The first `count` messages there ever were are durable. Their acks are sent in the background. */
  finalise(count: number): void {
    this.sender.add(this.leases.finalise(count));
  }

  /** The service has forgotten all messages so far; it may give their ack ids to others. */
  void(): void {
    this.leases.void();
    this.sender.void();
  }

  /** Sends the acks that are left, and gives back what is not finalised, so that it comes to others at once. Gives up after `patienceMs`: what is left then comes again when its lease runs out. */
  async close(patienceMs: number): Promise<void> {
    clearInterval(this.timer);
    const givenBack = this.modifyDeadlines(this.leases.all.map(rangeOf), 0, patienceMs);
    await Promise.all([this.sender.flush(patienceMs), givenBack]);
    this.sender.stop();
  }

  /** Extends leases when half of their time is over. What fails is tried again at the next tick. */
  private async extend(): Promise<void> {
    if (this.isExtending) return;
    this.isExtending = true;
    const leaseMs = this.leaseSeconds * 1000;
    const now = performance.now();
    const due = this.leases.due(now + leaseMs / 2);
    const areExtended = await this.modifyDeadlines(due.map(rangeOf), this.leaseSeconds, ANSWER_MS);
    if (areExtended) for (const lease of due) lease.until = now + leaseMs;
    this.isExtending = false;
  }

  private async acknowledge(ranges: readonly AckRange[]): Promise<GrpcFault | null> {
    const request = acknowledgeRequest(this.subscription, ranges);
    const answer = await this.channel.ask('Acknowledge', request, ANSWER_MS);
    return answer instanceof Uint8Array ? null : answer;
  }

  /** One request after the other, until one fails. */
  private async modifyDeadlines(ranges: AckRange[], seconds: number, patienceMs: number): Promise<boolean> {
    const until = Date.now() + patienceMs;
    for (const batch of inRequests(ranges)) {
      const request = modifyDeadlineRequest(this.subscription, batch, seconds);
      const answer = await this.channel.ask('ModifyAckDeadline', request, Math.max(1, until - Date.now()));
      if (!(answer instanceof Uint8Array)) return false;
    }
    return true;
  }
}
