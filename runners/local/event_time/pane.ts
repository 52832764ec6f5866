import { type PaneInfo, Timing } from 'apache-beam/values';
import type { WindowState } from './window_state';

/**
 * What the next pane of a window is. Its timing is judged by the watermarks, not by the trigger that fired: late once the output watermark is beyond the window, or once a pane was on
 * time; early while the input watermark has not passed the window.
 */
export function nextPane(
  { pane, lastMoment }: WindowState<unknown>,
  inputWatermark: number,
  outputWatermark: number,
  isLast: boolean,
): PaneInfo {
  const onlyEarly = pane === null || pane.timing === Timing.EARLY;
  const timing =
    outputWatermark > lastMoment || !onlyEarly
      ? Timing.LATE
      : inputWatermark > lastMoment
        ? Timing.ON_TIME
        : Timing.EARLY;
  return {
    timing,
    index: pane === null ? 0 : pane.index + 1,
    onTimeIndex: timing === Timing.EARLY ? -1 : pane === null ? 0 : pane.onTimeIndex + 1,
    isFirst: pane === null,
    isLast,
  };
}
