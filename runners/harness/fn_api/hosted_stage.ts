/** A stage that the runner has described: its coders, its edges, and the processors that run its bundles. */
import { type ProcessBundleDescriptor, RemoteGrpcPort } from 'apache-beam/proto/beam_fn_api';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { BundleProcessor } from '../bundle_processor';
import { Coders } from '../coders';
import { SINK_URN, SOURCE_URN } from '../descriptor';
import type { InputPort } from './data_input';
import { ElementWatch } from './element_watch';
import { transformIdsOf } from './monitoring';
import { WindowedValueReader, WindowedValueWriter } from './windowed_values';

const WINDOWED_VALUE_URN = 'beam:coder:windowed_value:v1';

interface Edge {
  readonly transformId: string;
  readonly step: string;
  /** Where its data stream goes. */
  readonly address: string;
  readonly valueCoderId: string;
  readonly windowCoderId: string;
}

export interface OutputPort {
  readonly transformId: string;
  readonly address: string;
  readonly writer: WindowedValueWriter;
}

/** What one bundle at a time runs on. */
export interface StageInstance {
  readonly processor: BundleProcessor;
  readonly watch: ElementWatch;
  readonly inputs: readonly InputPort[];
  readonly outputs: readonly OutputPort[];
}

export class HostedStage {
  readonly coders: Coders;
  /** By a step's unique name. */
  readonly transformIds: ReadonlyMap<string, string>;
  /** Each as `transform id/family id`. */
  readonly timerFamilies: readonly string[];
  private readonly sources: readonly Edge[];
  private readonly sinks: readonly Edge[];
  private readonly idle: StageInstance[] = [];

  /**
   * @param checkStopped throws where the worker has ended
   * @throws Error where an edge has no address, or a coder that elements don't come in
   */
  constructor(
    readonly descriptor: ProcessBundleDescriptor,
    private readonly checkStopped: () => void,
  ) {
    this.coders = new Coders(descriptor.coders);
    this.transformIds = transformIdsOf(descriptor.transforms);
    this.timerFamilies = timerFamiliesOf(descriptor);
    this.sources = edgesOf(descriptor, SOURCE_URN);
    this.sinks = edgesOf(descriptor, SINK_URN);
  }

  /** Where the bundles' data comes from: streams that have to be open before it can come. */
  get sourceAddresses(): readonly string[] {
    return this.sources.map(({ address }) => address);
  }

  /** One that no other bundle uses. Bundles at the same time have each their own. */
  take(): StageInstance {
    return this.idle.pop() ?? this.newInstance();
  }

  /** Gives an instance back whose bundle has ended well. */
  giveBack(instance: StageInstance): void {
    this.idle.push(instance);
  }

  /** Tears down what is idle, all of it also where some fail; failures are given to `onFailure`. */
  async close(onFailure: (failure: unknown) => void): Promise<void> {
    for (const { processor } of this.idle.splice(0)) await processor.teardown().catch(onFailure);
  }

  private newInstance(): StageInstance {
    const { coders } = this;
    const watch = new ElementWatch(this.checkStopped);
    return {
      watch,
      processor: new BundleProcessor(this.descriptor, watch.observe),
      inputs: this.sources.map(({ transformId, step, valueCoderId, windowCoderId }) => ({
        transformId,
        step,
        reader: new WindowedValueReader(coders.get(valueCoderId), coders.get(windowCoderId)),
      })),
      outputs: this.sinks.map(({ transformId, address, valueCoderId, windowCoderId }) => ({
        transformId,
        address,
        writer: new WindowedValueWriter(coders.get(valueCoderId), coders.get(windowCoderId)),
      })),
    };
  }
}

function edgesOf({ transforms, coders }: ProcessBundleDescriptor, urn: string): Edge[] {
  const edges: Edge[] = [];
  for (const [transformId, { uniqueName, spec }] of Object.entries(transforms)) {
    if (spec?.urn !== urn) continue;
    const { apiServiceDescriptor, coderId } = RemoteGrpcPort.fromBinary(spec.payload);
    if (apiServiceDescriptor === undefined) throw new Error(`The edge ${transformId} has no address`);
    const coder = coders[coderId];
    if (coder?.spec?.urn !== WINDOWED_VALUE_URN)
      throw new Error(
        `Elements of the edge ${transformId} should come as ${WINDOWED_VALUE_URN}, not ${coder?.spec?.urn ?? 'without a coder'}`,
      );
    const [valueCoderId, windowCoderId] = coder.componentCoderIds;
    const step = uniqueName === '' ? transformId : uniqueName;
    edges.push({ transformId, step, address: apiServiceDescriptor.url, valueCoderId, windowCoderId });
  }
  return edges;
}

function timerFamiliesOf({ transforms }: ProcessBundleDescriptor): string[] {
  return Object.entries(transforms).flatMap(([transformId, { spec }]) => {
    if (spec?.urn !== 'beam:transform:pardo:v1') return [];
    const { timerFamilySpecs } = runnerApi.ParDoPayload.fromBinary(spec.payload);
    return Object.keys(timerFamilySpecs).map((family) => `${transformId}/${family}`);
  });
}
