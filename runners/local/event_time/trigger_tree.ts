/** A windowing strategy's trigger → the tree that runs it. */
import type {
  TimestampTransform as TransformProto,
  Trigger as TriggerProto,
} from 'apache-beam/proto/beam_runner_api';
import {
  AllTrigger,
  AnyTrigger,
  EachTrigger,
  EarlyAndLateTrigger,
  OrFinallyTrigger,
  RepeatTrigger,
} from './composite_triggers';
import {
  AlwaysTrigger,
  DefaultTrigger,
  ElementCountTrigger,
  EndOfWindowTrigger,
  NeverTrigger,
  ProcessingTimeTrigger,
  type TimestampTransform,
} from './leaf_triggers';
import { numberTriggers, type Trigger } from './trigger';

export interface TriggerTree {
  readonly root: Trigger;
  /** How many triggers it has. */
  readonly size: number;
}

/** @throws Error for a kind that is refused at submission */
export function triggerTree(proto: TriggerProto | undefined): TriggerTree {
  const root = proto === undefined ? new DefaultTrigger() : triggerOf(proto);
  return { root, size: numberTriggers(root) };
}

function triggerOf({ trigger }: TriggerProto): Trigger {
  switch (trigger.oneofKind) {
    case 'default':
      return new DefaultTrigger();
    case 'never':
      return new NeverTrigger();
    case 'always':
      return new AlwaysTrigger();
    case 'elementCount':
      return new ElementCountTrigger(Math.max(1, trigger.elementCount.elementCount));
    case 'afterProcessingTime':
      return new ProcessingTimeTrigger(transformOf(trigger.afterProcessingTime.timestampTransforms));
    case 'afterEndOfWindow': {
      const { earlyFirings, lateFirings } = trigger.afterEndOfWindow;
      if (earlyFirings === undefined && lateFirings === undefined) return new EndOfWindowTrigger();
      return new EarlyAndLateTrigger(
        earlyFirings === undefined ? new NeverTrigger() : triggerOf(earlyFirings),
        lateFirings && triggerOf(lateFirings),
      );
    }
    case 'repeat':
      return new RepeatTrigger(triggerOf(trigger.repeat.subtrigger!));
    case 'afterAny':
      return new AnyTrigger(trigger.afterAny.subtriggers.map(triggerOf));
    case 'afterAll':
      return new AllTrigger(trigger.afterAll.subtriggers.map(triggerOf));
    case 'afterEach':
      return new EachTrigger(trigger.afterEach.subtriggers.map(triggerOf));
    case 'orFinally':
      return new OrFinallyTrigger(triggerOf(trigger.orFinally.main!), triggerOf(trigger.orFinally.finally!));
    default:
      throw new Error(`a trigger of the kind ${trigger.oneofKind} can't be run`);
  }
}

/** Delays add to the instant, alignments move it up to the next multiple of their period. */
function transformOf(transforms: readonly TransformProto[]): TimestampTransform {
  const steps = transforms.map(({ timestampTransform }): TimestampTransform => {
    switch (timestampTransform.oneofKind) {
      case 'delay': {
        const delay = Number(timestampTransform.delay.delayMillis);
        return (instant) => instant + delay;
      }
      case 'alignTo': {
        const period = Number(timestampTransform.alignTo.period);
        const offset = Number(timestampTransform.alignTo.offset);
        // As Beam computes it. Before the offset it is the multiple after the next: the remainder keeps the sign of what is divided.
        return (instant) => {
          const since = (instant - offset) % period;
          return since === 0 ? instant : instant + period - since;
        };
      }
      default:
        throw new Error('a trigger has a transform of its time that is of no known kind');
    }
  });
  return (instant) => steps.reduce((time, step) => step(time), instant);
}
