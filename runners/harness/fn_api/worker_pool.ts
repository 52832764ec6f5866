/** A pool of workers that runners start and stop as they need them: in Beam's words the external environment. All of them run in this process. */
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import type { StartWorkerRequest, StopWorkerRequest } from 'apache-beam/proto/beam_fn_api';
import { NO_SIZE_LIMITS } from './channel';
import { type FailureObserver, FnWorker } from './fn_worker';
import { WORKER_POOL_METHODS } from './services';

export interface WorkerPoolOptions {
  /** Host and port to listen on; port 0 finds a free one. */
  readonly address?: string;
  /** Told when a worker could not start, when its control stream broke, and what its bundles fail with. */
  readonly onFailure?: FailureObserver;
}

/** How long the last answers may take. */
const LAST_ANSWERS_MS = 500;

/** Empty where it went well. */
interface Answer {
  readonly error: string;
}

export class WorkerPool {
  private readonly workers = new Map<string, Promise<FnWorker>>();
  private server: Server | undefined;
  private onBegun!: () => void;
  /** Resolves when a runner has started a worker. */
  readonly begun = new Promise<void>((resolve) => {
    this.onBegun = resolve;
  });

  private constructor(private readonly onFailure: FailureObserver) {}

  /** Where runners find the pool. */
  address = '';

  /** @throws Error where nobody can listen on the address */
  static async start({
    address = 'localhost:0',
    onFailure = () => undefined,
  }: WorkerPoolOptions = {}): Promise<WorkerPool> {
    const pool = new WorkerPool(onFailure);
    const server = new Server(NO_SIZE_LIMITS);
    server.addService(WORKER_POOL_METHODS, {
      startWorker: (
        { request }: ServerUnaryCall<StartWorkerRequest, Answer>,
        answer: sendUnaryData<Answer>,
      ) => {
        pool.startWorker(request);
        answer(null, { error: '' });
        pool.onBegun();
      },
      stopWorker: (
        { request }: ServerUnaryCall<StopWorkerRequest, Answer>,
        answer: sendUnaryData<Answer>,
      ) => {
        pool.stopWorker(request.workerId).then(
          () => answer(null, { error: '' }),
          (error: Error) => answer(null, { error: error.message }),
        );
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(new Error(`No workers can be offered on ${address}: ${error.message}`, { cause: error }));
      });
    });
    pool.server = server;
    pool.address = address.replace(/:\d+$/, `:${port}`);
    return pool;
  }

  /** Ends all workers, then the pool. */
  async stop(): Promise<void> {
    await Promise.all([...this.workers.keys()].map((id) => this.stopWorker(id)));
    await this.stopListening();
  }

  /** Answers that are under way still come: a runner that misses one may take the worker for broken. */
  private async stopListening(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      new Promise<void>((resolve) => server.tryShutdown(() => resolve())),
      new Promise((resolve) => {
        timer = setTimeout(resolve, LAST_ANSWERS_MS);
      }),
    ]);
    clearTimeout(timer);
    server.forceShutdown();
  }

  private startWorker(request: StartWorkerRequest): void {
    const { workerId } = request;
    const endpoints = {
      provision: request.provisionEndpoint?.url || undefined,
      control: request.controlEndpoint?.url,
      logging: request.loggingEndpoint?.url,
    };
    const worker = FnWorker.start(workerId, endpoints, this.onFailure);
    this.workers.set(workerId, worker);
    worker
      .then(({ finished }) => finished)
      .catch((failure) => this.onFailure(failure))
      .finally(() => this.workers.delete(workerId));
  }

  private async stopWorker(workerId: string): Promise<void> {
    const worker = await this.workers.get(workerId)?.catch(() => undefined);
    await worker?.stop();
  }
}
