/** A worker's data stream to one endpoint: what comes goes to the bundles' inboxes, what leaves waits while too much is on its way. */
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { Elements } from 'apache-beam/proto/beam_fn_api';
import type { MaybePromise } from '../maybe_promise';
import { Channel } from './channel';
import type { InboundData } from './inbound_data';
import { RUNNER_METHODS } from './services';

/** Bytes handed to gRPC and not yet written, above which senders wait. */
const MOST_UNSENT_BYTES = 4 * 1024 * 1024;

interface Waiting {
  resolve(): void;
  reject(reason: Error): void;
}

export class DataStream {
  private readonly channel: Channel;
  private readonly call: ClientDuplexStream<Elements, Elements>;
  private readonly waiting: Waiting[] = [];
  private unsentBytes = 0;
  private failure: Error | undefined;

  /** @param onEnd told once, when nothing more can be sent or will come */
  constructor(
    address: string,
    workerId: string,
    private readonly inbound: InboundData,
    private readonly onEnd: () => void,
  ) {
    this.channel = new Channel(address, workerId);
    this.call = this.channel.open(RUNNER_METHODS.data);
    this.call.on('data', (elements: Elements) => inbound.accept(elements));
    this.call.on('end', () => this.end(new Error('The runner has ended the data stream')));
    this.call.on('error', (cause) =>
      this.end(new Error(`The data stream broke: ${cause.message}`, { cause })),
    );
    inbound.addStream(this.call);
  }

  /**
   * Sends elements; the caller may go on at once, or has to wait where a promise is returned.
   *
   * @throws Error where the stream has ended
   */
  send(elements: Elements): MaybePromise<void> {
    if (this.failure !== undefined) throw this.failure;
    let bytes = 0;
    for (const { data } of elements.data) bytes += data.length;
    this.unsentBytes += bytes;
    this.call.write(elements, () => this.sent(bytes));
    if (this.unsentBytes <= MOST_UNSENT_BYTES) return undefined;
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  /** Ends the stream, on this side first. */
  close(): void {
    this.end(new Error('The worker has ended'));
    this.call.end();
    this.channel.close();
  }

  private sent(bytes: number): void {
    this.unsentBytes -= bytes;
    if (this.unsentBytes > MOST_UNSENT_BYTES) return;
    for (const { resolve } of this.waiting.splice(0)) resolve();
  }

  private end(reason: Error): void {
    if (this.failure !== undefined) return;
    this.failure = reason;
    this.inbound.removeStream(this.call, reason);
    for (const { reject } of this.waiting.splice(0)) reject(reason);
    this.onEnd();
  }
}
