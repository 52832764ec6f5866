/** Triggers made of others. */
import { isOver, type MergedTriggerWindow, Trigger, type TriggerWindow } from './trigger';

/** Early firings until the window is over, one firing then, late ones afterwards; either kind begins anew after each firing. */
export class EarlyAndLateTrigger extends Trigger {
  constructor(
    private readonly early: Trigger,
    private readonly late: Trigger | undefined,
  ) {
    super(late === undefined ? [early] : [early, late]);
  }

  override onElement(window: TriggerWindow): void {
    if (!isOver(window)) window.wakeAtEventTime(window.lastMoment);
    // Where windows merge, both go on: a later merge may bring back the early one.
    if (window.merging) for (const part of this.parts) part.onElement(window);
    else this.firstUnfinished(window)?.onElement(window);
  }

  override awaken(window: TriggerWindow): void {
    if (!isOver(window)) window.wakeAtEventTime(window.lastMoment);
    super.awaken(window);
  }

  override onMerge(window: MergedTriggerWindow): void {
    const { early, late } = this;
    early.onMerge(window);
    if (this.isPast(window.merged.map(({ finished }) => finished[early.number])) && isOver(window)) {
      this.pass(window);
      late?.onMerge(window);
    } else {
      window.state.finished[early.number] = 0;
      late?.reset(window);
    }
  }

  override shouldFire(window: TriggerWindow): boolean {
    if (!this.early.isFinished(window)) return this.early.shouldFire(window) || isOver(window);
    return this.late?.shouldFire(window) ?? false;
  }

  override onFire(window: TriggerWindow): void {
    const { early, late } = this;
    if (early.isFinished(window)) {
      if (late === undefined) return;
      late.onFire(window);
      late.reset(window);
    } else if (isOver(window)) {
      this.pass(window);
      late?.clear(window);
      if (late === undefined) this.finish(window);
    } else {
      early.onFire(window);
      early.reset(window);
    }
  }

  /** Ends the early firings: that the early part has finished means that the window's own firing is done. */
  private pass(window: TriggerWindow): void {
    this.early.reset(window);
    window.state.finished[this.early.number] = 1;
  }

  private isPast(earlyFinished: readonly number[]): boolean {
    return earlyFinished.every((finished) => finished === 1);
  }
}

/** Fires as its part does, again and again. */
export class RepeatTrigger extends Trigger {
  constructor(private readonly of: Trigger) {
    super([of]);
  }

  override onElement(window: TriggerWindow): void {
    this.of.onElement(window);
  }

  override onMerge(window: MergedTriggerWindow): void {
    this.of.onMerge(window);
  }

  override shouldFire(window: TriggerWindow): boolean {
    return this.of.shouldFire(window);
  }

  override onFire(window: TriggerWindow): void {
    this.of.onFire(window);
    if (this.of.isFinished(window)) this.of.reset(window);
  }
}

/** Fires once, with the first of its parts. */
export class AnyTrigger extends Trigger {
  override onElement(window: TriggerWindow): void {
    for (const part of this.parts) part.onElement(window);
  }

  override onMerge(window: MergedTriggerWindow): void {
    for (const part of this.parts) part.onMerge(window);
    this.finish(
      window,
      this.parts.some((part) => part.isFinished(window)),
    );
  }

  override shouldFire(window: TriggerWindow): boolean {
    return this.parts.some((part) => part.shouldFire(window));
  }

  override onFire(window: TriggerWindow): void {
    for (const part of this.parts) {
      // One that doesn't fire now must begin anew, if the whole does.
      if (part.shouldFire(window)) part.onFire(window);
      else part.clear(window);
    }
    this.finish(window);
  }
}

/** Fires once, when all of its parts want to. */
export class AllTrigger extends Trigger {
  override onElement(window: TriggerWindow): void {
    for (const part of this.parts) if (!part.isFinished(window)) part.onElement(window);
  }

  override onMerge(window: MergedTriggerWindow): void {
    for (const part of this.parts) part.onMerge(window);
    this.finish(
      window,
      this.parts.every((part) => part.isFinished(window)),
    );
  }

  override shouldFire(window: TriggerWindow): boolean {
    return this.parts.every((part) => part.isFinished(window) || part.shouldFire(window));
  }

  override onFire(window: TriggerWindow): void {
    for (const part of this.parts) part.onFire(window);
    this.finish(window);
  }
}

/** Fires as its parts do, one after the other; each takes over where the one before has finished. */
export class EachTrigger extends Trigger {
  override onElement(window: TriggerWindow): void {
    if (window.merging) for (const part of this.parts) part.onElement(window);
    else this.firstUnfinished(window)?.onElement(window);
  }

  override onMerge(window: MergedTriggerWindow): void {
    let before = true;
    for (const part of this.parts) {
      // Behind one that a merge has revived, all the others have not begun.
      if (before) part.onMerge(window);
      else part.reset(window);
      before &&= part.isFinished(window);
    }
    this.finish(window, before);
  }

  override shouldFire(window: TriggerWindow): boolean {
    return this.firstUnfinished(window)?.shouldFire(window) ?? false;
  }

  override onFire(window: TriggerWindow): void {
    this.firstUnfinished(window)?.onFire(window);
    // They all run along where a merge may revive any of them.
    if (window.merging) for (const part of this.parts) part.clear(window);
    this.finish(window, this.firstUnfinished(window) === undefined);
  }
}

/** Fires as `main` does, until `until` fires, which ends it. */
export class OrFinallyTrigger extends Trigger {
  constructor(
    private readonly main: Trigger,
    private readonly until: Trigger,
  ) {
    super([main, until]);
  }

  override onElement(window: TriggerWindow): void {
    this.main.onElement(window);
    this.until.onElement(window);
  }

  override onMerge(window: MergedTriggerWindow): void {
    this.main.onMerge(window);
    this.until.onMerge(window);
    this.update(window);
  }

  override shouldFire(window: TriggerWindow): boolean {
    return this.main.shouldFire(window) || this.until.shouldFire(window);
  }

  override onFire(window: TriggerWindow): void {
    if (this.until.shouldFire(window)) {
      this.until.onFire(window);
      this.main.clear(window);
    } else {
      // What `until` has counted stays: it sees all elements.
      this.main.onFire(window);
    }
    this.update(window);
  }

  private update(window: TriggerWindow): void {
    this.finish(window, this.main.isFinished(window) || this.until.isFinished(window));
  }
}
