/** A worker thread as the runner sees it. */
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import { type EdgeBatch, transferablesOf } from './edge_batch';
import { reviveError } from './error_record';
import type { Reply, Request, WorkerStart } from './messages';
import type { StageExecutor } from './stage_executor';
import type { BundleResult, SideInputBatch } from './stage_host';
import type { SharedProtos, StageDefinition } from './stages';

/** How long a worker that was told to stop may take to tear its DoFns down before it is ended. */
const STOP_GRACE_MS = 3000;

interface Waiting {
  resolve(result: BundleResult | undefined): void;
  reject(error: Error): void;
}

/**
 * Starts worker threads that load `registration` (see LocalRunnerOptions), or an `entry` that has it built in and ends with worker_main. Worth doing before a pipeline is built: both take their time, on different cores.
 *
 * @throws RangeError for a count that is no whole number from 0
 */
export function startWorkers(
  count: number,
  registration: readonly string[],
  entry: string = workerEntry(),
): WorkerThread[] {
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`The number of workers has to be a whole number from 0, not ${count}`);
  }
  return Array.from({ length: count }, () => new WorkerThread(registration, entry));
}

export class WorkerThread implements StageExecutor {
  readonly capacity = 2;
  private readonly stopFlag = new Int32Array(new SharedArrayBuffer(4));
  private readonly worker: Worker;
  private readonly exited: Promise<void>;
  /** For each request that has had no reply, in order. */
  private readonly waiting: Waiting[] = [];
  private failure: Error | undefined;

  /** Starts loading at once, so that the thread is ready when the first stage is. */
  constructor(registration: readonly string[], entry: string) {
    const workerData: WorkerStart = { registration, stop: this.stopFlag.buffer as SharedArrayBuffer };
    this.worker = new Worker(entry, { workerData, resourceLimits: { maxYoungGenerationSizeMb: 6 } });
    this.worker.on('message', (reply: Reply) => this.receive(reply));
    this.worker.on('error', (error) => this.fail(error));
    this.exited = new Promise((resolve) => {
      this.worker.on('exit', (code) => {
        this.fail(new Error(`A worker thread ended unexpectedly, with exit code ${code}`));
        resolve();
      });
    });
  }

  begin(protos: SharedProtos): void {
    this.post({ kind: 'pipeline', protos }, []);
  }

  async open(stage: StageDefinition, sideInputs: readonly SideInputBatch[]): Promise<void> {
    const transfer = sideInputs.flatMap(({ batch }) => transferablesOf(batch));
    await this.ask({ kind: 'open', stage, sideInputs }, transfer);
  }

  async process(stage: string, batch: EdgeBatch): Promise<BundleResult> {
    return (await this.ask({ kind: 'process', stage, batch }, transferablesOf(batch)))!;
  }

  async close(stage: string): Promise<void> {
    await this.ask({ kind: 'close', stage }, []);
  }

  async stop(): Promise<void> {
    Atomics.store(this.stopFlag, 0, 1);
    this.post({ kind: 'stop' }, []);
    const timer = setTimeout(() => void this.worker.terminate(), STOP_GRACE_MS);
    await this.exited;
    clearTimeout(timer);
  }

  private ask(request: Request, transfer: ArrayBuffer[]): Promise<BundleResult | undefined> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.post(request, transfer);
    });
  }

  private post(request: Request, transfer: ArrayBuffer[]): void {
    this.worker.postMessage(request, transfer);
  }

  private receive(reply: Reply): void {
    const { resolve, reject } = this.waiting.shift()!;
    if (reply.kind === 'done') resolve(reply.result);
    else reject(reviveError(reply.error));
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(this.failure);
  }
}

/**
 * The compiled entry of a worker thread: beside this file in a build. Where this file itself is run from its source (tests
 * transform it in memory), threads still need JavaScript and take the last build's.
 */
export function workerEntry(): string {
  const beside = path.join(__dirname, 'worker_main.js');
  if (existsSync(beside)) return beside;
  const built = path.join(__dirname, '..', '..', 'dist', 'runners', 'local', 'worker_main.js');
  if (existsSync(built)) return built;
  throw new Error(`Worker threads need the built program (npm run build): there is no ${built}`);
}
