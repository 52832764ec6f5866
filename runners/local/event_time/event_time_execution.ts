import { Coders } from '../../harness/coders';
import type { RunMetrics } from '../../run_metrics';
import { impulseBundle } from '../bundles';
import type { EdgeBatch } from '../edge_batch';
import type { StageExecutor } from '../stage_executor';
import type { BundleResult } from '../stage_host';
import type { Edge, SharedProtos, Stage } from '../stages';
import { Checkpointer } from './checkpointer';
import type { Checkpoints } from './checkpoints';
import { GraphState } from './graph_state';
import type { DroppedElement, GroupingNode } from './grouping_node';
import { MAX_INSTANT, MIN_INSTANT } from './instants';
import type { GraphRoot } from './root';
import { RootBatchBuilder } from './root_batch';
import type { SideView } from './side_view';
import type { StageNode } from './stage_node';

export interface EventTimeObserver {
  dropped(element: DroppedElement): void;
  /** The graph has come to rest: all that was pulled has been worked off. */
  rested(rest: Rest): void;
}

/** A running graph at rest. */
export interface Rest {
  /** The watermark that all groupings have passed, in milliseconds since 1970. */
  readonly watermark: number;
  /** Windows of keys that there is state of, and about how many bytes it has; at most a second old. */
  readonly size: StateSize;
  /** Nothing is pulled, since the state has become too large. */
  readonly isFull: boolean;
}

export interface StateSize {
  readonly windows: number;
  readonly bytes: number;
}

/** Measuring the state takes a moment: it is done this often. */
const MEASURE_EVERY_MS = 1000;

export interface EventTimeOptions {
  readonly observer: EventTimeObserver;
  /** Where state is kept, if it is. */
  readonly checkpoints: Checkpoints | null;
  /** By PCollection that stands for what groupings drop, the step that they are below. */
  readonly droppedFrom: ReadonlyMap<string, string>;
  /** Aborted: nothing more is pulled, what there is is made durable, and the run ends. */
  readonly drain: AbortSignal | null;
  /** Bytes of state from which on nothing is pulled. */
  readonly mostStateBytes: number;
}

export class EventTimeExecution implements Rest {
  private readonly state: GraphState;
  private readonly sentVersions = new Map<StageExecutor, Map<SideView, number>>();
  private readonly opened = new Map<StageExecutor, Set<StageNode>>();
  private failure: { readonly error: unknown } | undefined;
  private readonly checkpointer: Checkpointer | null;
  size: StateSize = { windows: 0, bytes: 0 };
  private measured = 0;

  /** `root`: the one root that is no impulse. */
  constructor(
    private readonly stages: readonly Stage[],
    private readonly root: GraphRoot,
    protos: SharedProtos,
    private readonly executors: readonly StageExecutor[],
    private readonly metrics: RunMetrics,
    private readonly options: EventTimeOptions,
  ) {
    const { checkpoints } = options;
    const coders = new Coders(protos.coders);
    this.state = new GraphState(stages, protos, coders, {
      isSaved: checkpoints !== null,
      onDropped: (dropped) => this.giveBack(dropped, protos, coders),
    });
    this.checkpointer =
      checkpoints && new Checkpointer(checkpoints, root, this.state, (error) => this.fail(error));
  }

  get watermark(): number {
    return this.state.watermark;
  }

  get isFull(): boolean {
    return this.size.bytes >= this.options.mostStateBytes;
  }

  private measure(): void {
    const now = Date.now();
    if (now - this.measured < MEASURE_EVERY_MS) return;
    this.measured = now;
    this.size = this.state.measure();
  }

  /** Resolves when the root is over and all windows are closed, or when it has been drained; rejects with what made a bundle fail. */
  async run(): Promise<void> {
    const { root, checkpointer } = this;
    const { observer, drain } = this.options;
    const restored = checkpointer?.restore() ?? null;
    await root.open(restored?.mark ?? null);
    if (restored === null)
      for (const [stage, node] of this.state.nodes)
        if (stage.source === 'impulse') node.queue.push(impulseBundle().next()!);
    try {
      while (!root.isOver && drain?.aborted !== true) {
        await this.settle();
        this.measure();
        observer.rested(this);
        if (checkpointer?.isDue) checkpointer.begin(false);
        for (const { pcollection, batch } of await root.next(this.state.nextProcessingTimer, this.isFull))
          this.rootNode(pcollection).add(batch);
      }
      await this.settle();
      observer.rested(this);
      await checkpointer?.settled();
      this.throwFailure();
      checkpointer?.begin(true);
      await checkpointer?.settled();
      this.throwFailure();
    } finally {
      await checkpointer?.settled();
      await root.close();
    }
    for (const [executor, nodes] of this.opened)
      for (const { stage } of nodes) await executor.close(stage.id);
  }

  /** Tells of an element that a grouping has dropped, and gives it to the graph where the graph asks for it. */
  private giveBack(dropped: DroppedElement, protos: SharedProtos, coders: Coders): void {
    this.options.observer.dropped(dropped);
    for (const [pcollection, step] of this.options.droppedFrom) {
      if (!isBelow(dropped.step, step)) continue;
      const batch = new RootBatchBuilder(pcollection, protos, coders);
      batch.addEncoded(dropped.value, MIN_INSTANT);
      this.rootNode(pcollection).add(batch.finish());
    }
  }

  /** The watermark of a root: of what groupings drop that of their input, behind which they drop nothing. */
  private rootWatermark(pcollection: string): number {
    const step = this.options.droppedFrom.get(pcollection);
    if (step === undefined) return this.root.watermarks.get(pcollection)!;
    const groupings = [...this.state.groupings.values()].filter((node) => isBelow(node.step, step));
    return Math.min(MAX_INSTANT, ...groupings.map(({ grouping }) => grouping.inputWatermark));
  }

