import { GlobalWindow, type PaneInfo, Timing, type WindowedValue } from 'apache-beam/values';
import Long from 'long';

const BEFORE_ALL = Long.fromString('-9223372036854775');
const NO_PANE: PaneInfo = { timing: Timing.UNKNOWN, index: 0, onTimeIndex: 0, isFirst: true, isLast: true };

/** A value as `finishBundle` has to give it out, where elements of different windows have met: it has to say where it belongs. This one is in the global window, without a time of its own, of no pane. */
export function atBundleEnd<T>(value: T): WindowedValue<T> {
  return { value, windows: [new GlobalWindow()], timestamp: BEFORE_ALL, pane: NO_PANE };
}
