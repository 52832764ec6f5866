/**
 * A runner that tests play: a real gRPC server with all services that a worker calls. It does what it is told and writes down what comes.
 *
 * Elements are encoded and decoded by the SDK's own coders, not by the harness's.
 */
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js';
import type {
  Elements,
  GetProcessBundleDescriptorRequest,
  InstructionRequest,
  InstructionResponse,
  LogControl,
  LogEntry,
  LogEntry_List,
  ProcessBundleDescriptor,
  ProcessBundleResponse,
  StateRequest,
  StateResponse,
  WorkerStatusRequest,
  WorkerStatusResponse,
} from 'apache-beam/proto/beam_fn_api';
import { ProvisionInfo } from 'apache-beam/proto/beam_provision_api';
import { FnWorker } from '../../../runners/harness/fn_api/fn_worker';
import { RUNNER_METHODS } from '../../../runners/harness/fn_api/services';

type Instruction = InstructionRequest['request'];

/** What came back for one output of one bundle. */
export interface Output {
  readonly messages: Uint8Array[];
  /** How often it was said that no more would come; what comes after is in `late`. */
  ends: number;
  late: number;
}

/** A service's names in the address of a call. */
const SERVICES = Object.values(RUNNER_METHODS);

export class PlayingRunner {
  /** By id; given out when the worker asks. */
  readonly descriptors = new Map<string, ProcessBundleDescriptor>();
  readonly logs: LogEntry[] = [];
  /** The worker_id of every call, by path. */
  readonly callers: { path: string; workerId: string }[] = [];
  readonly capabilities: string[] = [];
  /** Answers a request for state; it may take its time. */
  onState: (request: StateRequest) => StateResponse | Promise<StateResponse> = ({ id }) => ({
    id,
    error: 'there is no state',
    response: { oneofKind: undefined },
  });
  dataStreams: ServerDuplexStream<Elements, Elements>[] = [];
  stateStreams: ServerDuplexStream<StateRequest, StateResponse>[] = [];
  statusStreams: ServerDuplexStream<WorkerStatusResponse, WorkerStatusRequest>[] = [];
  readonly statuses: WorkerStatusResponse[] = [];
  controlStreams: ServerDuplexStream<InstructionResponse, InstructionRequest>[] = [];
  private readonly server = new Server({
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });
  private readonly outputs = new Map<string, Output>();
  private readonly answers = new Map<string, (response: InstructionResponse) => void>();
  private readonly events: (() => void)[] = [];
  private port = 0;

