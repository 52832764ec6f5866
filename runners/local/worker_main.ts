/** A worker thread: loads what the graph's functions are registered in, then runs bundles until it is told to stop. */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import '../../beam/node24';
import '../../beam/registration';
import { BundleStopped } from '../harness/operators/operator';
import { transferablesOf } from './edge_batch';
import { recordError } from './error_record';
import type { Reply, Request, WorkerStart } from './messages';
import { StageHost } from './stage_host';

if (isMainThread || parentPort === null) throw new Error('This module is the entry of a worker thread');
const port = parentPort;
const { registration, stop } = workerData as WorkerStart;
const stopped = new Int32Array(stop);
let host: StageHost | undefined;
let last: Promise<void> = Promise.resolve();

function stopCheck(): void {
  if (Atomics.load(stopped, 0) !== 0) throw new BundleStopped('The run has ended');
}

async function handle(request: Exclude<Request, { kind: 'stop' }>): Promise<Reply | undefined> {
  if (request.kind === 'pipeline') {
    host = new StageHost(request.protos, stopCheck);
    return undefined;
  }
  stopCheck();
  switch (request.kind) {
    case 'open':
      host!.open(request.stage, request.sideInputs);
      return { kind: 'done' };
    case 'process':
      return { kind: 'done', result: await host!.process(request.stage, request.batch) };
    case 'close':
      await host!.close(request.stage);
      return { kind: 'done' };
  }
}

async function answer(request: Request): Promise<void> {
  if (request.kind === 'stop') {
    await host?.closeAll(() => undefined);
    port.close();
    return;
  }
  const reply = await handle(request).catch(
    (error): Reply => ({ kind: 'failed', error: recordError(error) }),
  );
  if (reply === undefined) return;
  const result = reply.kind === 'done' ? reply.result : undefined;
  port.postMessage(reply, result?.outputs.flatMap(({ batch }) => transferablesOf(batch)) ?? []);
}

for (const module of registration) require(module);
port.on('message', (request: Request) => {
  last = last.then(() => answer(request));
});
