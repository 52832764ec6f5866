/** A step of the graph at work in a stage, and what it takes to make one. */
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { StepError } from '../../step_error';
import type { Coders } from '../coders';
import type { BundleConnections, Receiver, StageDescriptor } from '../descriptor';
import type { Element } from '../elements';
import { isPromise, type MaybePromise } from '../maybe_promise';
import type { MetricsRecorder } from '../metrics';
import { describeElement } from '../preview';

/** Life: setup, then for every bundle startBundle, process for each element, finishBundle; at the end teardown. */
export interface Operator {
  setup?(): MaybePromise<void>;
  startBundle?(bundle: BundleConnections): MaybePromise<void>;
  process(element: Element): MaybePromise<void>;
  finishBundle?(): MaybePromise<void>;
  teardown?(): MaybePromise<void>;
}

export type { Receiver } from '../descriptor';

/** What an operator is made from. */
export interface OperatorContext {
  readonly transformId: string;
  readonly transform: runnerApi.PTransform;
  readonly descriptor: StageDescriptor;
  readonly coders: Coders;
  readonly metrics: MetricsRecorder;
  /** By the output's name in the transform's proto. */
  readonly outputs: ReadonlyMap<string, Receiver>;
}

export type OperatorFactory = (context: OperatorContext) => Operator;

/** The receiver of a transform's one output; of one without outputs, a receiver that takes and forgets. */
export function onlyOutput({ outputs, transform }: OperatorContext): Receiver {
  if (outputs.size > 1)
    throw new Error(`${transform.uniqueName} has ${outputs.size} outputs, one was expected`);
  for (const receiver of outputs.values()) return receiver;
  return () => undefined;
}

/** The id of a transform's one input that is no side input. */
export function onlyInput({ inputs, uniqueName }: runnerApi.PTransform): string {
  const ids = Object.values(inputs);
  if (ids.length !== 1) throw new Error(`${uniqueName} has ${ids.length} inputs, one was expected`);
  return ids[0];
}

/** Runs `work` on the element; what it throws leaves as a StepError, unless a step further down has made one of it. */
export function atStep(step: string, element: Element, work: () => MaybePromise<void>): MaybePromise<void> {
  try {
    const result = work();
    if (!isPromise(result)) return result;
    return result.then(undefined, (cause) => {
      throw asStepError(step, () => describeElement(element), cause);
    });
  } catch (cause) {
    throw asStepError(step, () => describeElement(element), cause);
  }
}

/** Runs a part of a step's life that belongs to no element. */
export async function atStepPhase<T>(step: string, phase: string, work: () => MaybePromise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw asStepError(step, () => phase, cause);
  }
}

/** What a step's code threw, with the step and where it was; unless a step further down has said so already. */
export function asStepError(step: string, origin: () => string, cause: unknown): unknown {
  return cause instanceof StepError || cause instanceof BundleStopped
    ? cause
    : new StepError(step, origin(), cause);
}

/** Thrown through a bundle that is given up because the run has ended otherwise. */
export class BundleStopped extends Error {
  override readonly name = 'BundleStopped';
}
