/**
 * What a windowing strategy's trigger means for bounded input.
 *
 * Such input is complete when a grouping speaks, so that every trigger which is safe gives the same one pane. Unsafe ones,
 * which may finish while data still comes, are refused, as Java refuses them.
 */
import {
  AccumulationMode_Enum,
  type Trigger,
  type WindowingStrategy,
} from 'apache-beam/proto/beam_runner_api';

/** Why a grouping can't have this trigger, or undefined where it can. */
export function refusedTrigger({
  trigger,
  accumulationMode,
  allowedLateness,
}: WindowingStrategy): string | undefined {
  if (trigger === undefined) return undefined;
  const unknown = unsupportedPart(trigger);
  if (unknown !== undefined) return `the trigger ${unknown} is not supported`;
  if (accumulationMode === AccumulationMode_Enum.RETRACTING) return 'retractions are not supported';
  if (!mayFinish(trigger)) return undefined;
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
