/** Refuses, before anything runs, what this runner would otherwise do differently from the model. */
import { ASSIGN_MAX_TIMESTAMP_WINDOW_MAPPING_FN_URN } from 'apache-beam/internal/urns';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { PRECEDING_WINDOW_URN, PrecedingWindow } from '../../beam/preceding_window';
import { WINDOW_FN_URNS, windowFnFromProto } from '../../beam/windows';
import { OPERATORS } from '../harness/operators';
import { DO_FN_OPERATORS } from '../harness/operators/sdk_fns';
import { WINDOW_MAPPING_URNS } from '../harness/window_mapping';
import { UnsupportedStepError } from '../step_error';
import type { SharedProtos, Step, StepGraph } from './stages';
import { refusedTrigger } from './triggers';

/** The mappings to a window of the side input that the global window has no place in. */
const WINDOWED_MAPPING_URNS: ReadonlySet<string> = new Set([
  ASSIGN_MAX_TIMESTAMP_WINDOW_MAPPING_FN_URN,
  PRECEDING_WINDOW_URN,
]);
const PARDO_URN = 'beam:transform:pardo:v1';

/** @throws UnsupportedStepError naming the first step that can't be run as the model says */
export function refuseUnsupported(
  { steps, components }: StepGraph,
  { unsafeTriggers = false }: { unsafeTriggers?: boolean } = {},
): void {
  const hasRoot = steps.some(({ kind }) => kind === 'root');
  for (const step of steps) {
    const reason =
      refusedKind(step) ??
      (hasRoot ? undefined : refusedOutput(step, components)) ??
      (step.kind === 'group' || step.kind === 'combine'
        ? refusedGrouping(step, components, unsafeTriggers)
        : undefined) ??
      (step.transform.spec?.urn === PARDO_URN ? refusedParDo(step, components) : undefined);
    if (reason !== undefined) throw new UnsupportedStepError(step.transform.uniqueName, reason);
  }
}

function refusedKind({ kind, transform }: Step): string | undefined {
  const urn = transform.spec?.urn ?? '';
  if (kind !== 'process' || OPERATORS.has(urn)) return undefined;
  return urn === '' ? 'the step is empty' : `steps of the kind ${urn} are not supported`;
}

function refusedOutput({ outputs }: Step, { pcollections }: SharedProtos): string | undefined {
  const unbounded = outputs.some((id) => pcollections[id].isBounded === runnerApi.IsBounded_Enum.UNBOUNDED);
  return unbounded ? 'unbounded input is not supported' : undefined;
}

function refusedGrouping(
  { mainInputs: [input] }: Step,
  protos: SharedProtos,
  unsafeTriggers: boolean,
): string | undefined {
  const { coderId, windowingStrategyId } = protos.pcollections[input];
  if (protos.coders[coderId].spec?.urn !== 'beam:coder:kv:v1')
    return 'a grouping needs elements with a key-value coder';
  const strategy = protos.windowingStrategies[windowingStrategyId];
  const urn = strategy.windowFn?.urn;
  if (windowFnFromProto(strategy.windowFn) === undefined)
    return `windows of the kind ${urn} are not supported`;
  const merges = strategy.mergeStatus === runnerApi.MergeStatus_Enum.NEEDS_MERGE;
  if (merges && urn !== WINDOW_FN_URNS.sessions)
    return `merging windows of the kind ${urn} are not supported`;
  return refusedEternity(protos.pcollections[input], strategy) ?? refusedTrigger(strategy, unsafeTriggers);
}

/** The end of the global window never comes to input that has none. */
function refusedEternity(
  { isBounded }: runnerApi.PCollection,
  { windowFn, trigger }: runnerApi.WindowingStrategy,
): string | undefined {
  const waitsForEnd = trigger === undefined || trigger.trigger.oneofKind === 'default';
  if (
    isBounded !== runnerApi.IsBounded_Enum.UNBOUNDED ||
    windowFn?.urn !== WINDOW_FN_URNS.global ||
    !waitsForEnd
  )
    return undefined;
  return 'input without an end, in the global window with the default trigger, would never be grouped';
}

function isGlobal({ windowFn }: runnerApi.WindowingStrategy): boolean {
  return windowFn?.urn === WINDOW_FN_URNS.global;
}

function refusedParDo(
  { transform, mainInputs: [main], sideInputs }: Step,
  protos: SharedProtos,
): string | undefined {
  const mainStrategy = protos.windowingStrategies[protos.pcollections[main].windowingStrategyId];
  const payload = runnerApi.ParDoPayload.fromBinary(transform.spec!.payload);
  if (Object.keys(payload.stateSpecs).length > 0) return 'state is not supported';
  if (Object.keys(payload.timerFamilySpecs).length > 0) return 'timers are not supported';
  if (payload.restrictionCoderId !== '') return 'splittable DoFns are not supported';
  if (payload.requiresTimeSortedInput) return 'input sorted by time is not supported';
  const urn = payload.doFn?.urn ?? '';
  if (!DO_FN_OPERATORS.has(urn)) return `functions of the kind ${urn} are not supported`;
  for (const [name, { accessPattern, windowMappingFn }] of Object.entries(payload.sideInputs)) {
    const side = protos.pcollections[sideInputs.get(name)!];
    const strategy = protos.windowingStrategies[side.windowingStrategyId];
    const { windowFn, mergeStatus } = strategy;
    const eternity = refusedEternity(side, strategy);
    if (eternity !== undefined) return eternity;
    if (
      isGlobal(mainStrategy) &&
      WINDOWED_MAPPING_URNS.has(windowMappingFn?.urn ?? '') &&
      !isGlobal(strategy)
    )
      return `its side input ${name} is in windows, and the global window of the main input is in none of them`;
    if (accessPattern?.urn !== 'beam:side_input:iterable:v1') {
      return `side inputs read as ${accessPattern?.urn} are not supported`;
    }
    if (!WINDOW_MAPPING_URNS.has(windowMappingFn?.urn ?? '')) {
      return `side inputs with the window mapping ${windowMappingFn?.urn} are not supported`;
    }
    if (mergeStatus === runnerApi.MergeStatus_Enum.NEEDS_MERGE || windowFnFromProto(windowFn) === undefined) {
      return `side inputs in windows of the kind ${windowFn?.urn} are not supported`;
    }
    if (
      windowMappingFn?.urn === PRECEDING_WINDOW_URN &&
      !PrecedingWindow.fromProto(windowMappingFn).isOneOf(windowFnFromProto(windowFn))
    )
      return `its side input ${name} has none of the windows that it is looked up in`;
  }
  return undefined;
}
