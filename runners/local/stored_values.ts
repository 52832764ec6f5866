/** Encoded values in the runner's keeping, between the stage that sent them and the one that gets them. */
import { type EdgeBatch, entriesOf, FIELD, FIELDS, OWN_BUFFER_BYTES } from './edge_batch';
import type { EdgeBatchBuilder, Placed } from './edge_batch_builder';

interface Chunk {
  readonly bytes: Uint8Array;
  /** How many stored values are in it; the memory goes with the last of them. */
  values: number;
}

export interface StoredValue {
  readonly chunk: Chunk;
  readonly offset: number;
  readonly length: number;
}

export interface StoredElement extends StoredValue {
  /** Encoded, one character a byte, as everything here that is a string. */
  readonly key: string;
  readonly window: string;
  readonly pane: string;
  readonly timestampLow: number;
  readonly timestampHigh: number;
}

/** The entries of a batch that has arrived. They keep its chunks, not the batch. */
export function* storedElements(batch: EdgeBatch): Generator<StoredElement> {
  const { index, keys, windows, panes } = batch;
  const chunks = batch.chunks.map((bytes): Chunk => ({ bytes, values: 0 }));
  const entries = entriesOf(batch);
  for (let at = 0; at < entries * FIELDS; at += FIELDS) chunks[index[at + FIELD.chunk]].values++;
  for (let at = 0; at < entries * FIELDS; at += FIELDS) {
    yield {
      chunk: chunks[index[at + FIELD.chunk]],
      offset: index[at + FIELD.offset],
      length: index[at + FIELD.length],
      key: keys[index[at + FIELD.key]] ?? '',
      window: windows[index[at + FIELD.window]],
      pane: panes[index[at + FIELD.pane]] ?? '',
      timestampLow: index[at + FIELD.timestampLow],
      timestampHigh: index[at + FIELD.timestampHigh],
    };
  }
}

/** Moves a value into a batch that leaves; it must not be used again. A large one takes its buffer along. */
export function handOut({ chunk, offset, length }: StoredValue, batch: EdgeBatchBuilder): Placed {
  const alone = --chunk.values === 0 && length === chunk.bytes.length && length >= OWN_BUFFER_BYTES;
  return alone ? batch.adopt(chunk.bytes) : batch.copy(chunk.bytes.subarray(offset, offset + length));
}

/** Puts a copy of a value into a batch that leaves. */
export function copyOut({ chunk, offset, length }: StoredValue, batch: EdgeBatchBuilder): Placed {
  return batch.copy(chunk.bytes.subarray(offset, offset + length));
}
