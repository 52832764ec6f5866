/**
 * The windowing of a case's steps as window function and WindowingStrategy. What a step leaves out it takes over from the step before; the rules are those of Beam's Window transform.
 */
import type { Coder } from 'apache-beam/coders/coders';
import { IntervalWindowCoder } from 'apache-beam/coders/standard_coders';
import {
  AccumulationMode_Enum,
  ClosingBehavior_Enum,
  type FunctionSpec,
  OnTimeBehavior_Enum,
  OutputTime_Enum,
  WindowingStrategy,
} from 'apache-beam/proto/beam_runner_api';
import { requireForSerialization } from 'apache-beam/serialization';
import type { IntervalWindow } from 'apache-beam/values';
import { FixedWindows, GlobalWindows, Sessions, SlidingWindows, type WindowFn } from '../../beam/windows';
import type { CaseTrigger, CaseWindowFn, CaseWindowing } from './case_format';
import { continuation, triggerProto } from './triggers';

/** A case that no graph can say: there is no proto for it. */
export class CannotSay extends Error {
  override readonly name = 'CannotSay';

  constructor(
    readonly step: string,
    readonly reason: string,
  ) {
    super(`${step}: ${reason}`);
  }
}

/** The windowing in force at a point of the graph. */
export interface Windowing {
  readonly fn: CaseWindowFn;
  readonly trigger: CaseTrigger;
  readonly accumulation: CaseWindowing['accumulation'];
  /** Undefined as long as no step has named one. */
  readonly allowedLatenessMs: number | undefined;
  readonly timestampCombiner: NonNullable<CaseWindowing['timestampCombiner']>;
  readonly closingBehavior: NonNullable<CaseWindowing['closingBehavior']>;
  readonly onTimeBehavior: NonNullable<CaseWindowing['onTimeBehavior']>;
}

/** Beam's defaults, which a source's output has. */
export const DEFAULT_WINDOWING: Windowing = {
  fn: { type: 'global' },
  trigger: { type: 'default' },
  accumulation: undefined,
  allowedLatenessMs: undefined,
  timestampCombiner: 'END_OF_WINDOW',
  closingBehavior: 'FIRE_IF_NON_EMPTY',
  onTimeBehavior: 'FIRE_ALWAYS',
};

/**
 * The windowing behind a Window step.
 *
 * @throws CannotSay for a trigger without an allowed lateness, which Java refuses: a WindowingStrategy always has a lateness
 */
export function windowed(before: Windowing, step: string, says: CaseWindowing): Windowing {
  const latenesses = [before.allowedLatenessMs, says.allowedLatenessMs].filter((ms) => ms !== undefined);
  const after: Windowing = {
    ...before,
    ...says,
    // Java keeps the larger: data that one step still takes must not be late for the next.
    allowedLatenessMs: latenesses.length === 0 ? undefined : Math.max(...latenesses),
  };
  const ownTrigger = after.trigger.type !== 'default';
  if (ownTrigger && after.fn.type !== 'global' && after.allowedLatenessMs === undefined) {
    throw new CannotSay(step, 'a trigger needs an allowed lateness');
  }
  return after;
}

/** The windowing behind a grouping: the trigger is the continuation. */
export function grouped(before: Windowing): Windowing {
  return { ...before, trigger: continuation(before.trigger) };
}

/** The proto, but for what windowInto fills in from the window function. */
export function strategyProto(windowing: Windowing): WindowingStrategy {
  return WindowingStrategy.create({
    trigger: triggerProto(windowing.trigger),
    accumulationMode: accumulationMode(windowing),
    outputTime: OUTPUT_TIMES[windowing.timestampCombiner],
    closingBehavior:
      windowing.closingBehavior === 'FIRE_ALWAYS'
        ? ClosingBehavior_Enum.EMIT_ALWAYS
        : ClosingBehavior_Enum.EMIT_IF_NONEMPTY,
    onTimeBehavior:
      windowing.onTimeBehavior === 'FIRE_ALWAYS'
        ? OnTimeBehavior_Enum.FIRE_ALWAYS
        : OnTimeBehavior_Enum.FIRE_IF_NONEMPTY,
    allowedLateness: BigInt(windowing.allowedLatenessMs ?? 0),
    environmentId: 'jsEnvironment',
  });
}

const OUTPUT_TIMES = {
  EARLIEST: OutputTime_Enum.EARLIEST_IN_PANE,
  LATEST: OutputTime_Enum.LATEST_IN_PANE,
  END_OF_WINDOW: OutputTime_Enum.END_OF_WINDOW,
} as const;

/** Discarding where none is named and one pane is all there can be; else the runner has to see that none is named. */
function accumulationMode({ fn, trigger, accumulation, allowedLatenessMs = 0 }: Windowing) {
  if (accumulation === 'accumulating') return AccumulationMode_Enum.ACCUMULATING;
  if (accumulation === 'discarding') return AccumulationMode_Enum.DISCARDING;
  const severalPanes = trigger.type !== 'default' || (fn.type !== 'global' && allowedLatenessMs > 0);
  return severalPanes ? AccumulationMode_Enum.UNSPECIFIED : AccumulationMode_Enum.DISCARDING;
}

export function windowFn(fn: CaseWindowFn): WindowFn {
  switch (fn.type) {
    case 'fixed':
      return new FixedWindows(fn.sizeMs, fn.offsetMs);
    case 'sliding':
      return new SlidingWindows(fn.sizeMs, fn.periodMs, fn.offsetMs);
    case 'sessions':
      return new Sessions(fn.gapMs);
    case 'global':
      return new GlobalWindows();
    case 'calendarDays':
    case 'calendarMonths':
      return new CalendarWindows(fn);
  }
}

/** Windows that no runner of ours knows. Beam has no portable name for them; this one is made up, to be refused. */
class CalendarWindows implements WindowFn<IntervalWindow> {
  readonly beamName = 'CalendarWindows';

  constructor(private readonly fn: CaseWindowFn) {}

  assignWindows(): IntervalWindow[] {
    throw new Error('Calendar windows should have been refused');
  }
  windowCoder(): Coder<IntervalWindow> {
    return IntervalWindowCoder.INSTANCE;
  }
  toProto(): FunctionSpec {
    return { urn: 'funnelpulse:test:calendar_windows:v1', payload: Buffer.from(JSON.stringify(this.fn)) };
  }
  isMerging(): boolean {
    return false;
  }
  assignsToOneWindow(): boolean {
    return true;
  }
}

requireForSerialization('funnelpulse/test/conformance/strategies', { CalendarWindows });
