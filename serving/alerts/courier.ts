/** Takes messages to one channel: one at a time, in their order, again while it fails. */
import type { AlertChannel, AlertMessage } from '../../schema/alert';
import { backoff } from './backoff';

export interface CourierOptions {
  /** The messages that this channel is still to get, in order; only such as a crash can't undo. */
  readonly waiting: () => readonly AlertMessage[];
  /** The message has arrived, or never will. */
  readonly settle: (messageId: string) => Promise<void>;
  /** Told when the channel begins to fail, when it works again, and what is given up. */
  readonly say: (line: string) => void;
  readonly now: () => number;
  /** Waits, or less where the signal is aborted; for tests. */
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** A message that is older has no news: it is given up. */
export const STALE_MS = 24 * 60 * 60_000;

export class Courier {
  private readonly aborted = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private isRunning = false;
  private isStopping = false;
  private awake: () => void = () => {};
  private failures = 0;
  /** What waits for the next start: the address may be another one then, the disk not full. */
  private readonly aside = new Set<string>();

  constructor(
    private readonly channel: AlertChannel,
    private readonly options: CourierOptions,
  ) {}

  start(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    this.running = this.run();
  }

  wake(): void {
    this.awake();
  }

  /** Ends when there is nothing left to send, or after `patienceMs`; a channel that fails has that time to come back. */
  async stop(patienceMs: number): Promise<void> {
    this.isStopping = true;
    this.wake();
    const end = setTimeout(() => this.aborted.abort(), patienceMs);
    await this.running;
    clearTimeout(end);
  }

  private async run(): Promise<void> {
    const { signal } = this.aborted;
    while (!signal.aborted) {
      const message = this.options.waiting().find(({ id }) => !this.aside.has(id));
      if (message !== undefined) await this.take(message);
      else if (this.isStopping) return;
      else await this.untilWoken();
    }
  }

  private async take(message: AlertMessage): Promise<void> {
    const { say, now } = this.options;
    const { name } = this.channel;
    const { signal } = this.aborted;
    if (now() - message.at > STALE_MS) {
      say(`${name}: gave a message up that could not be sent for a day`);
      return this.done(message.id);
    }
    const delivery = await this.channel.send(message, signal);
    if (delivery.outcome === 'sent') {
      if (this.failures > 0) say(`${name}: works again`);
      this.failures = 0;
      return this.done(message.id);
    }
    if (signal.aborted) return;
    if (delivery.outcome === 'refused') {
      say(`${name}: refused a message, ${delivery.reason}. It is tried again at the next start`);
      this.aside.add(message.id);
      return;
    }
    this.failures++;
    if (this.failures === 1) say(`${name}: ${delivery.reason}; trying again`);
    await this.pause(backoff(this.failures, delivery.afterMs));
  }

  /** Where that can't be stored, this process does not send the message again; the next one will. */
  private async done(messageId: string): Promise<void> {
    try {
      await this.options.settle(messageId);
    } catch (error) {
      this.options.say(`${this.channel.name}: ${error instanceof Error ? error.message : String(error)}`);
      this.aside.add(messageId);
    }
  }

  private pause(milliseconds: number): Promise<void> {
    const { signal } = this.aborted;
    if (this.options.pause !== undefined) return this.options.pause(milliseconds, signal);
    return new Promise((resolve) => {
      const timer = setTimeout(end, milliseconds);
      signal.addEventListener('abort', end, { once: true });
      function end(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      }
    });
  }

  private untilWoken(): Promise<void> {
    return new Promise((resolve) => {
      this.awake = () => {
        this.awake = () => {};
        resolve();
      };
      if (this.isStopping) this.awake();
    });
  }
}
