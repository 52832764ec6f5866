/** The timestamp of what a grouping gives out, from those of what went in. */
import { OutputTime_Enum } from 'apache-beam/proto/beam_runner_api';
import type { Instant, Window } from 'apache-beam/values';

/** Combines two timestamps of one window as the windowing strategy says. */
export function combineTimestamps(
  outputTime: OutputTime_Enum,
): (window: Window, a: Instant, b: Instant) => Instant {
  switch (outputTime) {
    case OutputTime_Enum.EARLIEST_IN_PANE:
      return (_window, a, b) => (a.compare(b) <= 0 ? a : b);
    case OutputTime_Enum.LATEST_IN_PANE:
      return (_window, a, b) => (a.compare(b) >= 0 ? a : b);
    case OutputTime_Enum.END_OF_WINDOW:
      return (window) => window.maxTimestamp();
    default:
      throw new Error(`Unknown timestamp combiner, ${outputTime}`);
  }
}
