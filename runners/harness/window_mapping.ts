/** Which window of a side input belongs to a window of the main input. */
import {
  ASSIGN_MAX_TIMESTAMP_WINDOW_MAPPING_FN_URN,
  GLOBAL_WINDOW_MAPPING_FN_URN,
  IDENTITY_WINDOW_MAPPING_FN_URN,
} from 'apache-beam/internal/urns';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { GlobalWindow, type Window } from 'apache-beam/values';
import { GlobalWindows, windowFnFromProto } from '../../beam/windows';

export type WindowMapping = (mainWindow: Window) => Window;

/** The mappings that `windowMapping` can make. */
export const WINDOW_MAPPING_URNS: ReadonlySet<string> = new Set([
  GLOBAL_WINDOW_MAPPING_FN_URN,
  IDENTITY_WINDOW_MAPPING_FN_URN,
  ASSIGN_MAX_TIMESTAMP_WINDOW_MAPPING_FN_URN,
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
        // Of several the one that starts first, as in Java.
        return windowFn.assignWindows(window.maxTimestamp()).at(-1)!;
      };
    }
    default:
      throw new Error(`The side input has an unknown window mapping, ${mapping?.urn}`);
  }
}
