/** Builds an EdgeBatch: in a worker from encoded values, in the runner from values it has stored. */
import type { Coder } from 'apache-beam/coders/coders';
import { Context } from 'apache-beam/coders/coders';
import { ValueEncoder } from '../harness/bytes';
import { type EdgeBatch, FIELDS, type GroupHeader, OWN_BUFFER_BYTES } from './edge_batch';

/** Where in the batch a value is. */
export interface Placed {
  readonly chunk: number;
  readonly offset: number;
  readonly length: number;
}

const FIRST_CHUNK_BYTES = 4 * 1024;
const LARGEST_CHUNK_BYTES = 256 * 1024;
/** Coders may lay typed arrays over a value's bytes. */
const ALIGNMENT = 8;

export class EdgeBatchBuilder {
  readonly encoder = new ValueEncoder();
  readonly keys = new StringTable();
  readonly windows = new StringTable();
  readonly panes = new StringTable();
  private readonly chunks: Uint8Array[] = [];
  private readonly groups: GroupHeader[] = [];
  private index = new Int32Array(32 * FIELDS);
  private used = 0;
  /** The chunk that small values are put into, and how far it is filled. */
  private open = -1;
  private filled = 0;

  get entries(): number {
    return this.used / FIELDS;
  }

  /** Whether any group has ended; one may be without values. */
  get hasGroups(): boolean {
    return this.groups.length > 0;
  }

  /** Encodes a value into the batch. */
  encode<T>(coder: Coder<T>, value: T): Placed {
    const length = this.encoder.measure(coder, value, Context.wholeStream);
    const placed = this.place(length);
    this.encoder.writeTo(this.chunks[placed.chunk].subarray(placed.offset, placed.offset + length));
    return placed;
  }

  copy(bytes: Uint8Array): Placed {
    const placed = this.place(bytes.length);
    this.chunks[placed.chunk].set(bytes, placed.offset);
    return placed;
  }

  /** Takes a value over with the buffer it fills; nobody else may use that any more. */
  adopt(buffer: Uint8Array): Placed {
    return { chunk: this.chunks.push(buffer) - 1, offset: 0, length: buffer.length };
  }

  /** Adds an entry for a value; key, window and pane are positions in the builder's tables. */
  add(
    value: Placed,
    key: number,
    window: number,
    pane: number,
    timestampLow: number,
    timestampHigh: number,
  ): void {
    if (this.used === this.index.length) {
      const larger = new Int32Array(this.index.length * 2);
      larger.set(this.index);
      this.index = larger;
    }
    const { index, used } = this;
    index[used] = value.chunk;
    index[used + 1] = value.offset;
    index[used + 2] = value.length;
    index[used + 3] = key;
    index[used + 4] = window;
    index[used + 5] = pane;
    index[used + 6] = timestampLow;
    index[used + 7] = timestampHigh;
    this.used += FIELDS;
  }

  /** Says that the entries added since the last group are the values of this one. */
  endGroup(group: GroupHeader): void {
    this.groups.push(group);
  }

  /** The batch; the builder can't be used any more. */
  finish(): EdgeBatch {
    // What is kept until the run's next stage should not be the empty end of a chunk.
    if (this.open >= 0) this.chunks[this.open] = this.chunks[this.open].slice(0, this.filled);
    return {
      index: this.index.slice(0, this.used),
      keys: this.keys.strings,
      windows: this.windows.strings,
      panes: this.panes.strings,
      chunks: this.chunks,
      ...(this.groups.length > 0 && { groups: this.groups }),
    };
  }

  private place(length: number): Placed {
    if (length >= OWN_BUFFER_BYTES) return this.adopt(new Uint8Array(length));
    if (this.open < 0 || this.filled + length > this.chunks[this.open].length) this.openChunk(length);
    const placed = { chunk: this.open, offset: this.filled, length };
    this.filled = Math.ceil((this.filled + length) / ALIGNMENT) * ALIGNMENT;
    return placed;
  }

  /** Chunks grow with what the bundle sends: most edges see a handful of small values, a few see thousands. */
  private openChunk(atLeast: number): void {
    const last = this.open < 0 ? FIRST_CHUNK_BYTES / 2 : this.chunks[this.open].length;
    const size = Math.max(
      Math.min(last * 2, LARGEST_CHUNK_BYTES),
      Math.ceil(atLeast / ALIGNMENT) * ALIGNMENT,
    );
    this.open = this.chunks.push(new Uint8Array(size)) - 1;
    this.filled = 0;
  }
}

/** Strings by position, each once. */
class StringTable {
  readonly strings: string[] = [];
  private readonly positions = new Map<string, number>();

  position(text: string): number {
    let position = this.positions.get(text);
    if (position === undefined) {
      position = this.strings.push(text) - 1;
      this.positions.set(text, position);
    }
    return position;
  }
}
