/**
 * A server of BigQuery's Storage Write API for tests: AppendRows on default streams, as Google documents it. It decodes rows with nothing but the descriptor that came along, applies upserts and removals by
 * primary key and sequence number, and does what a test asks it to do wrong. Requests and answers are read and written by Google's own classes.
 */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server as NetServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { protos } from '@google-cloud/bigquery-storage';
import { Server, ServerCredentials, type ServerDuplexStream, status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import 'protobufjs/ext/descriptor';
import { AppendRefused, type RecordedTable } from './recorded_table';

const { AppendRowsRequest, AppendRowsResponse } = protos.google.cloud.bigquery.storage.v1;
const { DescriptorProto } = protos.google.protobuf;
type Answer = protos.google.cloud.bigquery.storage.v1.IAppendRowsResponse;
type Request = protos.google.cloud.bigquery.storage.v1.AppendRowsRequest;

/**
 * - `unavailable`: the call ends with UNAVAILABLE, the rows are not taken
 * - `lost`: the rows are taken, and the call ends before the answer
 * - `aborted`, `internal`, `exhausted`: the answer is that error, the rows are not taken
 * - `silent`: the rows are taken; this call answers nothing any more
 * - `dropped`: the rows are taken, and all connections to the machine break
 */
export type Fault = 'unavailable' | 'lost' | 'aborted' | 'internal' | 'exhausted' | 'silent' | 'dropped';

const ANSWERS: Partial<Record<Fault, number>> = {
  aborted: status.ABORTED,
  internal: status.INTERNAL,
  exhausted: status.RESOURCE_EXHAUSTED,
};

const MOST_BYTES = 10_000_000;

/** What a call said before: later requests may leave it out. */
interface CallState {
  stream: string;
  type: protobuf.Type | null;
  isSilent: boolean;
  /** When the answers so far have been given. */
  answered: Promise<void>;
}

export class RecordingServer {
  /** By name of the default stream. */
  readonly tables = new Map<string, RecordedTable>();
  /** What goes wrong with the request of a number, counted from 1. */
  fault: (request: number) => Fault | null = () => null;
  /** A status that every call ends with at its first request. */
  ends: { code: number; details: string } | null = null;
  /** Between two answers of a call, milliseconds. */
  delayMs = 0;
  requests = 0;
  calls = 0;
  /** Bytes of each request. */
  readonly sizes: number[] = [];
  /** Of each call, what its headers said of its way. */
  readonly routes: string[] = [];
  readonly injected: Fault[] = [];
  private readonly grpc = new Server({ 'grpc.max_receive_message_length': -1 });
  private readonly sockets = new Set<Socket>();
  private door: NetServer | null = null;

  /** Host and port, once it is started. */
  get endpoint(): { host: string; port: number } {
    return { host: '127.0.0.1', port: (this.door!.address() as AddressInfo).port };
  }

  async start(): Promise<this> {
    this.grpc.addService(
      {
        AppendRows: {
          path: '/google.cloud.bigquery.storage.v1.BigQueryWrite/AppendRows',
          requestStream: true,
          responseStream: true,
          requestSerialize: (value: Buffer) => value,
          requestDeserialize: (value: Buffer) => value,
          responseSerialize: (value: Answer) => Buffer.from(AppendRowsResponse.encode(value).finish()),
          responseDeserialize: (value: Buffer) => AppendRowsResponse.decode(value),
        },
      },
      { AppendRows: (call: ServerDuplexStream<Buffer, Answer>) => this.serve(call) },
    );
    const port = await new Promise<number>((resolve, reject) =>
      this.grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    // Clients come through this door, so that it can be slammed.
    this.door = createServer((socket) => {
      const inner = connect(port, '127.0.0.1');
      this.sockets.add(socket);
      for (const [one, other] of [
        [socket, inner],
        [inner, socket],
      ]) {
        one.pipe(other);
        one.on('error', () => other.destroy()).on('close', () => other.destroy());
      }
      socket.on('close', () => this.sockets.delete(socket));
    }).listen(0, '127.0.0.1');
    await once(this.door, 'listening');
    return this;
  }

  async stop(): Promise<void> {
    this.dropConnections();
    this.grpc.forceShutdown();
    this.door!.close();
    await once(this.door!, 'close');
  }

  dropConnections(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  private serve(call: ServerDuplexStream<Buffer, Answer>): void {
    this.calls++;
    this.routes.push(call.metadata.get('x-goog-request-params').join());
    const state: CallState = { stream: '', type: null, isSilent: false, answered: Promise.resolve() };
    call.on('data', (bytes: Buffer) => this.receive(call, state, bytes));
    call.on('error', () => {});
    call.on('end', () => call.end());
  }

  private receive(call: ServerDuplexStream<Buffer, Answer>, state: CallState, bytes: Buffer): void {
    if (state.isSilent) return;
    const end = (code: number, details: string): void => {
      state.isSilent = true;
      call.emit('error', { code, details });
    };
    this.sizes.push(bytes.length);
    const fault = this.fault(++this.requests);
    if (fault !== null) this.injected.push(fault);
    const refusal =
      this.ends ??
      (bytes.length >= MOST_BYTES
        ? { code: status.INVALID_ARGUMENT, details: 'AppendRows request too large' }
        : fault === 'unavailable'
          ? { code: status.UNAVAILABLE, details: 'try again' }
          : null);
    if (refusal !== null) {
      end(refusal.code, refusal.details);
      return;
    }
    const code = fault === null ? undefined : ANSWERS[fault];
    const answer =
      code === undefined ? this.answer(state, bytes) : { error: { code, message: `injected: ${fault}` } };
    if (code !== undefined) this.readDestination(state, AppendRowsRequest.decode(bytes));
    if (fault === 'lost') end(status.UNAVAILABLE, 'ended before the answer');
    else if (fault === 'silent') state.isSilent = true;
    else if (fault === 'dropped') this.dropConnections();
    else if (this.delayMs === 0) call.write(answer);
    else
      state.answered = state.answered.then(async () => {
        await delay(this.delayMs);
        call.write(answer);
      });
  }

  private answer(state: CallState, bytes: Buffer): Answer {
    try {
      const request = AppendRowsRequest.decode(bytes);
      const { table, type } = this.readDestination(state, request);
      const rows = (request.protoRows?.rows?.serializedRows ?? []).map((row) => type.decode(row));
      table.append(rows, type);
      return { appendResult: {}, writeStream: state.stream };
    } catch (error) {
      const { code = status.INVALID_ARGUMENT, rowErrors = [] } = error as Partial<AppendRefused>;
      return { error: { code, message: (error as Error).message }, rowErrors, writeStream: state.stream };
    }
  }

  /** Where a request goes, and what its rows are: said in the first request of a call, and whenever it goes elsewhere. */
  private readDestination(
    state: CallState,
    { writeStream, protoRows }: Request,
  ): { table: RecordedTable; type: protobuf.Type } {
    const isOther = writeStream !== '' && writeStream !== state.stream;
    if (isOther) {
      state.stream = writeStream;
      state.type = null;
    }
    const descriptor = protoRows?.writerSchema?.protoDescriptor;
    if (descriptor)
      state.type = (protobuf.Type as never as FromDescriptor).fromDescriptor(
        DescriptorProto.encode(descriptor).finish(),
      );
    const table = this.tables.get(state.stream);
    if (table === undefined) throw new AppendRefused(status.NOT_FOUND, `Table not found: ${state.stream}`);
    if (state.type === null) throw new AppendRefused(status.INVALID_ARGUMENT, 'no writer schema was given');
    return { table, type: state.type };
  }
}

interface FromDescriptor {
  fromDescriptor(descriptor: Uint8Array): protobuf.Type;
}
