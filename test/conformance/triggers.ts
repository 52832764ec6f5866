/** Triggers of cases as protos, and Beam's rules for the trigger behind a grouping. */
import type { Trigger } from 'apache-beam/proto/beam_runner_api';
import type { CaseTrigger } from './case_format';

/** The proto of a trigger; nothing is checked, so that a runner gets to see what it has to refuse. */
export function triggerProto(trigger: CaseTrigger): Trigger {
  switch (trigger.type) {
    case 'default':
      return { trigger: { oneofKind: 'default', default: {} } };
    case 'never':
      return { trigger: { oneofKind: 'never', never: {} } };
    case 'always':
      return { trigger: { oneofKind: 'always', always: {} } };
    case 'afterSynchronizedProcessingTime':
      return {
        trigger: { oneofKind: 'afterSynchronizedProcessingTime', afterSynchronizedProcessingTime: {} },
      };
    case 'elementCount':
      return { trigger: { oneofKind: 'elementCount', elementCount: { elementCount: trigger.n } } };
    case 'afterProcessingTime':
      return {
        trigger: {
          oneofKind: 'afterProcessingTime',
          afterProcessingTime: { timestampTransforms: timestampTransforms(trigger) },
        },
      };
    case 'afterEndOfWindow': {
      const { early, late } = trigger;
      const afterEndOfWindow = {
        ...(early && { earlyFirings: triggerProto(early) }),
        ...(late && { lateFirings: triggerProto(late) }),
      };
      return { trigger: { oneofKind: 'afterEndOfWindow', afterEndOfWindow } };
    }
    case 'repeat':
      return { trigger: { oneofKind: 'repeat', repeat: { subtrigger: triggerProto(trigger.of) } } };
    case 'afterAny':
      return { trigger: { oneofKind: 'afterAny', afterAny: { subtriggers: trigger.of.map(triggerProto) } } };
    case 'afterAll':
      return { trigger: { oneofKind: 'afterAll', afterAll: { subtriggers: trigger.of.map(triggerProto) } } };
    case 'afterEach':
      return {
        trigger: { oneofKind: 'afterEach', afterEach: { subtriggers: trigger.of.map(triggerProto) } },
      };
    case 'orFinally': {
      const orFinally = { main: triggerProto(trigger.main), finally: triggerProto(trigger.until) };
      return { trigger: { oneofKind: 'orFinally', orFinally } };
    }
  }
}

/** First the delay, then the next multiple of the period. */
function timestampTransforms(trigger: CaseTrigger & { type: 'afterProcessingTime' }) {
  const { delayMs, alignTo } = trigger;
  const transforms = [];
  if (delayMs !== undefined) {
    const delay = { delayMillis: BigInt(delayMs) };
    transforms.push({ timestampTransform: { oneofKind: 'delay' as const, delay } });
  }
  if (alignTo !== undefined) {
    const aligned = { period: BigInt(alignTo.periodMs), offset: BigInt(alignTo.offsetMs ?? 0) };
    transforms.push({ timestampTransform: { oneofKind: 'alignTo' as const, alignTo: aligned } });
  }
  return transforms;
}

/**
 * Beam's continuation trigger: what a grouping leaves to the steps behind it that name no trigger themselves. It passes panes on as soon as they come, since the wait has been paid for.
 */
export function continuation(trigger: CaseTrigger): CaseTrigger {
  switch (trigger.type) {
    case 'elementCount':
      return { type: 'elementCount', n: 1 };
    case 'afterProcessingTime':
      return { type: 'afterSynchronizedProcessingTime' };
    case 'afterEndOfWindow': {
      const { early, late } = trigger;
      return {
        type: 'afterEndOfWindow',
        ...(early && { early: continuation(early) }),
        ...(late && { late: continuation(late) }),
      };
    }
    case 'repeat':
      return { type: 'repeat', of: continuation(trigger.of) };
    case 'afterAny':
    case 'afterAll':
      return { type: trigger.type, of: trigger.of.map(continuation) };
    case 'afterEach':
      return { type: 'repeat', of: { type: 'afterAny', of: trigger.of.map(continuation) } };
    case 'orFinally':
      return {
        type: 'repeat',
        of: { type: 'orFinally', main: continuation(trigger.main), until: continuation(trigger.until) },
      };
    default:
      return trigger;
  }
}
