/** Rows of a DuckDB file column by column, out of the driver's own memory: a tenth of what making an object of each value takes, and as exact as ask.ts. */
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import bindings from '@duckdb/node-bindings';
import type { Column } from '../../schema/column';
import type { BlockColumn, ColumnBlock } from '../../schema/column_block';
import { duckdbType, quote } from '../../schema/duckdb';
import type { Table } from '../../schema/table';
import { VectorTexts } from './vector_texts';

/** Which columns are read, and where. */
export interface ColumnSource {
  readonly columns: Readonly<Record<string, Column>>;
  /** What stands behind FROM: a table's name in quotes, or a SELECT in brackets. */
  readonly from: string;
}

/** Columns of a table as it is in the file. @throws Error where the table has no such column */
export function columnSource(
  { name, columns }: Table,
  names: readonly string[],
  from: string = quote(name),
): ColumnSource {
  const chosen = names.map((column) => {
    if (columns[column] === undefined) throw new Error(`${name} has no column ${column}`);
    return [column, columns[column]];
  });
  return { columns: Object.fromEntries(chosen), from };
}

/** The rows in blocks of some thousand, as they are found: nothing else can be done with the connection until the last one has been taken, or one stops. */
export async function* readColumns(
  connection: DuckDBConnection,
  source: ColumnSource,
): AsyncGenerator<ColumnBlock, void, undefined> {
  const result = await connection.stream(selectSql(source));
  const texts = new VectorTexts();
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield blockOf(chunk, source, texts);
  }
}

/** The rows in blocks, all at once: for few rows, as it asks the database but once. */
export async function readFewRows(
  connection: DuckDBConnection,
  source: ColumnSource,
  texts: VectorTexts = new VectorTexts(),
): Promise<ColumnBlock[]> {
  const result = await connection.run(selectSql(source));
  return Array.from({ length: result.chunkCount }, (_, at) => blockOf(result.getChunk(at), source, texts));
}

/** Casts to the types that are read below: they cost nothing where a column has its type, and a file's table may be somebody else's. */
function selectSql({ columns, from }: ColumnSource): string {
  const casts = Object.entries(columns).map(
    ([name, column]) => `CAST(${quote(name)} AS ${isText(column) ? 'VARCHAR' : duckdbType(column)})`,
  );
  return `SELECT ${casts.join(', ')} FROM ${from}`;
}

function blockOf(chunk: DuckDBDataChunk, { columns }: ColumnSource, texts: VectorTexts): ColumnBlock {
  const rows = chunk.rowCount;
  const read = Object.entries(columns).map(([name, column], index) => [
    name,
    columnOf(bindings.data_chunk_get_vector(chunk.chunk, index), column, rows, texts),
  ]);
  // Asked for once more, since the memory of its vectors is there only for as long as something refers to the chunk.
  return { rows: chunk.rowCount, columns: Object.fromEntries(read) };
}

function columnOf(vector: bindings.Vector, column: Column, rows: number, texts: VectorTexts): BlockColumn {
  const nulls = nullsOf(vector, rows);
  if (isText(column)) return { kind: 'text', values: texts.read(vector, rows, nulls) };
  if (column.type === 'money') {
    const values = new BigInt64Array(bytesOf(vector, rows * 8));
    nulls?.forEach((isNull, row) => {
      if (isNull === 1) values[row] = 0n;
    });
    return { kind: 'money', values, nulls };
  }
  const values = numbersOf(vector, column, rows);
  // Anything may stand where there is no value.
  nulls?.forEach((isNull, row) => {
    if (isNull === 1) values[row] = 0;
  });
  return { kind: 'number', values, nulls };
}

function isText({ type }: Column): boolean {
  return type === 'text' || type === 'json';
}

/** 1 where a row has no value; null where each has one. */
function nullsOf(vector: bindings.Vector, rows: number): Uint8Array | null {
  // A bit a row, 1 for a value, in words of 64; none at all where each has one.
  const marks: Uint8Array | null = bindings.vector_get_validity(vector, Math.ceil(rows / 64) * 8);
  if (marks === null || marks === undefined) return null;
  const nulls = new Uint8Array(rows);
  let any = 0;
  for (let row = 0; row < rows; row++) {
    nulls[row] = ((marks[row >> 3] >> (row & 7)) & 1) ^ 1;
    any |= nulls[row];
  }
  return any === 1 ? nulls : null;
}

/** Numbers as blocks have them: times in milliseconds, days, counts. */
function numbersOf(vector: bindings.Vector, { type }: Column, rows: number): Float64Array {
  if (type === 'boolean') return Float64Array.from(bindings.vector_get_data(vector, rows));
  if (type === 'date') return new Float64Array(new Int32Array(bytesOf(vector, rows * 4)));
  const bytes = bytesOf(vector, rows * 8);
  if (type === 'double') return new Float64Array(bytes);
  return type === 'timestamp' ? millisecondsOf(bytes) : wholeNumbers(bytes);
}

/** A copy of the vector's memory. */
function bytesOf(vector: bindings.Vector, length: number): ArrayBuffer {
  return bindings.vector_get_data(vector, length).slice().buffer as ArrayBuffer;
}

const HIGH_WORD = 2 ** 32;
/** Below 2^52 in magnitude, which is from 1827 to 2112, dividing a double by a thousand and cutting off its fraction is exact. */
const HIGHEST_WORD = 2 ** 20;

/** Microseconds → milliseconds. */
function millisecondsOf(bytes: ArrayBuffer): Float64Array {
  const words = new Int32Array(bytes);
  const whole = new BigInt64Array(bytes);
  const values = new Float64Array(whole.length);
  for (let row = 0; row < values.length; row++) {
    const high = words[2 * row + 1];
    values[row] =
      high < HIGHEST_WORD && high >= -HIGHEST_WORD
        ? // What is cut off to nothing is no negative zero.
          Math.trunc((high * HIGH_WORD + (words[2 * row] >>> 0)) / 1000) + 0
        : Number(whole[row] / 1000n);
  }
  return values;
}

/** 64-bit integers → doubles, without an object for each. */
function wholeNumbers(bytes: ArrayBuffer): Float64Array {
  const words = new Int32Array(bytes);
  const values = new Float64Array(words.length / 2);
  for (let row = 0; row < values.length; row++)
    values[row] = words[2 * row + 1] * HIGH_WORD + (words[2 * row] >>> 0);
  return values;
}
