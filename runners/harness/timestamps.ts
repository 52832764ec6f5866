/** The timestamp of what a grouping gives out, from those of what went in. */
import { OutputTime_Enum } from 'apache-beam/proto/beam_runner_api';
import type { Instant, Window } from 'apache-beam/values';

export interface TimestampCombiner {
  /** Of a value in a window, from the value's own. */
  of(window: Window, timestamp: Instant): Instant;
  /** Of two of the same window. */
  merge(a: Instant, b: Instant): Instant;
}

/** Combines timestamps as a windowing strategy says. */
export function timestampCombiner(outputTime: OutputTime_Enum): TimestampCombiner {
  switch (outputTime) {
    case OutputTime_Enum.EARLIEST_IN_PANE:
      return { of: (_window, own) => own, merge: (a, b) => (isBefore(b, a) ? b : a) };
    case OutputTime_Enum.LATEST_IN_PANE:
      return { of: (_window, own) => own, merge: (a, b) => (isBefore(a, b) ? b : a) };
    case OutputTime_Enum.END_OF_WINDOW:
      return { of: (window) => window.maxTimestamp(), merge: (a) => a };
    default:
      throw new Error(`Unknown timestamp combiner, ${outputTime}`);
  }
}

/** Without the difference of the two, which Long's own comparison makes. */
function isBefore(a: Instant, b: Instant): boolean {
  return a.high === b.high ? a.low >>> 0 < b.low >>> 0 : a.high < b.high;
}
