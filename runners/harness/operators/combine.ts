/** The parts a combine per key is executed in, before and behind the shuffle. */
import type { Coder } from 'apache-beam/coders/coders';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Instant, Window } from 'apache-beam/values';
import { ValueEncoder } from '../bytes';
import { type Element, NO_FIRING, withValue } from '../elements';
import { restore } from '../functions';
import { KeyedMap } from '../keyed_map';
import { eachInTurn, type MaybePromise } from '../maybe_promise';
import { type TimestampCombiner, timestampCombiner } from '../timestamps';
import {
  atStep,
  type Operator,
  type OperatorContext,
  type OperatorFactory,
  onlyInput,
  onlyOutput,
} from './operator';

export interface CombineFn {
  createAccumulator(): unknown;
  addInput(accumulator: unknown, input: unknown): unknown;
  mergeAccumulators(accumulators: Iterable<unknown>): unknown;
  extractOutput(accumulator: unknown): unknown;
  /** An extension of ours: the accumulator will not be used again, and its memory may be. */
  release?(accumulator: unknown): void;
}

interface KeyValue {
  readonly key: unknown;
  readonly value: unknown;
}

export const COMBINE_OPERATORS: ReadonlyMap<string, OperatorFactory> = new Map<string, OperatorFactory>([
  ['beam:transform:combine_per_key_precombine:v1', (context) => new Precombine(context)],
  [
    'beam:transform:combine_per_key_merge_accumulators:v1',
    ofValue((fn, accumulators) => fn.mergeAccumulators(accumulators as Iterable<unknown>)),
  ],
  [
    'beam:transform:combine_per_key_extract_outputs:v1',
    ofValue((fn, accumulator) => fn.extractOutput(accumulator)),
  ],
  [
    'beam:transform:combine_per_key_convert_to_accumulators:v1',
    ofValue((fn, input) => fn.addInput(fn.createAccumulator(), input)),
  ],
  [
    'beam:transform:combine_grouped_values:v1',
    ofValue((fn, inputs) => {
      let accumulator = fn.createAccumulator();
      for (const input of inputs as Iterable<unknown>) accumulator = fn.addInput(accumulator, input);
      const output = fn.extractOutput(accumulator);
      fn.release?.(accumulator);
      return output;
    }),
  ],
]);

/** The function of a ParDo that combines the values of each key and window, for runners that know ParDos only. Its payload is that of the combine. */
export const COMBINE_VALUES_FN_URN = 'funnelpulse:dofn:combine_grouped_values:v1';

export function combineValues(context: OperatorContext): Operator {
  const urn = 'beam:transform:combine_grouped_values:v1';
  const { payload } = runnerApi.ParDoPayload.fromBinary(context.transform.spec!.payload).doFn!;
  const transform = { ...context.transform, spec: { urn, payload } };
  return COMBINE_OPERATORS.get(urn)!({ ...context, transform });
}

/** A part that maps the value of each key by itself. */
function ofValue(map: (fn: CombineFn, value: unknown) => unknown): OperatorFactory {
  return (context) => {
    const fn = combineFnOf(context.transform);
    const output = onlyOutput(context);
    const step = context.transform.uniqueName;
    return {
      process: (element) =>
        atStep(step, element, () => {
          const { key, value } = element.value as KeyValue;
          return output(withValue(element, { key, value: map(fn, value) }));
        }),
    };
  };
}

/** The function of a combine's step. */
export function combineFnOf(transform: runnerApi.PTransform): CombineFn {
  const payload = runnerApi.CombinePayload.fromBinary(transform.spec!.payload);
  return restore<{ combineFn: CombineFn }>(payload.combineFn!.payload).combineFn;
}

/** Accumulators in memory before they are all sent on: keys that come once would else fill it. */
const MOST_ACCUMULATORS = 10_000;

interface Partial {
  readonly key: unknown;
  readonly window: Window;
  accumulator: unknown;
  timestamp: Instant;
}

/** Combines what one bundle has of each key and window, so that less goes through the shuffle. */
class Precombine implements Operator {
  private readonly fn: CombineFn;
  private readonly step: string;
  private readonly output: (element: Element) => MaybePromise<void>;
  private readonly keyCoder: Coder<unknown>;
  private readonly windowCoder: Coder<unknown>;
  private readonly encoder = new ValueEncoder();
  private readonly timestamps: TimestampCombiner;
  private readonly partials = new Map<string, KeyedMap<Partial>>();
  private held = 0;
  /** Elements that follow one another are often of one window. */
  private lastWindow: Window | undefined;
  private lastPartials: KeyedMap<Partial> | undefined;

  constructor(context: OperatorContext) {
    const { transform, descriptor, coders } = context;
    this.fn = combineFnOf(transform);
    this.step = transform.uniqueName;
    this.output = onlyOutput(context);
    const input = descriptor.pcollections[onlyInput(transform)];
    const strategy = descriptor.windowingStrategies[input.windowingStrategyId];
    this.keyCoder = coders.get(coders.keyAndValue(input.coderId)![0]);
    this.windowCoder = coders.get(strategy.windowCoderId);
    this.timestamps = timestampCombiner(strategy.outputTime);
  }

  process(element: Element): MaybePromise<void> {
    return atStep(this.step, element, () => {
      const { key, value } = element.value as KeyValue;
      for (const window of element.windows) this.add(key, window, value, element.timestamp);
      return this.held > MOST_ACCUMULATORS ? this.flush() : undefined;
    });
  }

  finishBundle(): MaybePromise<void> {
    return this.flush();
  }

  private add(key: unknown, window: Window, value: unknown, timestamp: Instant): void {
    const partial = this.partialsIn(window).getOrMake(key, () => {
      this.held++;
      const combined = this.timestamps.of(window, timestamp);
      return { key, window, accumulator: this.fn.createAccumulator(), timestamp: combined };
    });
    partial.accumulator = this.fn.addInput(partial.accumulator, value);
    partial.timestamp = this.timestamps.merge(partial.timestamp, timestamp);
  }

  private partialsIn(window: Window): KeyedMap<Partial> {
    if (window === this.lastWindow) return this.lastPartials!;
    const id = this.encoder.latin1(this.windowCoder, window);
    let partials = this.partials.get(id);
    if (partials === undefined) {
      partials = new KeyedMap(this.keyCoder);
      this.partials.set(id, partials);
    }
    this.lastWindow = window;
    this.lastPartials = partials;
    return partials;
  }

  private flush(): MaybePromise<void> {
    const all = [...this.partials.values()].flatMap((partials) => [...partials.values()]);
    this.partials.clear();
    this.lastWindow = undefined;
    this.held = 0;
    return eachInTurn(all, ({ key, window, accumulator, timestamp }) =>
      this.output({ value: { key, value: accumulator }, windows: [window], timestamp, pane: NO_FIRING }),
    );
  }
}
