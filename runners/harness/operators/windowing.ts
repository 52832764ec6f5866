/** The steps about windows that runners write with standard URNs. */
import { FunctionSpec, WindowIntoPayload } from 'apache-beam/proto/beam_runner_api';
import { IntervalWindow, type Window } from 'apache-beam/values';
import { WINDOW_FN_URNS, windowFnFromProto } from '../../../beam/windows';
import { type Element, withValue } from '../elements';
import { windowMapping } from '../window_mapping';
import { atStep, type Operator, type OperatorContext, type OperatorFactory, onlyOutput } from './operator';
import { assignWindows } from './sdk_fns';

export const WINDOWING_OPERATORS: ReadonlyMap<string, OperatorFactory> = new Map<string, OperatorFactory>([
  ['beam:transform:window_into:v1', windowInto],
  ['beam:transform:map_windows:v1', mapWindows],
  ['beam:transform:merge_windows:v1', mergeWindows],
]);

function windowInto(context: OperatorContext): Operator {
  const { uniqueName, spec } = context.transform;
  const fn = WindowIntoPayload.fromBinary(spec!.payload).windowFn;
  const windowFn = windowFnFromProto(fn);
  if (windowFn === undefined) throw new Error(`${uniqueName} assigns unknown windows, ${fn?.urn}`);
  return assignWindows(context, windowFn);
}

interface Keyed<V> {
  readonly key: unknown;
  readonly value: V;
}

/** (nonce, main window) → (nonce, side window): how a runner asks which window of a side input is meant. */
function mapWindows(context: OperatorContext): Operator {
  const output = onlyOutput(context);
  const mapping = windowMapping(FunctionSpec.fromBinary(context.transform.spec!.payload), undefined);
  return {
    process: (element) =>
      atStep(context.transform.uniqueName, element, () => {
        const { key, value } = element.value as Keyed<Window>;
        return output(withValue(element, { key, value: mapping(value) }));
      }),
  };
}

/** (nonce, windows) → (nonce, (windows that stay, (merged window, windows that went into it)…)). */
function mergeWindows(context: OperatorContext): Operator {
  const { uniqueName, spec } = context.transform;
  const urn = FunctionSpec.fromBinary(spec!.payload).urn;
  if (urn !== WINDOW_FN_URNS.sessions) throw new Error(`${uniqueName} merges unknown windows, ${urn}`);
  const output = onlyOutput(context);
  const process = (element: Element) => {
    const { key, value } = element.value as Keyed<Iterable<IntervalWindow>>;
    const groups = mergeOverlapping(value);
    const stay = groups.filter(({ from }) => from.length === 1).map(({ into }) => into);
    const merged = groups
      .filter(({ from }) => from.length > 1)
      .map(({ into, from }) => ({ key: into, value: from }));
    return output(withValue(element, { key, value: { key: stay, value: merged } }));
  };
  return { process: (element) => atStep(uniqueName, element, () => process(element)) };
}

export interface MergedWindow {
  readonly into: IntervalWindow;
  readonly from: IntervalWindow[];
}

/** Merges the windows that share a moment. Windows that only touch stay apart: a session ends before its end. */
export function mergeOverlapping(windows: Iterable<IntervalWindow>): MergedWindow[] {
  const sorted = [...windows].sort((a, b) => a.start.compare(b.start));
  const merged: { into: IntervalWindow; from: IntervalWindow[] }[] = [];
  for (const window of sorted) {
    const last = merged.at(-1);
    if (last === undefined || window.start.compare(last.into.end) >= 0) {
      merged.push({ into: window, from: [window] });
    } else {
      if (window.end.compare(last.into.end) > 0) last.into = new IntervalWindow(last.into.start, window.end);
      last.from.push(window);
    }
  }
  return merged;
}
