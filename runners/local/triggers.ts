/**
 * Which triggers a grouping can have. What Java's SDK refuses when a graph is built is refused here, too: triggers that may finish while data still comes, and compositions that its types don't allow.
 */
import {
  AccumulationMode_Enum,
  type Trigger,
  type WindowingStrategy,
} from 'apache-beam/proto/beam_runner_api';

/** Why a grouping can't have this trigger, or undefined where it can. */
export function refusedTrigger(
  { trigger, accumulationMode, allowedLateness }: WindowingStrategy,
  unsafe: boolean,
): string | undefined {
  if (trigger === undefined) return undefined;
  const unknown = unsupportedPart(trigger);
  if (unknown !== undefined) return `the trigger ${unknown} is not supported`;
  if (accumulationMode === AccumulationMode_Enum.RETRACTING) return 'retractions are not supported';
  const isDefault = trigger.trigger.oneofKind === 'default';
  if (accumulationMode === AccumulationMode_Enum.UNSPECIFIED && (!isDefault || allowedLateness > 0n))
    return 'with a trigger or with lateness it must be said whether panes accumulate';
  const malformed = malformedPart(trigger);
  if (malformed !== undefined) return malformed;
  if (unsafe || !mayFinish(trigger)) return undefined;
  const atEndOfWindow = trigger.trigger.oneofKind === 'afterEndOfWindow';
  if (atEndOfWindow && allowedLateness === 0n) return undefined;
  return 'the trigger may finish before all data has come and would lose the rest; repeat it';
}

type Kind = NonNullable<Trigger['trigger']['oneofKind']>;

const SUPPORTED: ReadonlySet<Kind> = new Set<Kind>([
  'afterAll',
  'afterAny',
  'afterEach',
  'afterEndOfWindow',
  'afterProcessingTime',
  'always',
  'default',
  'elementCount',
  'never',
  'orFinally',
  'repeat',
]);

function unsupportedPart(trigger: Trigger): string | undefined {
  const kind = trigger.trigger.oneofKind;
  if (kind === undefined || !SUPPORTED.has(kind)) return kind ?? 'without a kind';
  for (const part of partsOf(trigger)) {
    const unsupported = unsupportedPart(part);
    if (unsupported !== undefined) return unsupported;
  }
  return undefined;
}

/** What is wrong with a composition: too few parts, or a part that fires more than once where once is meant. */
function malformedPart(trigger: Trigger): string | undefined {
  const { trigger: kind } = trigger;
  const parts = partsOf(trigger);
  switch (kind.oneofKind) {
    case 'afterAll':
    case 'afterAny':
    case 'afterEach':
      if (parts.length < 2) return `the trigger ${kind.oneofKind} needs two parts or more`;
      break;
    case 'afterEndOfWindow':
      if (!parts.every(firesOnce))
        return 'early and late firings must be triggers that fire once: they are repeated anyway';
      break;
    case 'orFinally':
      if (!parts.slice(1).every(firesOnce)) return 'what ends a trigger must be one that fires once';
      break;
  }
  return parts.map(malformedPart).find((malformed) => malformed !== undefined);
}

/** Whether the trigger is one that fires at most once, as Java's types tell them. */
function firesOnce(trigger: Trigger): boolean {
  const { oneofKind } = trigger.trigger;
  if (oneofKind === 'afterAll' || oneofKind === 'afterAny') return partsOf(trigger).every(firesOnce);
  if (oneofKind === 'afterEndOfWindow') return partsOf(trigger).length === 0;
  return oneofKind === 'elementCount' || oneofKind === 'afterProcessingTime' || oneofKind === 'never';
}

/** Whether there may come a time after which the trigger never fires again. */
function mayFinish({ trigger }: Trigger): boolean {
  switch (trigger.oneofKind) {
    case 'always':
    case 'default':
    case 'never':
    case 'repeat':
      return false;
    case 'afterEndOfWindow':
      return trigger.afterEndOfWindow.lateFirings === undefined;
    case 'afterEach':
      return trigger.afterEach.subtriggers.every(mayFinish);
    default:
      return true;
  }
}

function partsOf({ trigger }: Trigger): Trigger[] {
  switch (trigger.oneofKind) {
    case 'afterAll':
      return trigger.afterAll.subtriggers;
    case 'afterAny':
      return trigger.afterAny.subtriggers;
    case 'afterEach':
      return trigger.afterEach.subtriggers;
    case 'afterEndOfWindow':
      return present(trigger.afterEndOfWindow.earlyFirings, trigger.afterEndOfWindow.lateFirings);
    case 'orFinally':
      return present(trigger.orFinally.main, trigger.orFinally.finally);
    case 'repeat':
      return present(trigger.repeat.subtrigger);
    default:
      return [];
  }
}

function present(...triggers: (Trigger | undefined)[]): Trigger[] {
  return triggers.filter((trigger): trigger is Trigger => trigger !== undefined);
}
