/**
 * The gRPC channel to Pub/Sub's Subscriber service. Google's client finds credentials, endpoint and emulator and makes the channel; calls go through it as bytes (docs/decisions/0010-pull-as-bytes.md).
 */
import { PubSub, v1 } from '@google-cloud/pubsub';
import { type GrpcFault, grpcFaultOf, STATUS } from '../wire/grpc_fault';
import { emulatorHost } from './emulator';

const SERVICE = '/google.pubsub.v1.Subscriber/';
/** Between two attempts of the channel to connect, at most, milliseconds; gRPC's own limit is two minutes. */
const RECONNECT_MS = 2000;

/** A stream of pulled messages. */
export interface PullCall {
  write(request: Buffer): void;
  pause(): void;
  resume(): void;
  /** Asks the service to end the stream; what it has sent by then still comes, and then its end. */
  end(): void;
  cancel(): void;
}

/** The parts of gRPC's client and calls in use. */
interface GrpcClient {
  makeUnaryRequest(
    path: string,
    serialize: (value: Buffer) => Buffer,
    deserialize: (value: Buffer) => Buffer,
    request: Buffer,
    options: CallOptions,
    callback: (error: unknown, response?: Buffer) => void,
  ): void;
  makeBidiStreamRequest(
    path: string,
    serialize: (value: Buffer) => Buffer,
    deserialize: (value: Buffer) => Buffer,
    options: CallOptions,
  ): GrpcStream;
}

interface GrpcStream extends PullCall {
  on(event: 'data', listener: (response: Buffer) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'status', listener: (status: unknown) => void): unknown;
}

interface CallOptions {
  readonly deadline?: number;
  readonly interceptors: readonly Interceptor[];
}

type Interceptor = (options: unknown, next: (options: unknown) => InterceptingCall) => InterceptingCall;

interface InterceptingCall {
  start(metadata: { set(key: string, value: string): void }, listener: unknown): void;
}

const asBytes = (bytes: Buffer): Buffer => bytes;

export class SubscriberChannel {
  private isClosed = false;

  private constructor(
    private readonly client: InstanceType<typeof v1.SubscriberClient>,
    private readonly grpc: GrpcClient,
    private readonly interceptors: readonly Interceptor[],
  ) {}

  /**
   * @param subscription projects/PROJECT/subscriptions/SUBSCRIPTION
   * @throws where there are no credentials; whether the service answers is not asked yet
   */
  static async open(subscription: string): Promise<SubscriberChannel> {
    const config = await new PubSub({
      projectId: subscription.split('/')[1],
      'grpc.max_reconnect_backoff_ms': RECONNECT_MS,
    } as object).getClientConfig();
    const client = await quietly(async () => {
      const made = new v1.SubscriberClient({
        ...config,
        ...(emulatorHost() !== null && { auth: NO_AUTH }),
      } as ConstructorParameters<typeof v1.SubscriberClient>[0]);
      await made.initialize();
      return made;
    });
    const grpc = (await client.subscriberStub) as unknown as GrpcClient;
    return new SubscriberChannel(client, grpc, [routedTo(subscription)]);
  }

  /** A call with one answer. Keeps its promise with a fault where it fails. */
  async ask(method: string, request: Buffer, timeoutMs: number): Promise<Buffer | GrpcFault> {
    const { interceptors } = this;
    if (this.isClosed) return { code: STATUS.CANCELLED, details: 'The channel is closed' };
    return new Promise((resolve) => {
      this.grpc.makeUnaryRequest(
        `${SERVICE}${method}`,
        asBytes,
        asBytes,
        request,
        { deadline: Date.now() + timeoutMs, interceptors },
        (error, response) => resolve(error ? grpcFaultOf(error) : response!),
      );
    });
  }

  /**
   * Opens a stream of pulled messages.
   *
   * @param onResponse told of each response
   * @param onEnd told once, when the stream is over, why; not after `cancel`
   */
  pull(request: Buffer, onResponse: (response: Buffer) => void, onEnd: (fault: GrpcFault) => void): PullCall {
    const { interceptors } = this;
    const call = this.grpc.makeBidiStreamRequest(`${SERVICE}StreamingPull`, asBytes, asBytes, {
      interceptors,
    });
    call.on('data', onResponse);
    // The status that follows says the same.
    call.on('error', () => {});
    call.on('status', (status) => {
      const fault = grpcFaultOf(status);
      if (fault.code !== STATUS.CANCELLED) onEnd(fault);
    });
    call.write(request);
    return call;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.client.close();
  }
}

/** The emulator asks nobody who they are; the client would look for credentials all the same. */
const NO_AUTH = { getUniverseDomain: async () => 'googleapis.com' } as never;

/** Names the subscription in each call's header, by which Google's front ends route. */
function routedTo(subscription: string): Interceptor {
  return (options, next) => {
    const call = next(options);
    const start = call.start.bind(call);
    call.start = (metadata, listener) => {
      metadata.set('x-goog-request-params', `subscription=${encodeURIComponent(subscription)}`);
      start(metadata, listener);
    };
    return call;
  };
}

/** Without the warning of Google's client that it asked in vain whether this is a machine in its cloud: an error follows that says what to do. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!rest.some((name) => name === 'MetadataLookupWarning')) emitWarning(warning, ...rest);
  }) as typeof process.emitWarning;
  try {
    return await work();
  } finally {
    process.emitWarning = emitWarning;
  }
}
