/**
 * The clock of the watermark: it stands still while the source does not hear the subscription, in an outage or while it has stopped pulling because nobody takes what came. What comes after such a time is as old as
 * what came before it, so the time must not let messages drop out of the watermark's memory, nor count as idle.
 */

/** Shorter stops count as listening: a busy run stops and goes on several times a second. */
const SHORT_STOP_MS = 5000;

export class ListeningClock {
  /** How long it stood still. */
  private stood = 0;
  private deafSince: number | null = null;

  /** @param time milliseconds of a clock that never goes back */
  constructor(private readonly time: () => number = () => performance.now()) {}

  get now(): number {
    return this.time() - this.stood - this.standing;
  }

  /** Says whether messages can be heard from now on. */
  set isListening(isListening: boolean) {
    if (isListening) {
      this.stood += this.standing;
      this.deafSince = null;
    } else this.deafSince ??= this.time();
  }

  private get standing(): number {
    return this.deafSince === null ? 0 : Math.max(0, this.time() - this.deafSince - SHORT_STOP_MS);
  }
}
