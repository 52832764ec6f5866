import type { Column, ColumnType } from '../../schema/column';
import type { Table } from '../../schema/table';
import { HEADER_BYTES, isText, markBytes, padded, SHORT_TEXT, WIDTH } from './block_layout';

/** A column of a block: views of its parts, see block_layout.ts. */
export interface BlockColumn {
  readonly type: ColumnType;
  /** A bit a row, 1 for a value; null where no row is null. */
  readonly marks: Uint8Array | null;
  readonly values: Uint8Array;
  readonly longTexts: Uint8Array;
}

export interface Block {
  readonly rows: number;
  /** In the table's order. */
  readonly columns: readonly BlockColumn[];
}

/** Number of rows in blocks of any table. */
export function rowsOf(blocks: Uint8Array): number {
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
  let rows = 0;
  for (let start = 0; start < blocks.length; start += view.getUint32(start + 4, true))
    rows += view.getUint32(start, true);
  return rows;
}

/** The blocks of a table's staging file. `bytes` must begin at a multiple of eight in its buffer. */
export function* readBlocks(table: Table, bytes: Uint8Array): Generator<Block> {
  const types = Object.values<Column>(table.columns).map(({ type }) => type);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 0; start < bytes.length; start += view.getUint32(start + 4, true)) {
    const rows = view.getUint32(start, true);
    let at = start + HEADER_BYTES;
    const take = (length: number): Uint8Array => {
      const part = bytes.subarray(at, at + length);
      at += padded(length);
      return part;
    };
    const columns = types.map((type): BlockColumn => {
      const nulls = view.getUint32(at, true);
      const longBytes = view.getUint32(at + 4, true);
      at += HEADER_BYTES;
      const marks = nulls > 0 ? take(markBytes(rows)) : null;
      return { type, marks, values: take(rows * WIDTH[type]), longTexts: take(longBytes) };
    });
    yield { rows, columns };
  }
}

/** The same bytes at the beginning of a buffer, where {@link readBlocks} needs them. */
export function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}

/** The rows of a text column whose text is a long one, with its bytes. */
export function* longTexts({
  type,
  values,
  longTexts: texts,
}: BlockColumn): Generator<[row: number, text: Uint8Array]> {
  if (!isText(type) || texts.length === 0) return;
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length / 4);
  for (let row = 0; row * 4 < words.length; row++) {
    const length = words[row * 4];
    if (length > SHORT_TEXT) yield [row, texts.subarray(words[row * 4 + 1], words[row * 4 + 1] + length)];
  }
}
