/** What the runner and a worker thread say to each other: one message a bundle and direction, never one an element. */
import type { EdgeBatch } from './edge_batch';
import type { ErrorRecord } from './error_record';
import type { BundleResult, SideInputBatch } from './stage_host';
import type { SharedProtos, StageDefinition } from './stages';

/** Given to a worker at its start. */
export interface WorkerStart {
  readonly registration: readonly string[];
  /** One number, 0 while the run goes on: a worker that is busy reads no messages. */
  readonly stop: SharedArrayBuffer;
}

/** Each request but the first and the last has one reply, in order. */
export type Request =
  | { readonly kind: 'pipeline'; readonly protos: SharedProtos }
  | { readonly kind: 'open'; readonly stage: StageDefinition; readonly sideInputs: readonly SideInputBatch[] }
  | { readonly kind: 'process'; readonly stage: string; readonly batch: EdgeBatch }
  | { readonly kind: 'close'; readonly stage: string }
  | { readonly kind: 'stop' };

export type Reply =
  | { readonly kind: 'done'; readonly result?: BundleResult }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };
