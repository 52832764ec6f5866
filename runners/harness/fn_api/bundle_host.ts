/** Runs a worker's bundles, as many at once as the runner asks for. */
import type {
  ProcessBundleDescriptor,
  ProcessBundleProgressResponse,
  ProcessBundleRequest,
  ProcessBundleResponse,
  ProcessBundleSplitRequest,
  ProcessBundleSplitResponse,
} from 'apache-beam/proto/beam_fn_api';
import { BundleStopped } from '../operators/operator';
import { DataInput } from './data_input';
import { DataSink } from './data_sink';
import type { DataStream } from './data_stream';
import { HostedStage, type StageInstance } from './hosted_stage';
import type { InboundData } from './inbound_data';
import { Introductions } from './introductions';
import { type Counted, Monitoring, type Report } from './monitoring';
import { RemoteSideInputs } from './remote_side_inputs';
import { fetchRest } from './state_backed_iterables';
import type { StateStream } from './state_stream';
import type { BundleStatus } from './worker_status';

/** What the worker has of the runner's services. */
export interface RunnerServices {
  readonly inbound: InboundData;
  describe(descriptorId: string): Promise<ProcessBundleDescriptor>;
  /** The stream to the address, opened where it isn't yet. */
  dataStream(address: string): DataStream;
  stateStream(address: string): StateStream;
}

interface ActiveBundle {
  readonly stage: HostedStage;
  readonly input: DataInput;
  readonly instance: StageInstance;
  /** Milliseconds of performance.now(). */
  readonly begun: number;
}

/** How long bundles that were given up may take to notice: as much as those of the local runner. */
const STOP_GRACE_MS = 3000;

const NOTHING_COUNTED: Report = { monitoringInfos: [], monitoringData: {} };

export class BundleHost {
  readonly monitoring = new Monitoring();
  private readonly stages = new Map<string, Promise<HostedStage>>();
  /** Settle when a bundle has ended, however it did. */
  private readonly atWork = new Set<Promise<unknown>>();
  private readonly active = new Map<string, ActiveBundle>();
  private readonly knownSteps = new Set<ReadonlyMap<string, string>>();
  private stopped = false;

  private readonly introductions: Introductions | undefined;

  /** @param usesShortIds whether the runner asks what short ids stand for */
  constructor(
    private readonly services: RunnerServices,
    usesShortIds: boolean,
  ) {
    this.introductions = usesShortIds ? new Introductions(this.monitoring) : undefined;
  }

  /** Takes a stage's description that comes before its first bundle. */
  register(descriptor: ProcessBundleDescriptor): void {
    this.stages.set(descriptor.id, Promise.resolve(this.hosted(descriptor)));
  }

  /**
   * Runs a bundle to its end: when this resolves, all that it made has been handed to the data streams.
   *
   * @throws StepError what a step's code threw, with the step and the element
   * @throws Error where a stream ends before the bundle, or the stage can't be run
   */
  process(instructionId: string, request: ProcessBundleRequest): Promise<ProcessBundleResponse> {
    const response = this.processBundle(instructionId, request);
    const ended: Promise<boolean> = response.then(
      () => this.atWork.delete(ended),
      () => this.atWork.delete(ended),
    );
    this.atWork.add(ended);
    return response;
  }

  private async processBundle(
    instructionId: string,
    request: ProcessBundleRequest,
  ): Promise<ProcessBundleResponse> {
    const { inbound } = this.services;
    const inbox = inbound.open(instructionId);
    try {
      if (request.elements !== undefined) inbound.accept(request.elements);
      const stage = await this.stage(request.processBundleDescriptorId);
      const instance = stage.take();
      const input = new DataInput(instance.inputs, stage.timerFamilies, inbox, () =>
        fetchRest(instructionId, () => this.stateStream(stage)),
      );
      const bundle = { stage, input, instance, begun: performance.now() };
      this.active.set(instructionId, bundle);
      const report = await this.run(instructionId, bundle);
      stage.giveBack(instance);
      await this.introductions?.admit(Object.keys(report.monitoringData));
      return { ...report, residualRoots: [], requiresFinalization: false };
    } finally {
      this.active.delete(instructionId);
      inbound.close(instructionId);
    }
  }

