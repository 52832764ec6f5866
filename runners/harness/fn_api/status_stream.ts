/** Answers a runner that asks how its worker is, which it shows to whoever looks into a job that doesn't move. A worker whose one thread is busy in a step's code answers when that lets go. */
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { WorkerStatusRequest, WorkerStatusResponse } from 'apache-beam/proto/beam_fn_api';
import { Channel } from './channel';
import { RUNNER_METHODS } from './services';

export class StatusStream {
  private readonly channel: Channel;
  private readonly call: ClientDuplexStream<WorkerStatusResponse, WorkerStatusRequest>;

  /** @param describe the worker's state as text, for people */
  constructor(address: string, workerId: string, describe: () => string) {
    this.channel = new Channel(address, workerId);
    this.call = this.channel.open(RUNNER_METHODS.status);
    this.call.on('data', ({ id }: WorkerStatusRequest) => {
      this.call.write({ id, error: '', statusInfo: describe() });
    });
    // A runner that asks no more stops nothing.
    this.call.on('end', () => this.call.end());
    this.call.on('error', () => undefined);
  }

  close(): void {
    this.call.end();
    this.channel.close();
  }
}
