/**
 * A mapping from a window to an earlier one of a side input: for what is compared with the weeks before it.
 *
 * Beam's own mappings give the window of a side input that holds the end of the main window. One that is still open then depends on when it is looked at; one that has ended long before does not.
 */
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { GlobalWindow, IntervalWindow, type Window } from 'apache-beam/values';
import Long from 'long';
import { FixedWindows, SlidingWindows, type WindowFn } from './windows';

export const PRECEDING_WINDOW_URN = 'funnelpulse:window_mapping:preceding:v1';

/**
 * The window of `sizeMs` that ended `lagMs` before the period of `periodMs` in which the main window starts; periods are counted from 1970.
 *
 * It says by itself which window that is, size and all: a runner that asks a harness to map windows gives it nothing else.
 *
 * ```ts
 * new PrecedingWindow(7 * DAY, DAY, 0) // for any hour of Wednesday: Wednesday to Tuesday
 * ```
 */
export class PrecedingWindow {
  constructor(
    readonly sizeMs: number,
    readonly periodMs: number,
    readonly lagMs: number,
  ) {
    for (const [name, ms, least] of [
      ['size', sizeMs, 1],
      ['period', periodMs, 1],
      ['lag', lagMs, 0],
    ] as const)
      if (!Number.isSafeInteger(ms) || ms < least)
        throw new RangeError(
          `A preceding window's ${name} must be a whole number of milliseconds from ${least}, not ${ms}`,
        );
  }

  static fromProto({ payload }: runnerApi.FunctionSpec): PrecedingWindow {
    const { sizeMs, periodMs, lagMs } = JSON.parse(Buffer.from(payload).toString('utf8')) as PrecedingWindow;
    return new PrecedingWindow(sizeMs, periodMs, lagMs);
  }

  toProto(): runnerApi.FunctionSpec {
    const { sizeMs, periodMs, lagMs } = this;
    return {
      urn: PRECEDING_WINDOW_URN,
      payload: Buffer.from(JSON.stringify({ sizeMs, periodMs, lagMs }), 'utf8'),
    };
  }

  /** End of the window that belongs to a main window with this start; both in milliseconds since 1970, the end is the first moment that is not in the window any more. */
  endFor(start: number): number {
    return Math.floor(start / this.periodMs) * this.periodMs - this.lagMs;
  }

  /** @throws Error for the global window, before which there is none */
  windowFor(mainWindow: Window): IntervalWindow {
    if (mainWindow instanceof GlobalWindow) throw new Error('No window precedes the global window');
    const end = Long.fromNumber(this.endFor((mainWindow as IntervalWindow).start.toNumber()));
    return new IntervalWindow(end.sub(this.sizeMs), end);
  }

  /** Whether windows of this kind are among those of a side input: else every look-up would find nothing. */
  isOneOf(windowFn: WindowFn | undefined): boolean {
    if (!(windowFn instanceof FixedWindows || windowFn instanceof SlidingWindows)) return false;
    const every = windowFn instanceof SlidingWindows ? windowFn.periodMs : windowFn.sizeMs;
    const start = this.endFor(0) - this.sizeMs - windowFn.offsetMs;
    return windowFn.sizeMs === this.sizeMs && this.periodMs % every === 0 && start % every === 0;
  }
}
