import {
  BIGINT,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  type DuckDBAppender,
  DuckDBDataChunk,
  type DuckDBType,
  TIMESTAMP,
  VARCHAR,
} from '@duckdb/node-api';
import bindings from '@duckdb/node-bindings';
import { type Column, type ColumnType, MONEY_SCALE } from '../../schema/column';
import type { Table } from '../../schema/table';
import { type Block, type BlockColumn, longTexts, readBlocks } from '../staging/block_reader';

const TYPES: Record<ColumnType, DuckDBType> = {
  text: VARCHAR,
  json: VARCHAR,
  timestamp: TIMESTAMP,
  date: DATE,
  int64: BIGINT,
  money: DECIMAL(18, MONEY_SCALE),
  double: DOUBLE,
  boolean: BOOLEAN,
};

/** Appends the rows of `blocks` (io/staging/block_layout.ts) to the table that `appender` is for. */
export function appendBlocks(appender: DuckDBAppender, table: Table, blocks: Uint8Array): void {
  const types = Object.values<Column>(table.columns).map(({ type }) => TYPES[type]);
  for (const block of readBlocks(table, aligned(blocks))) appendBlock(appender, types, block);
}

function appendBlock(appender: DuckDBAppender, types: readonly DuckDBType[], block: Block): void {
  const chunk = DuckDBDataChunk.create(types, block.rows);
  block.columns.forEach((column, index) => {
    fill(bindings.data_chunk_get_vector(chunk.chunk, index), column);
  });
  appender.appendDataChunk(chunk);
}

/** Copies a column into a vector. The driver's own vectors take a value at a time, each as an object; its bindings take the whole memory. */
function fill(vector: bindings.Vector, column: BlockColumn): void {
  const { marks, values } = column;
  bindings.copy_data_to_vector(vector, 0, values.buffer as ArrayBuffer, values.byteOffset, values.length);
  if (marks !== null) {
    bindings.vector_ensure_validity_writable(vector);
    bindings.copy_data_to_vector_validity(
      vector,
      0,
      marks.buffer as ArrayBuffer,
      marks.byteOffset,
      marks.length,
    );
  }
  for (const [row, text] of longTexts(column)) bindings.vector_assign_string_element_len(vector, row, text);
}

/** The same bytes at the beginning of a buffer. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}
