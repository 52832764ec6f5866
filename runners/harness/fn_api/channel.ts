/** How calls to a runner's services are made: without limits of size, and each service over a connection of its own. */
import {
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  Metadata,
  type MethodDefinition,
} from '@grpc/grpc-js';

/** Elements of tens of megabytes come in one message; gRPC would refuse what is larger than 4 MiB. */
export const NO_SIZE_LIMITS = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
};

export class Channel {
  private readonly client: Client;
  private readonly metadata = new Metadata();

  /**
   * @param address host and port
   * @param workerId goes with every call: runners tell workers of one process apart by it
   */
  constructor(address: string, workerId?: string) {
    this.client = new Client(address, credentials.createInsecure(), {
      ...NO_SIZE_LIMITS,
      // A connection that services shared would stand still for all of them while data waits to be read.
      'grpc.use_local_subchannel_pool': 1,
    });
    if (workerId !== undefined) this.metadata.set('worker_id', workerId);
  }

  open<I, O>({
    path,
    requestSerialize,
    responseDeserialize,
  }: MethodDefinition<I, O>): ClientDuplexStream<I, O> {
    return this.client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, this.metadata);
  }

  read<I, O>(
    { path, requestSerialize, responseDeserialize }: MethodDefinition<I, O>,
    request: I,
  ): ClientReadableStream<O> {
    return this.client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      this.metadata,
    );
  }

  /**
   * Asks once.
   *
   * @param deadlineMs how long the answer may take, and the service to come up
   * @throws ServiceError of gRPC
   */
  ask<I, O>(
    { path, requestSerialize, responseDeserialize }: MethodDefinition<I, O>,
    request: I,
    deadlineMs = 60_000,
  ): Promise<O> {
    const options = { deadline: Date.now() + deadlineMs };
    // The one option that is a property of the metadata.
    const metadata = this.metadata.clone();
    metadata.setOptions({ waitForReady: true });
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
        options,
        (error, response) => {
          if (error === null) resolve(response!);
          else reject(error);
        },
      );
    });
  }

  /** Resolves when somebody listens at the address. @throws Error where nobody does for that long */
  ready(withinMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.client.waitForReady(Date.now() + withinMs, (error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  }

  close(): void {
    this.client.close();
  }
}
