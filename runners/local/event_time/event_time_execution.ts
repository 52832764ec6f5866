/**
 * Runs a graph whose input has no end, or whose events a test writes: bundles go through its stages as elements come, watermarks follow, groupings speak when their triggers say so.
 *
 * It goes in rounds. As long as any bundle waits or is at work, bundles are processed. When none is, watermarks move, and timers that have become due speak, which makes new bundles. When nothing
 * moves any more, the root gives out what comes next. So what a grouping sees depends on the order of events alone, not on which worker was quicker.
 */
import { ParDoPayload } from 'apache-beam/proto/beam_runner_api';
import { Coders } from '../../harness/coders';
import { windowMapping } from '../../harness/window_mapping';
import { impulseBundle } from '../bundles';
import type { EdgeBatch } from '../edge_batch';
import type { RunMetrics } from '../run_metrics';
import { defineStage } from '../stage_definition';
import type { StageExecutor } from '../stage_executor';
import type { BundleResult } from '../stage_host';
import type { Edge, SharedProtos, Stage, Step } from '../stages';
import { ManualClock } from './clock';
import { type DroppedElement, GroupingNode } from './grouping_node';
import { MAX_INSTANT } from './instants';
import { SideView } from './side_view';
import { StageNode } from './stage_node';
import { TestStreamPlayer } from './test_stream_player';

export interface EventTimeObserver {
  dropped(element: DroppedElement): void;
  /** A root's event, counted from 0, has been played to its end: all that it led to is done. */
  eventDone(event: number): void;
  bundleDone(stage: string): void;
}

export class EventTimeExecution {
  private readonly clock = new ManualClock();
  private readonly nodes = new Map<Stage, StageNode>();
  private readonly groupings = new Map<string, GroupingNode>();
  private readonly views = new Map<string, SideView>();
  private readonly player: TestStreamPlayer;
  private readonly sentVersions = new Map<StageExecutor, Map<SideView, number>>();
  private readonly opened = new Map<StageExecutor, Set<StageNode>>();
  private failure: { readonly error: unknown } | undefined;

  /** `root`: the one root that is no impulse. */
  constructor(
    private readonly stages: readonly Stage[],
    root: Step,
    protos: SharedProtos,
    private readonly executors: readonly StageExecutor[],
    private readonly metrics: RunMetrics,
    private readonly observer: EventTimeObserver,
  ) {
    const coders = new Coders(protos.coders);
    this.player = new TestStreamPlayer(root, protos, coders, this.clock);
    const strategyOf = (pcollection: string) =>
      protos.windowingStrategies[protos.pcollections[pcollection].windowingStrategyId];
    const groupingNode = (step: string, pcollection: string): GroupingNode => {
      const strategy = strategyOf(pcollection);
      const windowCoder = coders.get(strategy.windowCoderId);
      return new GroupingNode(step, strategy, windowCoder, (dropped) => this.observer.dropped(dropped));
    };
    for (const stage of stages) {
      const definition = defineStage(stage, protos);
      const views = stage.sideInputs.map((edge) => {
        const step = stage.steps.find(({ id }) => id === edge.sideInput!.transformId)!;
        const payload = ParDoPayload.fromBinary(step.transform.spec!.payload);
        const strategy = strategyOf(edge.pcollection);
        const mapping = windowMapping(
          payload.sideInputs[edge.sideInput!.name].windowMappingFn,
          strategy.windowFn,
        );
        const node = groupingNode(step.transform.uniqueName, edge.pcollection);
        const view = new SideView(
          edge.sideInput!,
          node,
          strategy,
          coders.get(strategy.windowCoderId),
          mapping,
        );
        this.views.set(edge.id, view);
        return view;
      });
      const { pcollection } = definition.source;
      this.nodes.set(
        stage,
        new StageNode(stage, definition, coders.get(strategyOf(pcollection).windowCoderId), views),
      );
      if (typeof stage.source !== 'string' && stage.source.kind === 'group')
        this.groupings.set(stage.source.id, groupingNode(stage.source.step, stage.source.pcollection));
    }
  }

  /** Resolves when the root is over and all windows are closed; rejects with what made a bundle fail. */
  async run(): Promise<void> {
    for (const [stage, node] of this.nodes)
      if (stage.source === 'impulse') node.queue.push(impulseBundle().next()!);
    for (;;) {
      await this.settle();
      if (this.player.position > 0) this.observer.eventDone(this.player.position - 1);
      if (this.player.isOver) break;
      const elements = this.player.play();
      if (elements === undefined) continue;
      const node = [...this.nodes.values()].find(
        ({ stage }) => stage.source === 'root' && stage.input === elements.pcollection,
      );
      node!.add(elements.batch);
    }
    for (const [executor, nodes] of this.opened)
      for (const { stage } of nodes) await executor.close(stage.id);
  }

  fail(error: unknown): void {
    this.failure ??= { error };
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
      if (this.failure !== undefined) {
        await Promise.allSettled(working);
        throw this.failure.error;
      }
      for (const executor of this.executors) {
        const node = [...this.nodes.values()].find(({ queue }) => queue.length > 0);
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
    this.observer.bundleDone(node.stage.name);
  }

  private send(edge: Edge, batch: EdgeBatch): void {
    const grouping = this.groupings.get(edge.id);
    const view = this.views.get(edge.id);
    if (grouping !== undefined) this.queuePanes(edge, grouping.add(batch));
    else if (view !== undefined) view.update(view.node.add(batch));
    else this.nodes.get(edge.to)!.add(batch);
  }

  private queuePanes(edge: Edge, panes: EdgeBatch | undefined): void {
    if (panes !== undefined) this.nodes.get(edge.to)!.add(panes);
  }

  /** Moves watermarks along the graph and has due timers speak. Says whether there is something to do again. */
  private advance(): boolean {
    let moved = false;
    for (const stage of this.stages) {
      const node = this.nodes.get(stage)!;
      for (const { id } of stage.sideInputs) {
        const view = this.views.get(id)!;
        moved =
          this.advanceGrouping(view.node, this.arrivedAt(this.edge(stage.sideInputs, id)), (panes) =>
            view.update(panes),
          ) || moved;
      }
      let arrived: number;
      if (stage.source === 'impulse') arrived = MAX_INSTANT;
      else if (stage.source === 'root') arrived = this.player.watermarks.get(stage.input)!;
      else {
        const { source } = stage;
        arrived = this.arrivedAt(source);
        const grouping = this.groupings.get(source.id);
        if (grouping !== undefined) {
          moved = this.advanceGrouping(grouping, arrived, (panes) => this.queuePanes(source, panes)) || moved;
          arrived = grouping.grouping.outputWatermark;
        }
      }
      moved = node.releaseReady() || moved;
      const watermark = Math.max(node.inputWatermark, Math.min(arrived, node.pending));
      if (watermark > node.inputWatermark) moved = true;
      node.inputWatermark = watermark;
    }
    return moved;
  }

  private edge(edges: readonly Edge[], id: string): Edge {
    return edges.find((edge) => edge.id === id)!;
  }

  /** The watermark of what comes over an edge: of a stage, since none holds elements, that of its input. */
  private arrivedAt({ from }: Edge): number {
    let least = MAX_INSTANT;
    for (const stage of from) least = Math.min(least, this.nodes.get(stage)!.inputWatermark);
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
    grouping.processingTime = this.clock.now;
    const { fired, panes } = node.fireTimers();
    take(panes);
    if (fired) return true;
    grouping.outputWatermark = grouping.nextOutputWatermark;
    return before[0] !== grouping.inputWatermark || before[1] !== grouping.outputWatermark;
  }
}
