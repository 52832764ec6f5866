/** A pool of workers as a runner with containers has it, without containers: for each worker the entry point of the image is started as a process, from the image's tree (FUNNELPULSE_IMAGE) or the build. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import type { StartWorkerRequest, StopWorkerRequest } from 'apache-beam/proto/beam_fn_api';
import { WORKER_POOL_METHODS } from '../../runners/harness/fn_api/services';

const ENTRY = join(
  resolve(process.env.FUNNELPULSE_IMAGE ?? join(__dirname, '../..')),
  'dist/bundle/container.js',
);

interface Answer {
  readonly error: string;
}

export class ContainerPool {
  address = '';
  /** What the containers have said on standard error. */
  said = '';
  /** Exit codes of those that have ended. */
  readonly codes: (number | null)[] = [];
  private readonly server = new Server();
  private readonly containers = new Map<string, ChildProcess>();

  static async start(): Promise<ContainerPool> {
    const pool = new ContainerPool();
    pool.server.addService(WORKER_POOL_METHODS, {
      startWorker: (
        { request }: ServerUnaryCall<StartWorkerRequest, Answer>,
        answer: sendUnaryData<Answer>,
      ) => {
        pool.startContainer(request);
        answer(null, { error: '' });
      },
      stopWorker: (
        { request }: ServerUnaryCall<StopWorkerRequest, Answer>,
        answer: sendUnaryData<Answer>,
      ) => {
        pool.containers.get(request.workerId)?.kill('SIGTERM');
        answer(null, { error: '' });
      },
    });
    const port = await new Promise<number>((done, fail) =>
      pool.server.bindAsync('localhost:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? fail(error) : done(bound),
      ),
    );
    pool.address = `localhost:${port}`;
    return pool;
  }

  /** Waits until all containers have ended by themselves, or were stopped by the runner. */
  async ended(): Promise<void> {
    for (const container of this.containers.values())
      if (container.exitCode === null && container.signalCode === null) await once(container, 'exit');
  }

  async stop(): Promise<void> {
    for (const container of this.containers.values()) container.kill('SIGKILL');
    await this.ended();
    this.server.forceShutdown();
  }

  private startContainer(request: StartWorkerRequest): void {
    const { workerId, provisionEndpoint, controlEndpoint, loggingEndpoint, artifactEndpoint } = request;
    const flags = Object.entries({
      provision_endpoint: provisionEndpoint,
      control_endpoint: controlEndpoint,
      logging_endpoint: loggingEndpoint,
      artifact_endpoint: artifactEndpoint,
    }).flatMap(([flag, endpoint]) => (endpoint?.url ? [`--${flag}=${endpoint.url}`] : []));
    const container = spawn(process.execPath, [ENTRY, `--id=${workerId}`, ...flags], {
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    container.stderr!.on('data', (text) => {
      this.said += text;
    });
    container.on('exit', (code) => this.codes.push(code));
    this.containers.set(workerId, container);
  }
}
