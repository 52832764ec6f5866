/** Triggers without parts. */
import { isOver, type MergedTriggerWindow, Trigger, type TriggerWindow } from './trigger';

/** Fires whenever it is asked once the window is over, and never finishes. */
export class DefaultTrigger extends Trigger {
  override onElement(window: TriggerWindow): void {
    this.awaken(window);
  }

  override awaken(window: TriggerWindow): void {
    if (!isOver(window)) window.wakeAtEventTime(window.lastMoment);
  }

  override onMerge(): void {}

  override shouldFire(window: TriggerWindow): boolean {
    return isOver(window);
  }

  override onFire(): void {}
}

/** Leaves everything to the window's expiry. */
export class NeverTrigger extends Trigger {
  override onElement(): void {}
  override onMerge(): void {}
  override onFire(): void {}

  override shouldFire(): boolean {
    return false;
  }
}

/** Fires whenever it is asked. */
export class AlwaysTrigger extends Trigger {
  override onElement(): void {}
  override onMerge(): void {}
  override onFire(): void {}

  override shouldFire(): boolean {
    return true;
  }
}

/** Fires once, after a number of elements. */
export class ElementCountTrigger extends Trigger {
  constructor(private readonly count: number) {
    super();
  }

  override onElement(window: TriggerWindow): void {
    window.state.numbers[this.number] = this.seen(window) + 1;
  }

  override onMerge(window: MergedTriggerWindow): void {
    this.finish(window, this.finishedInAny(window));
    window.state.numbers[this.number] = this.isFinished(window)
      ? Number.NaN
      : window.merged.reduce((sum, { numbers }) => sum + (numbers[this.number] || 0), 0);
  }

  override shouldFire(window: TriggerWindow): boolean {
    return this.seen(window) >= this.count;
  }

  override onFire(window: TriggerWindow): void {
    this.clear(window);
    this.finish(window);
  }

  private seen({ state }: TriggerWindow): number {
    return state.numbers[this.number] || 0;
  }
}

/** From the processing time of the first element to when it is to fire. */
export type TimestampTransform = (instant: number) => number;

/** Fires once, when processing time is beyond what its first element's became by the transforms. */
export class ProcessingTimeTrigger extends Trigger {
  constructor(private readonly transform: TimestampTransform) {
    super();
  }

  override onElement(window: TriggerWindow): void {
    if (!Number.isNaN(window.state.numbers[this.number])) return;
    this.waitFor(window, this.transform(window.processingTime));
  }

  /** What has fired for a window that now is larger waits anew, with the next element. */
  override onMerge(window: MergedTriggerWindow): void {
    this.finish(window, window.before?.finished[this.number] === 1);
    if (this.isFinished(window)) return;
    const targets = window.merged
      .map(({ numbers }) => numbers[this.number])
      .filter((target) => !Number.isNaN(target));
    if (targets.length > 0) this.waitFor(window, Math.min(...targets));
  }

  override shouldFire(window: TriggerWindow): boolean {
    return window.processingTime > window.state.numbers[this.number];
  }

  override onFire(window: TriggerWindow): void {
    this.clear(window);
    this.finish(window);
  }

  override awaken(window: TriggerWindow): void {
    const target = window.state.numbers[this.number];
    if (!Number.isNaN(target)) window.wakeAtProcessingTime(target);
  }

  private waitFor(window: TriggerWindow, target: number): void {
    window.state.numbers[this.number] = target;
    window.wakeAtProcessingTime(target);
  }
}

/** Fires once, when the window is over. */
export class EndOfWindowTrigger extends Trigger {
  override onElement(window: TriggerWindow): void {
    this.awaken(window);
  }

  override awaken(window: TriggerWindow): void {
    if (!isOver(window)) window.wakeAtEventTime(window.lastMoment);
  }

  /** Where it has not fired in all that is merged, what has not been given out is still to come on time; and so it is where the new window goes on. */
  override onMerge(window: MergedTriggerWindow): void {
    this.finish(window, this.finishedInAll(window) && isOver(window));
  }

  override shouldFire(window: TriggerWindow): boolean {
    return isOver(window);
  }

  override onFire(window: TriggerWindow): void {
    this.finish(window);
  }
}
