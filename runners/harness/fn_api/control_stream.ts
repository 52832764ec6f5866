/** The control stream: instructions come in any number at once, each is answered by its id when it is done. */
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { InstructionRequest, InstructionResponse } from 'apache-beam/proto/beam_fn_api';
import { StepError } from '../../step_error';
import type { BundleHost } from './bundle_host';
import { type Log, Severity } from './log_stream';

type Response = InstructionResponse['response'];

export class ControlStream {
  /** Resolves when the runner has ended the stream, or this side has; rejects where it broke. */
  readonly finished: Promise<void>;
  private isOver = false;
  private settle!: (failure?: Error) => void;

  constructor(
    private readonly call: ClientDuplexStream<InstructionResponse, InstructionRequest>,
    private readonly bundles: BundleHost,
    private readonly log: Log,
    private readonly onFailure: (failure: unknown) => void,
  ) {
    this.finished = new Promise((resolve, reject) => {
      this.settle = (failure) => {
        this.isOver = true;
        if (failure === undefined) resolve();
        else reject(failure);
      };
    });
    call.on('data', (request: InstructionRequest) => void this.handle(request));
    call.on('end', () => {
      this.settle();
      call.end();
    });
    call.on('error', (cause) =>
      this.settle(new Error(`The control stream broke: ${cause.message}`, { cause })),
    );
  }

  end(): void {
    this.settle();
    this.call.end();
  }

  private async handle({ instructionId, request }: InstructionRequest): Promise<void> {
    let answer: InstructionResponse;
    try {
      const response = await this.answer(instructionId, request);
      answer = { instructionId, error: '', response };
    } catch (failure) {
      // What is given up because the worker ends has not failed.
      if (this.isOver) return;
      this.onFailure(failure);
      this.report(instructionId, failure);
      answer = { instructionId, error: textOf(failure), response: { oneofKind: undefined } };
    }
    if (!this.isOver) this.call.write(answer);
  }

  private async answer(instructionId: string, request: InstructionRequest['request']): Promise<Response> {
    const { bundles } = this;
    switch (request.oneofKind) {
      case 'processBundle':
        return {
          oneofKind: 'processBundle',
          processBundle: await bundles.process(instructionId, request.processBundle),
        };
      case 'processBundleProgress': {
        const { instructionId: bundle } = request.processBundleProgress;
        return { oneofKind: 'processBundleProgress', processBundleProgress: bundles.progress(bundle) };
      }
      case 'processBundleSplit': {
        const split = bundles.split(request.processBundleSplit);
        return { oneofKind: 'processBundleSplit', processBundleSplit: split };
      }
      case 'finalizeBundle':
        // No step of ours waits for that its output is durable.
        return { oneofKind: 'finalizeBundle', finalizeBundle: {} };
      case 'monitoringInfos': {
        const monitoringInfo = bundles.monitoring.explain(request.monitoringInfos.monitoringInfoId);
        return { oneofKind: 'monitoringInfos', monitoringInfos: { monitoringInfo } };
      }
      case 'harnessMonitoringInfos':
        return { oneofKind: 'harnessMonitoringInfos', harnessMonitoringInfos: { monitoringData: {} } };
      case 'register':
        for (const descriptor of request.register.processBundleDescriptor) bundles.register(descriptor);
        return { oneofKind: 'register', register: {} };
      default:
        throw new Error("This worker doesn't know the instruction that it was sent");
    }
  }

  private report(instructionId: string, failure: unknown): void {
    this.log.write({
      severity: Severity.ERROR,
      message: failure instanceof Error ? failure.message : String(failure),
      stack: stackOf(failure),
      instructionId,
      transformId: failure instanceof StepError ? this.bundles.transformIdOf(failure.step) : undefined,
    });
  }
}

/** The message for whoever started the job, then where in the code it was. */
function textOf(failure: unknown): string {
  const message = failure instanceof Error ? failure.message : String(failure);
  const stack = stackOf(failure);
  return stack === undefined ? message : `${message}\n${stack}`;
}

/** Of what a step's code threw, rather than of how it was passed on. */
function stackOf(failure: unknown): string | undefined {
  if (failure instanceof StepError && failure.cause instanceof Error) return failure.cause.stack;
  return failure instanceof Error ? failure.stack : undefined;
}
