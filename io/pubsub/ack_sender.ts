/** Sends acks in the background, several requests at a time, again and again until they are taken. What is not acked comes again and is a duplicate; so a failure costs work, never data. */
import { setTimeout as delay } from 'node:timers/promises';
import { type GrpcFault, STATUS } from '../wire/grpc_fault';
import { type AckRange, countOf, inRequests } from './ack_ids';

/** Requests under way at once. */
const LANES = 4;
/** Before a request is sent again, milliseconds: at first, and at most. */
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5000;

/** Acks the ranges of one request; null when they are acked. */
export type SendAcks = (ranges: readonly AckRange[]) => Promise<GrpcFault | null>;

export class AckSender {
  /** Messages whose ack the service has taken. */
  acked = 0;
  /** Messages whose ack it refused: they come again. */
  refused = 0;
  /** Messages whose ack is on its way. */
  pending = 0;
  private queue: AckRange[][] = [];
  private lanes = 0;
  private generation = 0;
  private readonly stopping = new AbortController();
  private whenIdle: (() => void)[] = [];

  /** @param onProgress told whenever fewer are pending */
  constructor(
    private readonly send: SendAcks,
    private readonly onProgress: () => void,
  ) {}

  add(ranges: readonly AckRange[]): void {
    for (const batch of inRequests(ranges)) this.queue.push(batch);
    this.pending += countOf(ranges);
    for (let more = Math.min(LANES - this.lanes, this.queue.length); more > 0; more--) void this.work();
  }

  /** Lets go of all that is pending: the service has forgotten these messages. */
  void(): void {
    this.generation++;
    this.queue = [];
    this.pending = 0;
  }

  /** Resolves when nothing is pending, with true, or after `patienceMs`, with false. */
  async flush(patienceMs: number): Promise<boolean> {
    if (this.lanes === 0) return true;
    const idle = new Promise<void>((resolve) => this.whenIdle.push(resolve));
    const patience = new AbortController();
    const over = delay(patienceMs, false, { signal: patience.signal }).catch(() => true);
    void idle.then(() => patience.abort());
    return over;
  }

  /** Sends nothing any more. */
  stop(): void {
    this.stopping.abort();
    this.void();
  }

  private async work(): Promise<void> {
    this.lanes++;
    let wait = FIRST_WAIT_MS;
    for (let batch = this.queue.shift(); batch !== undefined; batch = this.queue.shift()) {
      const { generation } = this;
      const fault = await this.send(batch);
      if (generation !== this.generation) continue;
      if (fault !== null && !isRefusal(fault)) {
        this.queue.unshift(batch);
        await delay(wait, undefined, { signal: this.stopping.signal }).catch(() => {});
        wait = Math.min(2 * wait, LONGEST_WAIT_MS);
        continue;
      }
      wait = FIRST_WAIT_MS;
      const count = countOf(batch);
      this.pending -= count;
      if (fault === null) this.acked += count;
      else this.refused += count;
      this.onProgress();
    }
    if (--this.lanes > 0) return;
    for (const resolve of this.whenIdle) resolve();
    this.whenIdle = [];
  }
}

/** The ids are no good, because their lease ran out say. That the subscription is gone or closed to us is not about them. */
function isRefusal({ code }: GrpcFault): boolean {
  return code === STATUS.INVALID_ARGUMENT || code === STATUS.FAILED_PRECONDITION;
}
