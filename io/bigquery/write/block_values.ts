/** Single values of a block's columns (io/staging/block_layout.ts), as numbers and texts. */
import { moneyDecimal } from '../../../schema/column';
import { DAY_MS } from '../../../schema/events';
import type { Table } from '../../../schema/table';
import { SHORT_TEXT } from '../../staging/block_layout';
import type { Block, BlockColumn } from '../../staging/block_reader';

const TWO_32 = 4_294_967_296;

/** A column's memory as 32-bit words. Blocks begin at multiples of eight bytes, and so do their columns. */
export function wordsOf({ values }: BlockColumn): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length >> 2);
}

export function isNull({ marks }: BlockColumn, row: number): boolean {
  return marks !== null && (marks[row >> 3] & (1 << (row & 7))) === 0;
}

export function columnOf(table: Table, block: Block, name: string): BlockColumn {
  const index = Object.keys(table.columns).indexOf(name);
  if (index < 0) throw new Error(`${table.name} has no column ${name}`);
  return block.columns[index];
}

/** Whole numbers of a column, beyond 2^53 rounded. A null is 0. */
export function numbersOf(column: BlockColumn): (row: number) => number {
  const words = wordsOf(column);
  return (row) => (words[row * 2 + 1] | 0) * TWO_32 + words[row * 2];
}

/** Milliseconds of a timestamp column. Exact although microseconds of far years have more digits than a double: they are thousands. A null is 0. */
export function millisecondsOf(column: BlockColumn): (row: number) => number {
  const micros = numbersOf(column);
  return (row) => Math.round(micros(row) / 1000);
}

/** The bytes of texts; none for a null. */
export function textBytesOf(column: BlockColumn): (row: number) => Uint8Array {
  const words = wordsOf(column);
  return (row) => {
    const length = words[row * 4];
    if (length <= SHORT_TEXT) return column.values.subarray(row * 16 + 4, row * 16 + 4 + length);
    const from = words[row * 4 + 1];
    return column.longTexts.subarray(from, from + length);
  };
}

export function textsOf(column: BlockColumn): (row: number) => string {
  const bytes = textBytesOf(column);
  return (row) => Buffer.from(bytes(row)).toString('utf8');
}

/** The decimal texts of a money column. */
export function moneyTextsOf(column: BlockColumn): (row: number) => string {
  const numbers = numbersOf(column);
  const { values } = column;
  const bigints = new BigInt64Array(values.buffer, values.byteOffset, values.length >> 3);
  return (row) => {
    const number = numbers(row);
    return moneyDecimal(Number.isSafeInteger(number) ? number : bigints[row]);
  };
}

/** A row as plain values that JSON can say: times in ISO 8601, money as text. For rows that somebody has to look at. */
export function plainRow(table: Table, block: Block, row: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(table.columns).map((name, index) => [name, plainValue(block.columns[index], row)]),
  );
}

function plainValue(column: BlockColumn, row: number): unknown {
  if (isNull(column, row)) return null;
  const { values } = column;
  switch (column.type) {
    case 'text':
    case 'json':
      return textsOf(column)(row);
    case 'timestamp':
      return new Date(millisecondsOf(column)(row)).toISOString();
    case 'date':
      return new Date((wordsOf(column)[row] | 0) * DAY_MS).toISOString().slice(0, 10);
    case 'int64':
      return numbersOf(column)(row);
    case 'money':
      return moneyTextsOf(column)(row);
    case 'double':
      return new Float64Array(values.buffer, values.byteOffset, values.length >> 3)[row];
    case 'boolean':
      return values[row] === 1;
  }
}
