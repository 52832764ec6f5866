/**
 * The gRPC channel to BigQuery's Storage Write API. Google's client finds credentials and endpoint and makes the channel; requests go through it as bytes, so that no row becomes an object. The library is loaded
 * when a channel is opened, not before: it takes half a second.
 */
import type { protos, v1 } from '@google-cloud/bigquery-storage';
import type { ClientDuplexStream, Metadata } from '@grpc/grpc-js';
import { type GrpcFault, grpcFaultOf, STATUS } from '../../wire/grpc_fault';
import { writeError } from './write_fault';

const APPEND_ROWS = '/google.cloud.bigquery.storage.v1.BigQueryWrite/AppendRows';

/** A connection that answers nothing for so long is asked whether it is there, and counts as broken when it stays silent. */
const KEEPALIVE = { 'grpc.keepalive_time_ms': 30_000, 'grpc.keepalive_timeout_ms': 10_000 };
/** Between two attempts of the channel to connect, at most, milliseconds; gRPC's own limit is two minutes. */
const RECONNECT_MS = 2000;

export interface WriteChannelOptions {
  /** `projects/P/datasets/D` */
  readonly dataset: string;
  /** Where the dataset is, `europe-west1` or `EU`: Google's front ends route by it. Without it the first table of a connection names the way. */
  readonly location?: string;
  /** A local server instead of Google's, without encryption and credentials. */
  readonly endpoint?: { readonly host: string; readonly port: number };
}

/** A row that was not taken. */
export interface RowRefusal {
  /** Its number in the request. */
  readonly index: number;
  readonly reason: string;
}

/** The answer to a request. */
export interface AppendAnswer {
  /** null: all rows are taken. */
  readonly fault: GrpcFault | null;
  /** With a fault: the rows that it is about, and none was taken. */
  readonly refused: readonly RowRefusal[];
}

export interface AppendCall {
  write(request: Buffer): void;
  /** Ends it at once; nothing is told any more. */
  cancel(): void;
}

export class WriteChannel {
  private constructor(
    private readonly client: InstanceType<typeof v1.BigQueryWriteClient>,
    private readonly grpc: {
      makeBidiStreamRequest(
        path: string,
        serialize: (value: Buffer) => Buffer,
        deserialize: (value: Buffer) => Buffer,
        metadata: Metadata,
      ): ClientDuplexStream<Buffer, Buffer>;
    },
    private readonly decode: (bytes: Buffer) => protos.google.cloud.bigquery.storage.v1.IAppendRowsResponse,
    private readonly newMetadata: () => Metadata,
    private readonly options: WriteChannelOptions,
  ) {}

  /** @throws InputError where there are no credentials; whether the service answers is not asked yet */
  static async open(options: WriteChannelOptions): Promise<WriteChannel> {
    const library =
      require('@google-cloud/bigquery-storage') as typeof import('@google-cloud/bigquery-storage');
    const { credentials, Metadata } = require('@grpc/grpc-js') as typeof import('@grpc/grpc-js');
    const { dataset, endpoint } = options;
    const client = new library.v1.BigQueryWriteClient({
      projectId: dataset.split('/')[1],
      ...KEEPALIVE,
      'grpc.max_reconnect_backoff_ms': RECONNECT_MS,
      ...(endpoint !== undefined && {
        servicePath: endpoint.host,
        port: endpoint.port,
        sslCreds: credentials.createInsecure(),
        auth: NO_AUTH,
      }),
    } as ConstructorParameters<typeof v1.BigQueryWriteClient>[0]);
    try {
      await client.initialize();
    } catch (error) {
      // Nothing but credentials is looked for yet.
      const { details } = grpcFaultOf(error);
      throw writeError(
        { code: STATUS.UNAUTHENTICATED, details },
        { dataset, table: null, endpoint: addressOf(options) },
      );
    }
    const { AppendRowsResponse } = library.protos.google.cloud.bigquery.storage.v1;
    return new WriteChannel(
      client,
      (await client.bigQueryWriteStub) as never,
      (bytes) => AppendRowsResponse.decode(bytes),
      () => new Metadata(),
      options,
    );
  }

  /** Host and port of a local server, null for Google's service. */
  get endpoint(): string | null {
    return addressOf(this.options);
  }

  /**
   * Opens a connection that rows of any table of the dataset can go through.
   *
   * @param stream the one that the first request is for
   * @param onAnswer told of each answer; they come in the order of the requests
   * @param onEnd told once, when the connection is over, why; not after `cancel`
   */
  append(
    stream: string,
    onAnswer: (answer: AppendAnswer) => void,
    onEnd: (fault: GrpcFault) => void,
  ): AppendCall {
    const metadata = this.newMetadata();
    metadata.set('x-goog-request-params', this.route(stream));
    const call = this.grpc.makeBidiStreamRequest(APPEND_ROWS, asBytes, asBytes, metadata);
    let isOver = false;
    call.on('data', (bytes: Buffer) => {
      if (!isOver) onAnswer(answerOf(this.decode(bytes)));
    });
    // The status that follows says the same.
    call.on('error', () => {});
    call.on('status', (status: unknown) => {
      if (isOver) return;
      isOver = true;
      onEnd(grpcFaultOf(status));
    });
    return {
      write: (request) => {
        call.write(request);
      },
      cancel: () => {
        isOver = true;
        call.cancel();
      },
    };
  }

  private route(stream: string): string {
    const { dataset, location } = this.options;
    return location === undefined
      ? `write_stream=${encodeURIComponent(stream)}`
      : `write_location=${encodeURIComponent(`projects/${dataset.split('/')[1]}/locations/${location.toLowerCase()}`)}`;
  }

  async close(): Promise<void> {
    await this.client.close();
  }
}

/** A local server asks nobody who they are; the client would look for credentials all the same. */
const NO_AUTH = { getUniverseDomain: async () => 'googleapis.com' } as never;

const asBytes = (bytes: Buffer): Buffer => bytes;

function addressOf({ endpoint }: WriteChannelOptions): string | null {
  return endpoint === undefined ? null : `${endpoint.host}:${endpoint.port}`;
}

function answerOf({
  error,
  rowErrors,
}: protos.google.cloud.bigquery.storage.v1.IAppendRowsResponse): AppendAnswer {
  const refused = (rowErrors ?? []).map(({ index, message }) => ({
    index: Number(index ?? 0),
    reason: message || 'no reason given',
  }));
  if (error || refused.length > 0) {
    const { code, message } = error ?? {};
    return {
      fault: { code: code || STATUS.INVALID_ARGUMENT, details: message || 'no reason given' },
      refused,
    };
  }
  return { fault: null, refused: [] };
}
