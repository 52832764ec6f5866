/** A worker's state stream to one endpoint: requests of all bundles go through it, answers come in any order. */
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { StateKey, StateRequest, StateResponse } from 'apache-beam/proto/beam_fn_api';
import { Channel } from './channel';
import { RUNNER_METHODS } from './services';

interface Waiting {
  resolve(response: StateResponse): void;
  reject(reason: Error): void;
}

export class StateStream {
  private readonly channel: Channel;
  private readonly call: ClientDuplexStream<StateRequest, StateResponse>;
  private readonly waiting = new Map<string, Waiting>();
  private requests = 0;
  private failure: Error | undefined;

  /** @param onEnd told once, when nothing more will be answered */
  constructor(
    address: string,
    workerId: string,
    private readonly onEnd: () => void,
  ) {
    this.channel = new Channel(address, workerId);
    this.call = this.channel.open(RUNNER_METHODS.state);
    this.call.on('data', (response: StateResponse) => this.receive(response));
    this.call.on('end', () => this.end(new Error('The runner has ended the state stream')));
    this.call.on('error', (cause) =>
      this.end(new Error(`The state stream broke: ${cause.message}`, { cause })),
    );
  }

  /**
   * All that the runner keeps under the key, in as many answers as it likes.
   *
   * @throws Error where the runner refuses, or the stream ends before
   */
  async get(instructionId: string, stateKey: StateKey): Promise<Uint8Array> {
    const pages: Uint8Array[] = [];
    let continuationToken: Uint8Array = new Uint8Array();
    do {
      const request = { oneofKind: 'get' as const, get: { continuationToken } };
      const { response } = await this.ask({ instructionId, stateKey, request });
      if (response.oneofKind !== 'get')
        throw new Error(`The runner answered a request for state with ${response.oneofKind ?? 'nothing'}`);
      pages.push(response.get.data);
      continuationToken = response.get.continuationToken;
    } while (continuationToken.length > 0);
    return pages.length === 1 ? pages[0] : new Uint8Array(Buffer.concat(pages));
  }

  close(): void {
    this.end(new Error('The worker has ended'));
    this.call.end();
    this.channel.close();
  }

  private ask(request: Omit<StateRequest, 'id'>): Promise<StateResponse> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const id = String(++this.requests);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.call.write({ id, ...request });
    });
  }

  private receive(response: StateResponse): void {
    const waiting = this.waiting.get(response.id);
    this.waiting.delete(response.id);
    if (response.error === '') waiting?.resolve(response);
    else waiting?.reject(new Error(`The runner refused a request for state: ${response.error}`));
  }

  private end(reason: Error): void {
    if (this.failure !== undefined) return;
    this.failure = reason;
    for (const { reject } of this.waiting.values()) reject(reason);
    this.waiting.clear();
    this.onEnd();
  }
}
