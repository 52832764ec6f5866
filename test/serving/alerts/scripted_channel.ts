/** A channel that answers as told and keeps what it was sent. */
import type { AlertChannel, AlertMessage, Delivery } from '../../../schema/alert';

export class ScriptedChannel implements AlertChannel {
  readonly sent: AlertMessage[] = [];
  /** Attempts of all kinds, by message. */
  readonly attempts: string[] = [];
  isClosed = false;
  private waiting: (() => void)[] = [];

  constructor(
    readonly name: string,
    private readonly answer: (
      message: AlertMessage,
      attempt: number,
    ) => Delivery | Promise<Delivery> = () => ({
      outcome: 'sent',
    }),
  ) {}

  async send(message: AlertMessage, signal: AbortSignal): Promise<Delivery> {
    this.attempts.push(message.id);
    const aborted = new Promise<Delivery>((resolve) =>
      signal.addEventListener('abort', () =>
        resolve({ outcome: 'failed', reason: 'aborted', afterMs: null }),
      ),
    );
    const delivery = await Promise.race([this.answer(message, this.attempts.length), aborted]);
    if (delivery.outcome === 'sent') this.sent.push(message);
    for (const told of this.waiting.splice(0)) told();
    return delivery;
  }

  /** Resolves when so many messages have been sent. */
  async has(count: number): Promise<void> {
    while (this.sent.length < count) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  close(): void {
    this.isClosed = true;
  }
}
