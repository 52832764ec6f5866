/**
 * A worker of a runner: does over Beam's Fn API what the runner asks for, until the runner ends the control stream.
 *
 * Its streams for data and state go where the stages' descriptions say, each is opened when a bundle first needs it.
 */
import type { ProcessBundleDescriptor } from 'apache-beam/proto/beam_fn_api';
import type { ProvisionInfo } from 'apache-beam/proto/beam_provision_api';
import { BundleStopped } from '../operators/operator';
import { BundleHost, type RunnerServices } from './bundle_host';
import { Channel } from './channel';
import { ControlStream } from './control_stream';
import { DataStream } from './data_stream';
import { InboundData } from './inbound_data';
import { type Log, LogStream, Severity } from './log_stream';
import { provision } from './provision';
import { RUNNER_METHODS } from './services';
import { StateStream } from './state_stream';
import { StatusStream } from './status_stream';
import { statusText } from './worker_status';

/** Hosts and ports. What the provision service says takes the place of what else is given. */
export interface WorkerEndpoints {
  readonly provision?: string | undefined;
  readonly control?: string | undefined;
  readonly logging?: string | undefined;
}

/** Told what an instruction has failed with, which the runner is told in words. */
export type FailureObserver = (failure: unknown) => void;

/** A runner that can do this asks what short ids of metrics stand for. */
const SHORT_IDS = 'beam:protocol:monitoring_info_short_ids:v1';

const NO_LOG: Log = { write: () => undefined };

export class FnWorker {
  /** Resolves when the runner has ended the control stream, or `stop` was called; rejects where the stream broke. */
  readonly finished: Promise<void>;
  private readonly dataStreams = new Map<string, DataStream>();
  private readonly stateStreams = new Map<string, StateStream>();
  private isClosed = false;
  private readonly bundles: BundleHost;
  private readonly control: ControlStream;
  private readonly statusStream: StatusStream | undefined;

  private constructor(
    readonly id: string,
    private readonly channel: Channel,
    private readonly log: Log | LogStream,
    /** What the runner has told, if it was asked. */
    readonly provisionInfo: ProvisionInfo | undefined,
    onFailure: FailureObserver,
  ) {
    const inbound = new InboundData();
    const usesShortIds = provisionInfo?.runnerCapabilities.includes(SHORT_IDS) ?? false;
    const services: RunnerServices = {
      inbound,
      describe: (descriptorId) => this.describe(descriptorId),
      dataStream: (address) =>
        this.opened(this.dataStreams, address, (onEnd) => new DataStream(address, id, inbound, onEnd)),
      stateStream: (address) =>
        this.opened(this.stateStreams, address, (onEnd) => new StateStream(address, id, onEnd)),
    };
    this.bundles = new BundleHost(services, usesShortIds);
    this.control = new ControlStream(channel.open(RUNNER_METHODS.control), this.bundles, log, onFailure);
    const asks = provisionInfo?.statusEndpoint?.url;
    if (asks) this.statusStream = new StatusStream(asks, id, () => this.status());
    this.finished = this.control.finished.finally(() => this.close());
  }

  /** @throws Error where the provision service can't be asked, or nobody says where the control service is */
  static async start(
    id: string,
    endpoints: WorkerEndpoints,
    onFailure: FailureObserver = () => undefined,
  ): Promise<FnWorker> {
    const info = endpoints.provision === undefined ? undefined : await provision(endpoints.provision, id);
    const control = info?.controlEndpoint?.url || endpoints.control;
    if (control === undefined || control === '')
      throw new Error(`The worker ${id} was told no control endpoint`);
    const logging = info?.loggingEndpoint?.url || endpoints.logging;
    const log = logging ? new LogStream(logging, id) : NO_LOG;
    log.write({ severity: Severity.INFO, message: `Worker ${id} has started, on Node ${process.version}` });
    return new FnWorker(id, new Channel(control, id), log, info, onFailure);
  }

  /** Ends the worker from this side. Bundles at work are given up between two elements; those that don't come to one within three seconds are left alone. */
  async stop(): Promise<void> {
    this.control.end();
    await this.finished.catch(() => undefined);
  }

  private status(): string {
    return statusText({
      id: this.id,
      upMs: process.uptime() * 1000,
      memory: process.memoryUsage(),
      bundles: this.bundles.status,
      dataStreams: [...this.dataStreams.keys()],
      stateStreams: [...this.stateStreams.keys()],
    });
  }

  /** The stream to an address; when it ends it is forgotten, and the next bundle opens another. */
  private opened<S>(streams: Map<string, S>, address: string, open: (onEnd: () => void) => S): S {
    let stream = streams.get(address);
    if (stream === undefined) {
      if (this.isClosed) throw new BundleStopped('The worker has ended');
      const made = open(() => {
        if (streams.get(address) === made) streams.delete(address);
      });
      stream = made;
      streams.set(address, stream);
    }
    return stream;
  }

  private async describe(processBundleDescriptorId: string): Promise<ProcessBundleDescriptor> {
    try {
      return await this.channel.ask(RUNNER_METHODS.describe, { processBundleDescriptorId });
    } catch (cause) {
      const { message } = cause as Error;
      throw new Error(`The runner did not describe ${processBundleDescriptorId}: ${message}`, { cause });
    }
  }

  private async close(): Promise<void> {
    this.isClosed = true;
    this.bundles.stop();
    for (const stream of [...this.dataStreams.values(), ...this.stateStreams.values()]) stream.close();
    await this.bundles.close((failure) => {
      const message = `A teardown failed: ${failure instanceof Error ? failure.message : String(failure)}`;
      this.log.write({ severity: Severity.WARN, message });
    });
    if (this.log instanceof LogStream) this.log.close();
    this.statusStream?.close();
    this.channel.close();
  }
}
