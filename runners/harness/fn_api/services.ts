/** The calls of Beam's Fn API, by the protos of the SDK. The SDK's own clients come with another version of gRPC, and copy every message once more. */
import type { MethodDefinition } from '@grpc/grpc-js';
import {
  Elements,
  GetProcessBundleDescriptorRequest,
  InstructionRequest,
  InstructionResponse,
  LogControl,
  LogEntry_List,
  ProcessBundleDescriptor,
  StartWorkerRequest,
  StartWorkerResponse,
  StateRequest,
  StateResponse,
  StopWorkerRequest,
  StopWorkerResponse,
  WorkerStatusRequest,
  WorkerStatusResponse,
} from 'apache-beam/proto/beam_fn_api';
import { GetProvisionInfoRequest, GetProvisionInfoResponse } from 'apache-beam/proto/beam_provision_api';

export interface MessageType<T> {
  toBinary(message: T): Uint8Array;
  fromBinary(bytes: Uint8Array): T;
}

/** A call of a service; `kind` says which sides send any number of messages. */
export function method<I, O>(
  service: string,
  name: string,
  kind: 'one to one' | 'one to many' | 'many to many',
  request: MessageType<I>,
  response: MessageType<O>,
): MethodDefinition<I, O> {
  return {
    path: `/${service}/${name}`,
    requestStream: kind === 'many to many',
    responseStream: kind !== 'one to one',
    requestSerialize: (message) => bytesOf(request, message),
    requestDeserialize: (bytes) => request.fromBinary(bytes),
    responseSerialize: (message) => bytesOf(response, message),
    responseDeserialize: (bytes) => response.fromBinary(bytes),
  };
}

function bytesOf<T>(type: MessageType<T>, message: T): Buffer {
  const bytes = type.toBinary(message);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

const FN_EXECUTION = 'org.apache.beam.model.fn_execution.v1';
const CONTROL = `${FN_EXECUTION}.BeamFnControl`;
const WORKER_POOL = `${FN_EXECUTION}.BeamFnExternalWorkerPool`;

/** What a worker calls. */
export const RUNNER_METHODS = {
  control: method(CONTROL, 'Control', 'many to many', InstructionResponse, InstructionRequest),
  describe: method(
    CONTROL,
    'GetProcessBundleDescriptor',
    'one to one',
    GetProcessBundleDescriptorRequest,
    ProcessBundleDescriptor,
  ),
  data: method(`${FN_EXECUTION}.BeamFnData`, 'Data', 'many to many', Elements, Elements),
  state: method(`${FN_EXECUTION}.BeamFnState`, 'State', 'many to many', StateRequest, StateResponse),
  logging: method(`${FN_EXECUTION}.BeamFnLogging`, 'Logging', 'many to many', LogEntry_List, LogControl),
  status: method(
    `${FN_EXECUTION}.BeamFnWorkerStatus`,
    'WorkerStatus',
    'many to many',
    WorkerStatusResponse,
    WorkerStatusRequest,
  ),
  provision: method(
    `${FN_EXECUTION}.ProvisionService`,
    'GetProvisionInfo',
    'one to one',
    GetProvisionInfoRequest,
    GetProvisionInfoResponse,
  ),
};

/** What a pool of workers answers. */
export const WORKER_POOL_METHODS = {
  startWorker: method(WORKER_POOL, 'StartWorker', 'one to one', StartWorkerRequest, StartWorkerResponse),
  stopWorker: method(WORKER_POOL, 'StopWorker', 'one to one', StopWorkerRequest, StopWorkerResponse),
};
