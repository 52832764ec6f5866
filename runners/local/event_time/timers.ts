import { Holds } from './holds';

export type TimeDomain = 'event' | 'processing';

/** Timers of a grouping in one domain of time: for an instant, the windows of keys that want to be woken. Each is set once an instant, however often it is asked for. */
export class Timers<W> {
  private readonly waiting = new Map<number, Set<W>>();
  private readonly instants = new Holds();

  set(instant: number, window: W): void {
    let windows = this.waiting.get(instant);
    if (windows === undefined) {
      windows = new Set();
      this.waiting.set(instant, windows);
      this.instants.add(instant);
    }
    windows.add(window);
  }

  delete(instant: number, window: W): void {
    const windows = this.waiting.get(instant);
    if (windows?.delete(window) && windows.size === 0) this.forget(instant);
  }

  /** Infinity where nobody waits. */
  get earliest(): number {
    return this.instants.least;
  }

  /** Takes those out that wait for an instant before `now`. */
  *takeBefore(now: number): Generator<W> {
    for (let instant = this.earliest; instant < now; instant = this.earliest) {
      const windows = this.waiting.get(instant)!;
      this.forget(instant);
      yield* windows;
    }
  }

  private forget(instant: number): void {
    this.waiting.delete(instant);
    this.instants.remove(instant);
  }
}
