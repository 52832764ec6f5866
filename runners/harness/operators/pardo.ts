/** Runs a user's DoFn. */

import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Window } from 'apache-beam/values';
import type { BundleConnections } from '../descriptor';
import {
  bindParams,
  type MetricParam,
  type Param,
  type ParamProvider,
  type SideInputParam,
  sideInputsIn,
} from '../do_fn_params';
import { type Element, withValue, withWindows } from '../elements';
import { restore } from '../functions';
import { after, eachInTurn, eachResult, isPromise, type MaybePromise } from '../maybe_promise';
import { describeElement } from '../preview';
import { SideInputValues } from '../side_inputs';
import {
  asStepError,
  atStepPhase,
  type Operator,
  type OperatorContext,
  onlyOutput,
  type Receiver,
} from './operator';

type Results<T> = MaybePromise<Iterable<T> | AsyncIterable<T> | undefined>;

/** What the SDK's DoFn may have, and what we let it have beyond: everything may be asynchronous, setup and teardown. */
interface RunnableDoFn {
  setup?(context: unknown): MaybePromise<void>;
  startBundle?(context: unknown): MaybePromise<void>;
  process(value: unknown, context: unknown): Results<unknown>;
  finishBundle?(context: unknown): Results<Element>;
  teardown?(context: unknown): MaybePromise<void>;
}

export class ParDo implements Operator, ParamProvider {
  private readonly step: string;
  private readonly doFn: RunnableDoFn;
  private readonly context: unknown;
  private readonly output: Receiver;
  private readonly sideInputParams: SideInputParam[];
  private readonly sideInputs: SideInputValues;
  private current: Element | undefined;
  private readonly currentSideInputs = new Map<string, unknown>();

  constructor(private readonly operator: OperatorContext) {
    const { transform } = operator;
    this.step = transform.uniqueName;
    this.output = onlyOutput(operator);
    const payload = runnerApi.ParDoPayload.fromBinary(transform.spec!.payload);
    const { doFn, context } = restore<{ doFn: RunnableDoFn; context: unknown }>(payload.doFn!.payload);
    this.doFn = doFn;
    this.context = bindParams(context, this);
    this.sideInputParams = sideInputsIn(context);
    this.sideInputs = new SideInputValues(operator, payload.sideInputs);
  }

  async setup(): Promise<void> {
    await atStepPhase(this.step, 'setup', () => this.doFn.setup?.(this.context));
  }

  async startBundle(bundle: BundleConnections): Promise<void> {
    this.sideInputs.connect(bundle.sideInputs);
    await atStepPhase(this.step, 'startBundle', () => this.doFn.startBundle?.(this.context));
  }

  process(element: Element): MaybePromise<void> {
    // A DoFn that can see its window sees one at a time.
    if (this.context === undefined || element.windows.length === 1) return this.processOne(element);
    return eachInTurn(element.windows, (window) => this.processOne(withWindows(element, [window])));
  }

  async finishBundle(): Promise<void> {
    await atStepPhase(this.step, 'finishBundle', () =>
      eachResult(this.doFn.finishBundle?.(this.context), (element) => this.output(windowed(element))),
    );
  }

  async teardown(): Promise<void> {
    await atStepPhase(this.step, 'teardown', () => this.doFn.teardown?.(this.context));
  }

  lookup(param: Param): unknown {
    const element = this.current;
    if (element === undefined)
      throw new Error(`${param.parDoParamName} is only known while an element is processed`);
    switch (param.parDoParamName) {
      case 'window':
        return element.windows[0];
      case 'timestamp':
        return element.timestamp;
      case 'paneinfo':
        return element.pane;
      case 'sideInput':
        return this.currentSideInputs.get((param as SideInputParam).sideInputId);
      default:
        throw new Error(`The DoFn asks for an unknown parameter, ${param.parDoParamName}`);
    }
  }

  update(param: Param, value: unknown): void {
    if (param.parDoParamName !== 'metric') {
      throw new Error(`The DoFn updates an unknown parameter, ${param.parDoParamName}`);
    }
    this.operator.metrics.record(this.step, param as MetricParam, value as number);
  }

  private processOne(element: Element): MaybePromise<void> {
    try {
      const ready =
        this.sideInputParams.length === 0 ? undefined : this.prepareSideInputs(element.windows[0]);
      const done = isPromise(ready) ? ready.then(() => this.call(element)) : this.call(element);
      return isPromise(done) ? done.then(undefined, (cause) => this.fail(element, cause)) : done;
    } catch (cause) {
      this.fail(element, cause);
    }
  }

  /** Hands the element to the DoFn. Many give out nothing and are done at once: for them nothing is made here. */
  private call(element: Element): MaybePromise<void> {
    this.current = element;
    const results = this.doFn.process(element.value, this.context);
    if (results !== undefined) {
      const sent = eachResult(results, (value) => this.output(withValue(element, value)));
      if (isPromise(sent)) return sent.then(() => this.forget());
    }
    this.current = undefined;
  }

  private forget(): void {
    this.current = undefined;
  }

  private fail(element: Element, cause: unknown): never {
    throw asStepError(this.step, () => describeElement(element), cause);
  }

  private prepareSideInputs(window: Window): MaybePromise<void> {
    if (this.sideInputParams.length === 0) return;
    return eachInTurn(this.sideInputParams, (param) =>
      after(this.sideInputs.value(param, window), (value) => {
        this.currentSideInputs.set(param.sideInputId, value);
      }),
    );
  }
}

/** Elements of different windows meet in a bundle: what finishBundle gives out has to say where it belongs. */
function windowed(element: Element): Element {
  if (!Array.isArray(element?.windows) || element.timestamp === undefined || element.pane === undefined) {
    throw new TypeError('finishBundle has to give out windowed values: { value, windows, timestamp, pane }');
  }
  return element;
}
