/** What a pipeline becomes before it runs: stages of fused steps, and the edges between them. */
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { StageDescriptor } from '../harness/descriptor';

/**
 * What happens to elements on their way from one stage to another:
 * `group`: collected by key and window; `combine`: combined by key and window; `reshuffle`: each may go to another bundle; `elements`: only kept until the other stage
 * may begin; `side`: kept by window, looked up by every bundle of the other stage.
 */
export type EdgeKind = 'group' | 'combine' | 'reshuffle' | 'elements' | 'side';

export interface Edge {
  readonly id: string;
  readonly kind: EdgeKind;
  /** The unique name of the step that it stands for: a grouping, a combine or a reshuffle; empty for others. */
  readonly step: string;
  /** That step. */
  readonly transform?: runnerApi.PTransform;
  /** The PCollection whose elements cross. */
  readonly pcollection: string;
  /** The stages that send: the elements are complete when all of them are. */
  readonly from: Set<Stage>;
  readonly to: Stage;
  /** Where `kind` is side: the step that looks it up, and the input's name there. */
  readonly sideInput?: { readonly transformId: string; readonly name: string };
}

export interface Stage {
  readonly id: string;
  /** The top-level steps of the graph that have a part in it. */
  name: string;
  readonly steps: Step[];
  /** What its bundles are made of: an impulse, what a root of the graph gives out while it runs, or the elements of the edge. */
  source: 'impulse' | 'root' | Edge;
  /** The PCollection that enters. */
  readonly input: string;
  readonly sideInputs: Edge[];
  readonly outputs: Edge[];
}

/** A leaf of the graph's tree of transforms: something that can be executed as it is. */
export interface Step {
  readonly id: string;
  readonly transform: runnerApi.PTransform;
  readonly kind: 'impulse' | 'root' | 'group' | 'combine' | 'reshuffle' | 'flatten' | 'process';
  /** Without the side inputs. */
  readonly mainInputs: readonly string[];
  /** Input name → PCollection. */
  readonly sideInputs: ReadonlyMap<string, string>;
  readonly outputs: readonly string[];
}

/** A pipeline as leaves, producers before consumers, with the protos they refer to (some added by lifting combines). */
export interface StepGraph {
  readonly steps: readonly Step[];
  readonly components: SharedProtos;
}

/** What all stages' descriptors have in common; workers get it once. */
export type SharedProtos = Pick<StageDescriptor, 'pcollections' | 'coders' | 'windowingStrategies'>;

/** A stage as a worker needs it: plain data. */
export interface StageDefinition {
  readonly id: string;
  readonly name: string;
  readonly transforms: Readonly<Record<string, runnerApi.PTransform>>;
  readonly source: { readonly kind: 'impulse' | 'root' | EdgeKind; readonly pcollection: string };
  /** By the id of the sink's transform, which is the edge's. */
  readonly sinks: Readonly<Record<string, { readonly kind: EdgeKind; readonly pcollection: string }>>;
}
