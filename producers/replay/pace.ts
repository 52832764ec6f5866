/** How fast messages leave: so many seconds of event time a second, or so many messages a second. */
export type Pace =
  | {
      /** Seconds of event time per second. */
      readonly speed: number;
      /** A pause of the events, as at night, is not waited for longer than this, milliseconds of real time. */
      readonly maxPauseMs: number;
    }
  | {
      /** Messages per second. */
      readonly rate: number;
    };

/** Says when each message is due. Who can't keep up sends as fast as it can, and has caught up when it is on time again. Times are milliseconds. */
export class Pacer {
  private start: number | null = null;
  private origin = 0;
  private count = 0;
  private lastDue = 0;

  constructor(private readonly pace: Pace) {}

  /** When the next message is due, as a real time; `at` is its departure in event time, not before that of the one before, `now` the real time. */
  due(at: number, now: number): number {
    if (this.start === null) {
      this.start = now;
      this.origin = at;
      this.lastDue = now;
    }
    if ('rate' in this.pace) return this.start + (1000 * this.count++) / this.pace.rate;
    const { speed, maxPauseMs } = this.pace;
    const due = this.start + (at - this.origin) / speed;
    const pause = due - this.lastDue;
    // The time that is left out is left out for all that follow.
    if (pause > maxPauseMs) this.start -= pause - maxPauseMs;
    this.lastDue = Math.min(due, this.lastDue + maxPauseMs);
    return this.lastDue;
  }
}
