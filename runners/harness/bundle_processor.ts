/**
 * Runs bundles of one stage, one after another: the fused steps as operators, connected by receivers.
 *
 * It knows neither runner nor transport. Where elements come from and go to is handed in with each bundle, see BundleConnections.
 */

import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { Coders } from './coders';
import { type BundleConnections, type Receiver, SOURCE_URN, type StageDescriptor } from './descriptor';
import type { Element } from './elements';
import { eachInTurn } from './maybe_promise';
import { type BundleMetrics, MetricsRecorder } from './metrics';
import { createOperator } from './operators';
import { Source } from './operators/edges';
import type { Operator } from './operators/operator';

/** Sees an element before whoever consumes it; what it throws ends the bundle. */
export type ElementObserver = (element: Element) => void;

export class BundleProcessor {
  private readonly metrics = new MetricsRecorder();
  private readonly receivers = new Map<string, Receiver>();
  private readonly operatorsById = new Map<string, Operator>();
  /** Producers before consumers. */
  private readonly operators: Operator[];
  private setUp: Operator[] | undefined;

  /**
   * @param observe makes the observer of a PCollection's elements; without, nothing is called
   * @throws Error where the stage holds a step the harness can't run, or a function that no loaded module registered
   */
  constructor(descriptor: StageDescriptor, observe?: (pcollectionId: string) => ElementObserver) {
    const coders = new Coders(descriptor.coders);
    const consumers = consumersOf(descriptor);
    const consumersFirst: Operator[] = [];

    const operator = (transformId: string): Operator => {
      let made = this.operatorsById.get(transformId);
      if (made === undefined) {
        const transform = descriptor.transforms[transformId];
        const outputs = new Map(Object.entries(transform.outputs).map(([tag, id]) => [tag, receiver(id)]));
        made = createOperator({ transformId, transform, descriptor, coders, metrics: this.metrics, outputs });
        this.operatorsById.set(transformId, made);
        consumersFirst.push(made);
      }
      return made;
    };
    const receiver = (pcollectionId: string): Receiver => {
      let made = this.receivers.get(pcollectionId);
      if (made === undefined) {
        made = receiverOf((consumers.get(pcollectionId) ?? []).map(operator));
        if (observe !== undefined) made = observed(made, observe(pcollectionId));
        this.receivers.set(pcollectionId, made);
      }
      return made;
    };
    for (const transformId of Object.keys(descriptor.transforms)) operator(transformId);
    this.operators = consumersFirst.reverse();
  }

  /**
   * Runs one bundle to its end. The processor can go on with another one afterwards, unless this one fails.
   *
   * @throws StepError what a step's code threw, with the step and the element
   */
  async process(bundle: BundleConnections): Promise<BundleMetrics> {
    if (this.setUp === undefined) await this.setup();
    for (const operator of this.operators.toReversed()) await operator.startBundle?.(bundle);
    await bundle.input.read((transformId) => this.sourceCalled(transformId).receive);
    for (const operator of this.operators) await operator.finishBundle?.();
    return this.metrics.take();
  }

  /** What the bundle at work has counted so far. */
  get metricsSoFar(): BundleMetrics {
    return this.metrics.soFar();
  }

  /** Ends the life of the stage's DoFns, of all of them also if some fail at it; the first failure is thrown. */
  async teardown(): Promise<void> {
    const failures: unknown[] = [];
    for (const operator of this.setUp ?? []) {
      try {
        await operator.teardown?.();
      } catch (failure) {
        failures.push(failure);
      }
    }
    this.setUp = undefined;
    if (failures.length > 0) throw failures[0];
  }

  private sourceCalled(transformId: string): Source {
    const operator = this.operatorsById.get(transformId);
    if (operator instanceof Source) return operator;
    throw new Error(`Elements came for ${transformId}, which is no source of the stage`);
  }

  private async setup(): Promise<void> {
    this.setUp = [];
    for (const operator of this.operators) {
      this.setUp.push(operator);
      await operator.setup?.();
    }
  }
}

function observed(receive: Receiver, observe: ElementObserver): Receiver {
  return (element) => {
    observe(element);
    return receive(element);
  };
}

function receiverOf(operators: Operator[]): Receiver {
  if (operators.length === 1) {
    const [only] = operators;
    return (element) => only.process(element);
  }
  return (element) => eachInTurn(operators, (operator) => operator.process(element));
}

/** By PCollection, who takes its elements, as often as it does; side inputs are looked up instead. */
function consumersOf({ transforms }: StageDescriptor): Map<string, string[]> {
  const consumers = new Map<string, string[]>();
  for (const [transformId, transform] of Object.entries(transforms)) {
    if (transform.spec?.urn === SOURCE_URN) continue;
    const sides = sideInputNames(transform);
    for (const [name, pcollectionId] of Object.entries(transform.inputs)) {
      if (sides.has(name)) continue;
      const ids = consumers.get(pcollectionId);
      if (ids === undefined) consumers.set(pcollectionId, [transformId]);
      else ids.push(transformId);
    }
  }
  return consumers;
}

/** The names of a transform's inputs that are side inputs. */
export function sideInputNames({ spec }: runnerApi.PTransform): Set<string> {
  if (spec?.urn !== 'beam:transform:pardo:v1') return new Set();
  return new Set(Object.keys(runnerApi.ParDoPayload.fromBinary(spec.payload).sideInputs));
}
