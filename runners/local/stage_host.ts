/** Runs the bundles of stages where the runner puts it: in a worker thread, or in the calling one. */

import { BundleProcessor } from '../harness/bundle_processor';
import { decode } from '../harness/bytes';
import { Coders } from '../harness/coders';
import type { BundleConnections, SideInputs, StageDescriptor } from '../harness/descriptor';
import type { BundleMetrics } from '../harness/metrics';
import { type EdgeBatch, entriesOf, FIELD, FIELDS } from './edge_batch';
import { type EdgeSink, openSink } from './edge_sinks';
import {
  type BundleSource,
  ElementSource,
  GroupSource,
  ImpulseSource,
  type StopCheck,
  valueBytes,
} from './edge_sources';
import { sourceId } from './stage_definition';
import type { SharedProtos, StageDefinition } from './stages';

/** A side input's elements, by the step that looks them up and the input's name there. */
export interface SideInputBatch {
  readonly transformId: string;
  readonly name: string;
  readonly batch: EdgeBatch;
}

export interface BundleResult {
  /** By edge, what the bundle sent over it. */
  readonly outputs: readonly { readonly edge: string; readonly batch: EdgeBatch }[];
  readonly metrics: BundleMetrics;
}

interface HostedStage {
  readonly definition: StageDefinition;
  readonly descriptor: StageDescriptor;
  readonly processor: BundleProcessor;
  readonly sideInputs: SideInputs;
}

export class StageHost {
  private readonly coders: Coders;
  private readonly stages = new Map<string, HostedStage>();

  constructor(
    private readonly protos: SharedProtos,
    private readonly stopCheck: StopCheck,
  ) {
    this.coders = new Coders(protos.coders);
  }

  /** Prepares a stage; its DoFns are set up at its first bundle. */
  open(definition: StageDefinition, sideInputs: readonly SideInputBatch[]): void {
    const descriptor = { ...this.protos, transforms: definition.transforms };
    this.stages.set(definition.id, {
      definition,
      descriptor,
      processor: new BundleProcessor(descriptor),
      sideInputs: this.sideInputsOf(sideInputs),
    });
  }

  async process(stageId: string, batch: EdgeBatch): Promise<BundleResult> {
    this.stopCheck();
    const { definition, descriptor, processor, sideInputs } = this.stages.get(stageId)!;
    const sinks = new Map<string, EdgeSink>();
    for (const [edge, { kind, pcollection }] of Object.entries(definition.sinks)) {
      sinks.set(edge, openSink(kind, pcollection, descriptor, this.coders));
    }
    const source = this.openSource(definition, batch);
    const bundle: BundleConnections = {
      input: { read: (receiverOf) => source.read(receiverOf(sourceId(stageId))) },
      sink: (edge) => sinks.get(edge)!,
      sideInputs,
    };
    const metrics = await processor.process(bundle);
    const outputs = [];
    for (const [edge, sink] of sinks) {
      const sent = sink.finish();
      if (sent !== undefined) outputs.push({ edge, batch: sent });
    }
    return { outputs, metrics };
  }

  /** Tears the stage's DoFns down and forgets it; nothing happens where it was never opened. */
  async close(stageId: string): Promise<void> {
    const stage = this.stages.get(stageId);
    this.stages.delete(stageId);
    await stage?.processor.teardown();
  }

  /** Tears down whatever is open; failures are given to `onFailure`, so that all have their turn. */
  async closeAll(onFailure: (failure: unknown) => void): Promise<void> {
    for (const stageId of [...this.stages.keys()]) await this.close(stageId).catch(onFailure);
  }

  private openSource({ source }: StageDefinition, batch: EdgeBatch): BundleSource {
    const { coderId, windowingStrategyId } = this.protos.pcollections[source.pcollection];
    const windowCoder = this.coders.get(this.protos.windowingStrategies[windowingStrategyId].windowCoderId);
    switch (source.kind) {
      case 'impulse':
        return new ImpulseSource();
      case 'group': {
        const [keyCoder, valueCoder] = this.coders.keyAndValue(coderId)!.map((id) => this.coders.get(id));
        return new GroupSource(batch, keyCoder, valueCoder, windowCoder, this.stopCheck);
      }
      default: // of a root, too
        return new ElementSource(batch, this.coders.get(coderId), windowCoder, this.stopCheck);
    }
  }

  private sideInputsOf(batches: readonly SideInputBatch[]): SideInputs {
    return {
      elements: ({ transformId, name, pcollectionId, windowKey }) => {
        const found = batches.find((side) => side.transformId === transformId && side.name === name);
        const coder = this.coders.get(this.protos.pcollections[pcollectionId].coderId);
        return found === undefined ? [] : entriesIn(found.batch, windowKey, (bytes) => decode(coder, bytes));
      },
    };
  }
}

function* entriesIn<T>(
  batch: EdgeBatch,
  windowKey: string,
  decodeValue: (bytes: Uint8Array) => T,
): Generator<T> {
  const window = batch.windows.indexOf(windowKey);
  for (let entry = 0; entry < entriesOf(batch); entry++) {
    if (batch.index[entry * FIELDS + FIELD.window] === window) yield decodeValue(valueBytes(batch, entry));
  }
}