  private rootNode(pcollection: string): StageNode {
    return [...this.state.nodes.values()].find(
      ({ stage }) => stage.source === 'root' && stage.input === pcollection,
    )!;
  }

  fail(error: unknown): void {
    this.failure ??= { error };
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  /** Goes on until nothing moves. */
  private async settle(): Promise<void> {
    do await this.processBundles();
    while (this.advance());
  }

  /** Processes bundles, and those that come of them, until none is left. */
  private async processBundles(): Promise<void> {
    const working = new Set<Promise<void>>();
    for (;;) {
      if (this.failure !== undefined) await Promise.allSettled(working);
      this.throwFailure();
      for (const executor of this.executors) {
        const node = [...this.state.nodes.values()].find(({ queue }) => queue.length > 0);
        if (node === undefined || working.size >= this.executors.length) break;
        if (this.busy.has(executor)) continue;
        const work = this.process(node, executor).finally(() => working.delete(work));
        working.add(work);
      }
      if (working.size === 0) return;
      await Promise.race(working);
    }
  }

  private readonly busy = new Set<StageExecutor>();

  private async process(node: StageNode, executor: StageExecutor): Promise<void> {
    const batch = node.queue.shift()!;
    this.busy.add(executor);
    try {
      await this.open(node, executor);
      this.commit(node, await executor.process(node.stage.id, batch));
    } catch (error) {
      this.fail(error);
    } finally {
      this.busy.delete(executor);
    }
  }

  /** Opens a stage where it isn't yet, or anew where its side inputs have changed. */
  private async open(node: StageNode, executor: StageExecutor): Promise<void> {
    const opened = this.opened.get(executor) ?? new Set();
    const versions = this.sentVersions.get(executor) ?? new Map();
    this.opened.set(executor, opened);
    this.sentVersions.set(executor, versions);
    const isCurrent = node.sideViews.every((view) => versions.get(view) === view.version);
    if (opened.has(node) && isCurrent) return;
    const sideInputs = node.sideViews.map((view) => ({ ...view.sideInput, batch: view.batch() }));
    if (opened.has(node)) await executor.close(node.stage.id);
    await executor.open(node.definition, sideInputs);
    opened.add(node);
    for (const view of node.sideViews) versions.set(view, view.version);
  }

  private commit(node: StageNode, { outputs, metrics }: BundleResult): void {
    for (const { edge: id, batch } of outputs)
      this.send(node.stage.outputs.find((edge) => edge.id === id)!, batch);
    this.metrics.commit(metrics);
  }

  private send(edge: Edge, batch: EdgeBatch): void {
    const grouping = this.state.groupings.get(edge.id);
    const view = this.state.views.get(edge.id);
    if (grouping !== undefined) this.queuePanes(edge, grouping.add(batch));
    else if (view !== undefined) view.update(view.node.add(batch));
    else this.state.nodes.get(edge.to)!.add(batch);
  }

  private queuePanes(edge: Edge, panes: EdgeBatch | undefined): void {
    if (panes !== undefined) this.state.nodes.get(edge.to)!.add(panes);
  }

  /** Moves watermarks along the graph and has due timers speak. Says whether there is something to do again. */
  private advance(): boolean {
    let moved = false;
    for (const stage of this.stages) {
      const node = this.state.nodes.get(stage)!;
      for (const { id } of stage.sideInputs) {
        const view = this.state.views.get(id)!;
        moved =
          this.advanceGrouping(view.node, this.arrivedAt(this.edge(stage.sideInputs, id)), (panes) =>
            view.update(panes),
          ) || moved;
      }
      let arrived: number;
      if (stage.source === 'impulse') arrived = MAX_INSTANT;
      else if (stage.source === 'root') arrived = this.rootWatermark(stage.input);
      else {
        const { source } = stage;
        arrived = this.arrivedAt(source);
        const grouping = this.state.groupings.get(source.id);
        if (grouping !== undefined) {
          moved = this.advanceGrouping(grouping, arrived, (panes) => this.queuePanes(source, panes)) || moved;
          arrived = grouping.grouping.outputWatermark;
        }
      }
      moved = node.releaseReady() || moved;
      const watermark = Math.max(node.inputWatermark, Math.min(arrived, node.pending));
      if (watermark > node.inputWatermark) {
        moved = true;
        node.inputWatermark = watermark;
        for (const view of node.sideViews) view.forget(watermark);
      }
    }
    return moved;
  }

  private edge(edges: readonly Edge[], id: string): Edge {
    return edges.find((edge) => edge.id === id)!;
  }

  /** The watermark of what comes over an edge: of a stage, since none holds elements, that of its input. */
  private arrivedAt({ from }: Edge): number {
    let least = MAX_INSTANT;
    for (const stage of from) least = Math.min(least, this.state.nodes.get(stage)!.inputWatermark);
    return least;
  }

  private advanceGrouping(
    node: GroupingNode,
    arrived: number,
    take: (panes: EdgeBatch | undefined) => void,
  ): boolean {
    const { grouping } = node;
    const before = [grouping.inputWatermark, grouping.outputWatermark];
    grouping.inputWatermark = Math.max(grouping.inputWatermark, arrived);
    grouping.outputWatermark = grouping.nextOutputWatermark;
    grouping.processingTime = this.root.clock.now;
    const { fired, panes } = node.fireTimers();
    take(panes);
    if (fired) return true;
    grouping.outputWatermark = grouping.nextOutputWatermark;
    return before[0] !== grouping.inputWatermark || before[1] !== grouping.outputWatermark;
  }
}

/** Whether a step is another, or a part of it. */
function isBelow(step: string, other: string): boolean {
  return step === other || step.startsWith(`${other}/`);
}
