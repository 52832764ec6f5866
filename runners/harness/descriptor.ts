/** What a stage is, and what it is connected to: the seams between the harness and whoever runs it. */
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Window } from 'apache-beam/values';
import type { Element } from './elements';
import type { MaybePromise } from './maybe_promise';

/** The parts of a ProcessBundleDescriptor that a bundle needs; one of the Fn API can be passed as it is. */
export interface StageDescriptor {
  readonly transforms: Readonly<Record<string, runnerApi.PTransform>>;
  readonly pcollections: Readonly<Record<string, runnerApi.PCollection>>;
  readonly coders: Readonly<Record<string, runnerApi.Coder>>;
  readonly windowingStrategies: Readonly<Record<string, runnerApi.WindowingStrategy>>;
}

/** The steps of a stage that are its edges, as in the Fn API. */
export const SOURCE_URN = 'beam:runner:source:v1';
export const SINK_URN = 'beam:runner:sink:v1';

/** Delivers the elements of one bundle to the stage. */
export interface BundleInput {
  /**
   * Hands each element to the receiver of the source transform that it came in by, each once the call before has ended; ends when all have been received.
   * A stage with several sources is given their elements in the order in which they come: none waits for another to end.
   */
  read(receiverOf: (transformId: string) => Receiver): MaybePromise<void>;
}

/** Takes an element; the next is handed over when this is done. */
export type Receiver = (element: Element) => MaybePromise<void>;

/** Takes what one bundle sends over an edge. */
export interface BundleSink {
  write(element: Element): MaybePromise<void>;
}

export interface SideInputRequest {
  readonly transformId: string;
  /** The input's name in the transform's proto. */
  readonly name: string;
  readonly pcollectionId: string;
  /** The window of the side input's own windowing. */
  readonly window: Window;
  /** The window, encoded, one character a byte. */
  readonly windowKey: string;
}

/** Where side inputs come from. The elements may be read once; the caller keeps what it makes of them. */
export interface SideInputs {
  elements(request: SideInputRequest): MaybePromise<Iterable<unknown>>;
}

/** Everything one bundle is connected to; the ids are those of the source and sink transforms. */
export interface BundleConnections {
  readonly input: BundleInput;
  sink(transformId: string): BundleSink;
  readonly sideInputs: SideInputs;
}