  static async start(): Promise<PlayingRunner> {
    const runner = new PlayingRunner();
    runner.serve();
    runner.port = await new Promise((resolve, reject) => {
      runner.server.bindAsync('localhost:0', ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
    return runner;
  }

  get address(): string {
    return `localhost:${this.port}`;
  }

  /** Starts a worker in this process; resolves when its control stream is there. */
  async worker(id = 'worker-1'): Promise<FnWorker> {
    const { length } = this.controlStreams;
    const worker = await FnWorker.start(id, { provision: this.address });
    await this.until(() => this.controlStreams.length > length);
    return worker;
  }

  /** Asks the worker that came last, or `control`'s; resolves with its answer. */
  ask(
    instructionId: string,
    request: Instruction,
    control = this.controlStreams.at(-1)!,
  ): Promise<InstructionResponse> {
    return new Promise((resolve) => {
      this.answers.set(instructionId, resolve);
      control.write({ instructionId, request });
    });
  }

  /** Asks for a bundle; resolves when the worker says that it is done. */
  async bundle(instructionId: string, stage: string): Promise<ProcessBundleResponse> {
    const { error, response } = await this.ask(instructionId, processBundle(stage));
    if (response.oneofKind !== 'processBundle') throw new Error(error);
    return response.processBundle;
  }

  /** Sends a part of a bundle's input, over the data stream that was opened last; waits for it where there is none. */
  async send(
    instructionId: string,
    transformId: string,
    data: Uint8Array,
    isLast = false,
    stream = this.dataStreams.at(-1),
  ): Promise<void> {
    if (stream === undefined) {
      await this.until(() => this.dataStreams.length > 0);
      stream = this.dataStreams.at(-1)!;
    }
    stream.write({ data: [{ instructionId, transformId, data, isLast }], timers: [] });
  }

  output(instructionId: string, transformId: string): Output {
    const key = `${instructionId} ${transformId}`;
    let output = this.outputs.get(key);
    if (output === undefined) {
      output = { messages: [], ends: 0, late: 0 };
      this.outputs.set(key, output);
    }
    return output;
  }

  /** Waits until something has come about. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.events.push(resolve));
  }

  /** Waits until the bundle has said of an output that no more will come. */
  async ended(instructionId: string, transformId: string): Promise<Output> {
    await this.until(() => this.output(instructionId, transformId).ends > 0);
    return this.output(instructionId, transformId);
  }

  stop(): void {
    this.server.forceShutdown();
  }

  private happened(): void {
    for (const wake of this.events.splice(0)) wake();
  }

  private serve(): void {
    const caller = (call: { getPath(): string; metadata: { get(key: string): unknown[] } }) => {
      this.callers.push({ path: call.getPath(), workerId: String(call.metadata.get('worker_id')[0]) });
      this.happened();
    };
    this.server.addService(RUNNER_METHODS, {
      control: (call: ServerDuplexStream<InstructionResponse, InstructionRequest>) => {
        caller(call);
        this.controlStreams.push(call);
        call.on('data', (response: InstructionResponse) => {
          this.answers.get(response.instructionId)?.(response);
          this.answers.delete(response.instructionId);
          this.happened();
        });
        call.on('end', () => call.end());
        call.on('error', () => undefined);
      },
      describe: (
        call: ServerUnaryCall<GetProcessBundleDescriptorRequest, ProcessBundleDescriptor>,
        answer: sendUnaryData<ProcessBundleDescriptor>,
      ) => {
        caller(call);
        const descriptor = this.descriptors.get(call.request.processBundleDescriptorId);
        if (descriptor === undefined) answer({ code: 5, details: 'no such stage' });
        else answer(null, descriptor);
      },
      data: (call: ServerDuplexStream<Elements, Elements>) => {
        caller(call);
        this.dataStreams.push(call);
        call.on('data', (elements: Elements) => this.receive(elements));
        call.on('end', () => call.end());
        call.on('error', () => undefined);
      },
      state: (call: ServerDuplexStream<StateRequest, StateResponse>) => {
        caller(call);
        this.stateStreams.push(call);
        call.on('data', async (request: StateRequest) => call.write(await this.onState(request)));
        call.on('end', () => call.end());
        call.on('error', () => undefined);
      },
      logging: (call: ServerDuplexStream<LogEntry_List, LogControl>) => {
        caller(call);
        call.on('data', ({ logEntries }: LogEntry_List) => {
          this.logs.push(...logEntries);
          this.happened();
        });
        call.on('end', () => call.end());
        call.on('error', () => undefined);
      },
      status: (call: ServerDuplexStream<WorkerStatusResponse, WorkerStatusRequest>) => {
        caller(call);
        this.statusStreams.push(call);
        call.on('data', (response: WorkerStatusResponse) => {
          this.statuses.push(response);
          this.happened();
        });
        call.on('end', () => call.end());
        call.on('error', () => undefined);
      },
      provision: (
        call: ServerUnaryCall<object, { info?: ProvisionInfo }>,
        answer: sendUnaryData<{ info?: ProvisionInfo }>,
      ) => {
        caller(call);
        const endpoint = { url: this.address };
        const info = ProvisionInfo.create({
          controlEndpoint: endpoint,
          loggingEndpoint: endpoint,
          statusEndpoint: endpoint,
          runnerCapabilities: this.capabilities,
        } as never);
        answer(null, { info });
      },
    });
    if (SERVICES.length !== 7) throw new Error('A service is missing here');
  }

  private receive({ data }: Elements): void {
    for (const { instructionId, transformId, data: bytes, isLast } of data) {
      const output = this.output(instructionId, transformId);
      if (output.ends > 0) output.late++;
      if (bytes.length > 0) output.messages.push(bytes);
      if (isLast) output.ends++;
    }
    this.happened();
  }
}

export function processBundle(processBundleDescriptorId: string): Instruction {
  return { oneofKind: 'processBundle', processBundle: { processBundleDescriptorId, cacheTokens: [] } };
}

export function progress(instructionId: string): Instruction {
  return { oneofKind: 'processBundleProgress', processBundleProgress: { instructionId } };
}

export function split(
  instructionId: string,
  transformId: string,
  fractionOfRemainder: number,
  estimatedInputElements: number,
  allowedSplitPoints: number[] = [],
): Instruction {
  const desired = {
    fractionOfRemainder,
    allowedSplitPoints: allowedSplitPoints.map(BigInt),
    estimatedInputElements: BigInt(estimatedInputElements),
  };
  return {
    oneofKind: 'processBundleSplit',
    processBundleSplit: { instructionId, desiredSplits: { [transformId]: desired } },
  };
}
