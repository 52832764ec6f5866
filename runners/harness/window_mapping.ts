/** Which window of a side input belongs to a window of the main input. */
import {
  ASSIGN_MAX_TIMESTAMP_WINDOW_MAPPING_FN_URN,
  GLOBAL_WINDOW_MAPPING_FN_URN,
  IDENTITY_WINDOW_MAPPING_FN_URN,
} from 'apache-beam/internal/urns';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { GlobalWindow, type Instant, IntervalWindow, type Window } from 'apache-beam/values';
import { PRECEDING_WINDOW_URN, PrecedingWindow } from '../../beam/preceding_window';
import { GlobalWindows, SlidingWindows, windowFnFromProto } from '../../beam/windows';

export type WindowMapping = (mainWindow: Window) => Window;

/** The mappings that `windowMapping` can make. */
export const WINDOW_MAPPING_URNS: ReadonlySet<string> = new Set([
  GLOBAL_WINDOW_MAPPING_FN_URN,
  IDENTITY_WINDOW_MAPPING_FN_URN,
  ASSIGN_MAX_TIMESTAMP_WINDOW_MAPPING_FN_URN,
  PRECEDING_WINDOW_URN,
]);

/** @param sideWindowFn of the side input's windowing strategy */
export function windowMapping(
  mapping: runnerApi.FunctionSpec | undefined,
  sideWindowFn: runnerApi.FunctionSpec | undefined,
): WindowMapping {
  switch (mapping?.urn) {
    case GLOBAL_WINDOW_MAPPING_FN_URN: {
      const global = new GlobalWindow();
      return () => global;
    }
    case IDENTITY_WINDOW_MAPPING_FN_URN:
      return (window) => window;
    case ASSIGN_MAX_TIMESTAMP_WINDOW_MAPPING_FN_URN: {
      const windowFn = windowFnFromProto(sideWindowFn);
      if (windowFn === undefined) throw new Error(`The side input has unknown windows, ${sideWindowFn?.urn}`);
      return (window) => {
        if (window instanceof GlobalWindow && !(windowFn instanceof GlobalWindows)) {
          throw new Error('An element in the global window has no window in a side input that is windowed');
        }
        const end = window.maxTimestamp();
        return windowFn instanceof SlidingWindows
          ? firstSliding(windowFn, end)
          : windowFn.assignWindows(end)[0];
      };
    }
    case PRECEDING_WINDOW_URN: {
      const preceding = PrecedingWindow.fromProto(mapping);
      return (window) => preceding.windowFor(window);
    }
    default:
      throw new Error(`The side input has an unknown window mapping, ${mapping?.urn}`);
  }
}

/** Of the sliding windows that hold an instant the one that starts first; where it starts before 1970 a later one, as in Java, whose remainders are negative there. */
function firstSliding({ sizeMs, periodMs, offsetMs }: SlidingWindows, instant: Instant): IntervalWindow {
  const before = instant.sub(sizeMs);
  const start = before.sub(before.add(periodMs - offsetMs).mod(periodMs)).add(periodMs);
  return new IntervalWindow(start, start.add(sizeMs));
}
