/** The parts a combine per key is executed in, before and behind the shuffle. */
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Instant, Window } from 'apache-beam/values';
import { ValueEncoder } from '../bytes';
import { type Element, NO_FIRING, withValue } from '../elements';
import { restore } from '../functions';
import { after, eachInTurn, type MaybePromise } from '../maybe_promise';
import { combineTimestamps } from '../timestamps';
import {
  atStep,
  type Operator,
  type OperatorContext,
  type OperatorFactory,
  onlyInput,
  onlyOutput,
} from './operator';

interface CombineFn {
  createAccumulator(): unknown;
  addInput(accumulator: unknown, input: unknown): unknown;
  mergeAccumulators(accumulators: Iterable<unknown>): unknown;
  extractOutput(accumulator: unknown): unknown;
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
      return fn.extractOutput(accumulator);
    }),
  ],
]);

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

function combineFnOf(transform: runnerApi.PTransform): CombineFn {
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
  private readonly keyOf: (key: unknown, window: Window) => string;
  private readonly combineTimes: (window: Window, a: Instant, b: Instant) => Instant;
  private partials = new Map<string, Partial>();

  constructor(context: OperatorContext) {
    const { transform, descriptor, coders } = context;
    this.fn = combineFnOf(transform);
    this.step = transform.uniqueName;
    this.output = onlyOutput(context);
    const input = descriptor.pcollections[onlyInput(transform)];
    const strategy = descriptor.windowingStrategies[input.windowingStrategyId];
    const keyCoder = coders.get(coders.keyAndValue(input.coderId)![0]);
    const windowCoder = coders.get(strategy.windowCoderId);
    const encoder = new ValueEncoder();
    this.keyOf = (key, window) => {
      const windowKey = encoder.latin1(windowCoder, window);
      return `${windowKey.length} ${windowKey}${encoder.latin1(keyCoder, key)}`;
    };
    this.combineTimes = combineTimestamps(strategy.outputTime);
  }

  process(element: Element): MaybePromise<void> {
    return atStep(this.step, element, () => {
      const { key, value } = element.value as KeyValue;
      for (const window of element.windows) this.add(key, window, value, element.timestamp);
      return this.partials.size > MOST_ACCUMULATORS ? this.flush() : undefined;
    });
  }

  finishBundle(): MaybePromise<void> {
    return this.flush();
  }

  private add(key: unknown, window: Window, value: unknown, timestamp: Instant): void {
    const id = this.keyOf(key, window);
    let partial = this.partials.get(id);
    if (partial === undefined) {
      partial = { key, window, accumulator: this.fn.createAccumulator(), timestamp };
      this.partials.set(id, partial);
    }
    partial.accumulator = this.fn.addInput(partial.accumulator, value);
    partial.timestamp = this.combineTimes(window, partial.timestamp, timestamp);
  }

  private flush(): MaybePromise<void> {
    const partials = this.partials;
    this.partials = new Map();
    const send = ({ key, window, accumulator, timestamp }: Partial) =>
      this.output({ value: { key, value: accumulator }, windows: [window], timestamp, pane: NO_FIRING });
    return after(eachInTurn(partials.values(), send), () => undefined);
  }
}
