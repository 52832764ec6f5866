/** A step's side inputs: each is fetched and materialised once a window, at the first element that needs it. */

import type { Coder } from 'apache-beam/coders/coders';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Window } from 'apache-beam/values';
import { ValueEncoder } from './bytes';
import type { Coders } from './coders';
import type { SideInputs, StageDescriptor } from './descriptor';
import type { SideInputParam } from './do_fn_params';
import { after, type MaybePromise } from './maybe_promise';
import { type WindowMapping, windowMapping } from './window_mapping';

interface Collection {
  readonly pcollectionId: string;
  readonly windowCoder: Coder<unknown>;
  readonly mapping: WindowMapping;
  /** Made of the elements, by encoded window. */
  readonly values: Map<string, unknown>;
}

interface Step {
  readonly transformId: string;
  readonly transform: runnerApi.PTransform;
  readonly descriptor: StageDescriptor;
  readonly coders: Coders;
}

export class SideInputValues {
  private readonly collections = new Map<string, Collection>();
  private readonly encoder = new ValueEncoder();
  private source: SideInputs | undefined;

  constructor(
    private readonly step: Step,
    declared: Readonly<Record<string, runnerApi.SideInput>>,
  ) {
    const { transform, descriptor, coders } = step;
    for (const [name, sideInput] of Object.entries(declared)) {
      const pcollectionId = transform.inputs[name];
      const strategy =
        descriptor.windowingStrategies[descriptor.pcollections[pcollectionId].windowingStrategyId];
      this.collections.set(name, {
        pcollectionId,
        windowCoder: coders.get(strategy.windowCoderId),
        mapping: windowMapping(sideInput.windowMappingFn, strategy.windowFn),
        values: new Map(),
      });
    }
  }

  /** Names where the next bundle's side inputs come from; what was made of another source is forgotten. */
  connect(source: SideInputs): void {
    if (source === this.source) return;
    this.source = source;
    for (const { values } of this.collections.values()) values.clear();
  }

  /** What the DoFn shall see of the side input while it works on an element of the window. */
  value(param: SideInputParam, mainWindow: Window): MaybePromise<unknown> {
    const collection = this.collections.get(param.sideInputId);
    if (collection === undefined) throw new Error(`The step has no side input ${param.sideInputId}`);
    const window = collection.mapping(mainWindow);
    const windowKey = this.encoder.latin1(collection.windowCoder, window);
    if (collection.values.has(windowKey)) return collection.values.get(windowKey);
    const request = {
      transformId: this.step.transformId,
      name: param.sideInputId,
      pcollectionId: collection.pcollectionId,
      window,
      windowKey,
    };
    return after(this.source!.elements(request), (elements) => {
      const value = param.accessor.toValue(elements);
      collection.values.set(windowKey, value);
      return value;
    });
  }
}
