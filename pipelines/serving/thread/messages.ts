/** What a stream and the thread that serves it say to each other; each hears it in the order in which it was said. */
import type { ColumnBlock } from '../../../schema/column_block';
import type { Selection } from '../../../serving/questions/selection';
import type { PipelineStatus } from '../../../serving/served';

/** Rows of a table, by its name. */
export interface SentRows {
  readonly table: string;
  readonly block: ColumnBlock;
}

export interface SentChange extends SentRows {
  readonly voids: Uint8Array | null;
}

/** Why something can't be done: a sentence for who asks, or a defect. */
export interface SentError {
  readonly kind: 'input' | 'busy' | 'defect';
  readonly message: string;
  readonly stack?: string;
}

export type ToThread =
  /** Rows of a first load. */
  | { readonly say: 'rows'; readonly rows: SentRows }
  /** All rows have been sent, and changes will be. */
  | { readonly say: 'held' }
  | { readonly say: 'changes'; readonly changes: readonly SentChange[] }
  /** The tables are others now, or can't be held. */
  | { readonly say: 'forget' }
  /** A flush has been written. */
  | { readonly say: 'written' }
  | { readonly say: 'status'; readonly status: PipelineStatus }
  | { readonly say: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly say: 'failure'; readonly id: number; readonly error: SentError }
  | { readonly say: 'close' };

/** What wants an answer has an id. */
export type FromThread =
  /** Send all tables, and changes from then on. Answered by whether they can be held. */
  | { readonly say: 'hold'; readonly id: number }
  /** Begin to read one moment of the output itself. Answered by a number of the moment, or null. */
  | { readonly say: 'read'; readonly id: number; readonly reader: number }
  /** Answered by rows. */
  | { readonly say: 'select'; readonly id: number; readonly reader: number; readonly selection: Selection }
  | { readonly say: 'leave'; readonly reader: number }
  /** There are too many rows by now: nothing more is to be sent. */
  | { readonly say: 'release' }
  /** Said first: where the server listens, or why it can't. */
  | { readonly say: 'listening'; readonly url: string; readonly port: number }
  | { readonly say: 'refused'; readonly error: SentError };

/** One end of the line between them. */
export interface Line<Said, Heard> {
  postMessage(message: Said): void;
  on(event: 'message', listener: (message: Heard) => void): unknown;
}
