/**
 * Triggers as state machines: what each element, merge and firing does to a window's triggers, and when they want to fire. The rules are those of the Beam model as its Java runners
 * have them; test/conformance holds them against each other.
 */

/** What a tree of triggers remembers of one window: by a trigger's number in the tree, whether it has finished, and one number (a count, or a time to wait for). */
export class TriggerState {
  readonly finished: Uint8Array;
  readonly numbers: Float64Array;

  constructor(triggers: number) {
    this.finished = new Uint8Array(triggers);
    this.numbers = new Float64Array(triggers).fill(Number.NaN);
  }
}

/** The window at hand, as its triggers see it. Instants are milliseconds. */
export interface TriggerWindow {
  readonly state: TriggerState;
  readonly lastMoment: number;
  readonly inputWatermark: number;
  readonly processingTime: number;
  /** Whether windows can merge: then triggers that have been passed may become current again. */
  readonly merging: boolean;
  wakeAtEventTime(instant: number): void;
  wakeAtProcessingTime(instant: number): void;
}

/** Windows that become one: `state` is the new one's, fresh. */
export interface MergedTriggerWindow extends TriggerWindow {
  readonly merged: readonly TriggerState[];
  /** Of those the one that was the same window before, if one was. */
  readonly before: TriggerState | undefined;
}

export abstract class Trigger {
  /** Number in the tree. */
  number = 0;

  constructor(readonly parts: readonly Trigger[] = []) {}

  abstract onElement(window: TriggerWindow): void;
  abstract onMerge(window: MergedTriggerWindow): void;
  abstract shouldFire(window: TriggerWindow): boolean;
  /** Called when {@link shouldFire}. */
  abstract onFire(window: TriggerWindow): void;

  /** Sets the timers that it waits for, with its parts: after a restart. */
  awaken(window: TriggerWindow): void {
    for (const part of this.parts) part.awaken(window);
  }

  /** Forgets what it has counted or waits for, with its parts; what has finished stays so. */
  clear(window: TriggerWindow): void {
    window.state.numbers[this.number] = Number.NaN;
    for (const part of this.parts) part.clear(window);
  }

  /** Begins anew, with its parts. */
  reset(window: TriggerWindow): void {
    this.clear(window);
    this.unfinish(window);
  }

  isFinished({ state }: TriggerWindow): boolean {
    return state.finished[this.number] === 1;
  }

  protected finish({ state }: TriggerWindow, finished = true): void {
    state.finished[this.number] = finished ? 1 : 0;
  }

  protected firstUnfinished(window: TriggerWindow): Trigger | undefined {
    return this.parts.find((part) => !part.isFinished(window));
  }

  protected finishedInAll({ merged }: MergedTriggerWindow): boolean {
    return merged.every(({ finished }) => finished[this.number] === 1);
  }

  protected finishedInAny({ merged }: MergedTriggerWindow): boolean {
    return merged.some(({ finished }) => finished[this.number] === 1);
  }

  private unfinish(window: TriggerWindow): void {
    this.finish(window, false);
    for (const part of this.parts) part.unfinish(window);
  }
}

/** Whether the watermark is beyond the window's last moment. */
export function isOver({ inputWatermark, lastMoment }: TriggerWindow): boolean {
  return inputWatermark > lastMoment;
}

/** Numbers a tree's triggers; returns how many there are. */
export function numberTriggers(root: Trigger): number {
  let next = 0;
  const visit = (trigger: Trigger): void => {
    trigger.number = next++;
    trigger.parts.forEach(visit);
  };
  visit(root);
  return next;
}