  /** What the bundle has counted so far; of one that isn't at work, nothing. */
  progress(instructionId: string): ProcessBundleProgressResponse {
    const bundle = this.active.get(instructionId);
    if (bundle === undefined) return NOTHING_COUNTED;
    return this.report(bundle, bundle.instance.processor.metricsSoFar);
  }

  /** Cuts the bundle where that is possible; an answer without a cut says that it goes on whole. */
  split({ instructionId, desiredSplits }: ProcessBundleSplitRequest): ProcessBundleSplitResponse {
    const channelSplits = this.active.get(instructionId)?.input.split(desiredSplits) ?? [];
    return { primaryRoots: [], residualRoots: [], channelSplits };
  }

  /** The bundles at work. */
  get status(): BundleStatus[] {
    return [...this.active].map(([instructionId, { stage, input, begun }]) => ({
      instructionId,
      stage: stage.descriptor.id,
      forMs: performance.now() - begun,
      elements: [...input.readIndexes()],
    }));
  }

  /** The id by which the runner knows a step, by its unique name. */
  transformIdOf(step: string): string | undefined {
    for (const ids of this.knownSteps) {
      const id = ids.get(step);
      if (id !== undefined) return id;
    }
    return undefined;
  }

  /** Gives up the bundles at work between two elements. */
  stop(): void {
    this.stopped = true;
  }

  /** Waits until bundles have been given up, or for some seconds, and tears down. Failures of that are given to `onFailure`. */
  async close(onFailure: (failure: unknown) => void): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, STOP_GRACE_MS);
    });
    await Promise.race([Promise.all(this.atWork), patience]);
    clearTimeout(timer);
    for (const stage of this.stages.values())
      await stage.then((ready) => ready.close(onFailure)).catch(onFailure);
    this.stages.clear();
  }

  private async run(instructionId: string, bundle: ActiveBundle): Promise<Report> {
    const { services } = this;
    const { stage, input, instance } = bundle;
    const { processor, outputs } = instance;
    // Data comes only over streams that are open.
    for (const address of stage.sourceAddresses) services.dataStream(address);
    const sinks = new Map<string, DataSink>();
    for (const { transformId, address, writer } of outputs)
      sinks.set(transformId, new DataSink(instructionId, transformId, services.dataStream(address), writer));
    const sideInputs = new RemoteSideInputs(instructionId, stage.descriptor, stage.coders, () =>
      this.stateStream(stage),
    );
    instance.watch.reset();
    try {
      const metrics = await processor.process({ input, sink: (id) => sinks.get(id)!, sideInputs });
      for (const sink of sinks.values()) await sink.finish();
      return this.report(bundle, metrics);
    } catch (failure) {
      // What its teardown has to say is less than what has gone wrong.
      await processor.teardown().catch(() => undefined);
      throw failure;
    }
  }

  private stateStream({ descriptor }: HostedStage): StateStream {
    const address = descriptor.stateApiServiceDescriptor?.url;
    if (address === undefined) throw new Error(`The stage ${descriptor.id} has no address for its state`);
    return this.services.stateStream(address);
  }

  private report({ stage, input, instance }: ActiveBundle, metrics: Counted['metrics']): Report {
    const elementCounts = instance.watch.counts;
    const counted = { metrics, elementCounts, readIndexes: input.readIndexes() };
    return this.monitoring.report(counted, stage.transformIds);
  }

  private stage(descriptorId: string): Promise<HostedStage> {
    let stage = this.stages.get(descriptorId);
    if (stage === undefined) {
      stage = this.services.describe(descriptorId).then((descriptor) => this.hosted(descriptor));
      this.stages.set(descriptorId, stage);
      // Asked again by the next bundle.
      stage.catch(() => this.stages.delete(descriptorId));
    }
    return stage;
  }

  private hosted(descriptor: ProcessBundleDescriptor): HostedStage {
    const stage = new HostedStage(descriptor, () => this.checkStopped());
    this.knownSteps.add(stage.transformIds);
    return stage;
  }

  private checkStopped(): void {
    if (this.stopped) throw new BundleStopped('The worker has ended');
  }
}
