/** Where a stage's elements come in and go out. */
import type { BundleConnections, BundleSink } from '../descriptor';
import type { Element } from '../elements';
import type { MaybePromise } from '../maybe_promise';
import { atStep, type Operator, type OperatorContext, onlyOutput, type Receiver } from './operator';

export class Source implements Operator {
  /** Runs an element of the bundle through the stage. */
  readonly receive: Receiver;

  constructor(private readonly context: OperatorContext) {
    this.receive = onlyOutput(context);
  }

  process(): never {
    throw new Error(`${this.context.transform.uniqueName} is a source and receives nothing within its stage`);
  }
}

export class Sink implements Operator {
  private sink: BundleSink | undefined;

  constructor(private readonly context: OperatorContext) {}

  startBundle(bundle: BundleConnections): void {
    this.sink = bundle.sink(this.context.transformId);
  }

  process(element: Element): MaybePromise<void> {
    return atStep(this.context.transform.uniqueName, element, () => this.sink!.write(element));
  }

  finishBundle(): void {
    this.sink = undefined;
  }
}
