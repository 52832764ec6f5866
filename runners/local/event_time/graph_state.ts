/** The state of a running graph: its stages with what waits for them, its groupings and side inputs, and how they are saved and restored. */
import { AccumulationMode_Enum, ParDoPayload } from 'apache-beam/proto/beam_runner_api';
import type { Coders } from '../../harness/coders';
import { windowMapping } from '../../harness/window_mapping';
import type { StateChange, StateStore } from '../checkpoint';
import { defineStage } from '../stage_definition';
import type { SharedProtos, Stage } from '../stages';
import { accumulators } from './accumulators';
import { type DroppedElement, GroupingNode } from './grouping_node';
import { MAX_INSTANT } from './instants';
import { SideView } from './side_view';
import { StageNode } from './stage_node';
import { ValueLists } from './value_lists';
import type { SavedContents, StageContents } from './window_contents';

/** Space of the store for watermarks; those of groupings, side inputs and stages are named after their steps. */
const WATERMARKS = 'watermarks';
const KEY = Buffer.from('-');

export interface GraphStateOptions {
  /** Whether there are checkpoints. */
  readonly isSaved: boolean;
  readonly onDropped: (dropped: DroppedElement) => void;
}

export class GraphState {
  readonly nodes = new Map<Stage, StageNode>();
  /** By edge. */
  readonly groupings = new Map<string, GroupingNode>();
  /** By edge. */
  readonly views = new Map<string, SideView>();

  constructor(
    stages: readonly Stage[],
    protos: SharedProtos,
    coders: Coders,
    { isSaved, onDropped }: GraphStateOptions,
  ) {
    const strategyOf = (pcollection: string) =>
      protos.windowingStrategies[protos.pcollections[pcollection].windowingStrategyId];
    const groupingNode = <C extends SavedContents>(
      step: string,
      pcollection: string,
      contents: StageContents<C>,
    ): GroupingNode => {
      const strategy = strategyOf(pcollection);
      const windowCoder = coders.get(strategy.windowCoderId);
      const node = new GroupingNode(step, strategy, windowCoder, contents, onDropped);
      return node as unknown as GroupingNode;
    };
    const lists = (pcollection: string) =>
      new ValueLists(strategyOf(pcollection).accumulationMode === AccumulationMode_Enum.ACCUMULATING);
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
        const name = `${step.transform.uniqueName}/${edge.sideInput!.name}`;
        const node = groupingNode(name, edge.pcollection, lists(edge.pcollection));
        const view = new SideView(
          edge.sideInput!,
          node,
          strategy,
          coders.get(strategy.windowCoderId),
          mapping,
          isGrouped(stage) ? strategyOf(definition.source.pcollection) : null,
        );
        this.views.set(edge.id, view);
        return view;
      });
      const { pcollection } = definition.source;
      this.nodes.set(
        stage,
        new StageNode(stage, definition, coders.get(strategyOf(pcollection).windowCoderId), views),
      );
      if (typeof stage.source === 'string') continue;
      const { id, kind, step, pcollection: grouped } = stage.source;
      if (kind === 'group') this.groupings.set(id, groupingNode(step, grouped, lists(grouped)));
      if (kind === 'combine') {
        const contents = accumulators(stage, protos, coders, isSaved);
        this.groupings.set(id, groupingNode(step, grouped, contents));
      }
    }
  }

  /** Those of side inputs, too. */
  *allGroupings(): Generator<GroupingNode> {
    yield* this.groupings.values();
    for (const { node } of this.views.values()) yield node;
  }

  /** The watermark that all groupings have passed. */
  get watermark(): number {
    let least = MAX_INSTANT;
    for (const { grouping } of this.allGroupings()) least = Math.min(least, grouping.outputWatermark);
    return least;
  }

  /** Windows of keys that there is state of, and about how many bytes it has. */
  measure(): { readonly windows: number; readonly bytes: number } {
    let windows = 0;
    let bytes = 0;
    for (const { grouping } of this.allGroupings()) {
      windows += grouping.size;
      for (const contents of grouping.allContents()) bytes += contents.bytes;
    }
    return { windows, bytes };
  }

  /** When processing time next wakes a grouping. */
  get nextProcessingTimer(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { grouping } of this.allGroupings()) next = Math.min(next, grouping.nextProcessingTimer);
    return next;
  }

  /** What a checkpoint has to write. */
  changes(): StateChange[] {
    const changes = [...this.allGroupings()].flatMap((node) => node.changes());
    for (const view of this.views.values()) changes.push(...view.changes());
    for (const node of this.nodes.values()) changes.push(...node.changes());
    changes.push({ space: WATERMARKS, key: KEY, value: this.encodeWatermarks() });
    return changes;
  }

  restore(store: StateStore): void {
    for (const [, bytes] of store.entries(WATERMARKS)) this.decodeWatermarks(bytes);
    for (const node of this.allGroupings()) node.restore(store);
    for (const view of this.views.values()) view.restore(store);
    for (const node of this.nodes.values()) node.restore(store);
  }

  /** By stage and grouping, in the order of the graph. */
  private encodeWatermarks(): Uint8Array {
    const nodes = [...this.nodes.values()].map(({ inputWatermark }) => inputWatermark);
    const groupings = [...this.allGroupings()].map(({ grouping }) => [
      grouping.inputWatermark,
      grouping.outputWatermark,
    ]);
    return Buffer.from(JSON.stringify({ nodes, groupings }), 'utf8');
  }

  private decodeWatermarks(bytes: Uint8Array): void {
    const { nodes, groupings } = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
      nodes: number[];
      groupings: [number, number][];
    };
    [...this.nodes.values()].forEach((node, at) => {
      node.inputWatermark = nodes[at];
    });
    [...this.allGroupings()].forEach(({ grouping }, at) => {
      [grouping.inputWatermark, grouping.outputWatermark] = groupings[at];
    });
  }
}

/** Whether all that enters a stage comes out of groupings, which let nothing by whose window has expired. */
function isGrouped({ source }: Stage): boolean {
  if (typeof source === 'string') return false;
  return source.kind === 'group' || source.kind === 'combine' || [...source.from].every(isGrouped);
}
