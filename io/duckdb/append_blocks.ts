import * as fs from 'node:fs';
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
import { type Column, type ColumnType, MONEY_SCALE } from '../../schema/column';
import type { Table } from '../../schema/table';
import { type Block, type BlockColumn, readBlocks } from '../staging/column_block';

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

/** Appends the rows of a staging file to the table that `appender` is for. */
export function appendBlocks(appender: DuckDBAppender, table: Table, file: string): void {
  const types = Object.values<Column>(table.columns).map(({ type }) => TYPES[type]);
  for (const block of readBlocks(table, aligned(fs.readFileSync(file)))) appendBlock(appender, types, block);
}

function appendBlock(appender: DuckDBAppender, types: readonly DuckDBType[], block: Block): void {
  const chunk = DuckDBDataChunk.create(types, block.rows);
  block.columns.forEach((column, index) => {
    const vector = chunk.getColumnVector(index) as unknown as Vector;
    if (column.type === 'text' || column.type === 'json') fillText(vector, column, block.rows);
    else fill(vector, column, block.rows);
    vector.flush();
  });
  appender.appendDataChunk(chunk);
}

/** A vector of the driver. Its typed methods take one value at a time, most of them as an object; a whole column is copied into its memory instead. */
interface Vector {
  readonly items?: ArrayBufferView;
  readonly dataView?: ArrayBufferView;
  setItem(row: number, value: unknown): void;
  flush(): void;
}

function fill(vector: Vector, column: BlockColumn, rows: number): void {
  const memory = vector.items ?? vector.dataView;
  if (memory === undefined || memory.byteLength !== column.values.byteLength) {
    throw new Error(
      `the DuckDB driver lays ${column.type} columns out in another way than this version knows`,
    );
  }
  new Uint8Array(memory.buffer, memory.byteOffset, memory.byteLength).set(column.values);
  for (let row = 0; row < rows; row++) if (column.nulls[row] === 1) vector.setItem(row, null);
}

function fillText(vector: Vector, column: BlockColumn, rows: number): void {
  for (let row = 0; row < rows; row++) vector.setItem(row, column.nulls[row] === 1 ? null : column.text(row));
}

/** The same bytes at the beginning of a buffer. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}
