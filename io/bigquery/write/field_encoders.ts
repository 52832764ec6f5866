/** Columns of a block → fields of protobuf messages, a column at a time: first how long each row gets, then the bytes. No object is made for a field, but for money and texts that are made up here. */
import type { ColumnType } from '../../../schema/column';
import type { BlockColumn } from '../../staging/block_reader';
import { varintLength, writeVarint } from '../../wire/varint';
import { DELIMITED, VARINT } from '../../wire/wire_cursor';
import { storableTimes } from '../storable_times';
import { isNull, moneyTextsOf, textBytesOf, wordsOf } from './block_values';

const FIXED64 = 1;

export interface FieldEncoder {
  /** Bytes of the field in a row, its tag included; 0 where it is left out. */
  size(row: number): number;
  /** Writes it; returns where it ends. */
  write(row: number, into: Buffer, at: number): number;
}

/** A column's encoder; a null is a field that is left out. */
export function columnEncoder(column: BlockColumn, number: number): FieldEncoder {
  const encoder = ENCODERS[column.type](column, number);
  return column.marks === null ? encoder : withNulls(column, encoder);
}

function withNulls(column: BlockColumn, { size, write }: FieldEncoder): FieldEncoder {
  return {
    size: (row) => (isNull(column, row) ? 0 : size(row)),
    write: (row, into, at) => (isNull(column, row) ? at : write(row, into, at)),
  };
}

/** The same whole number in every row. */
export function constantEncoder(value: number, number: number): FieldEncoder {
  const bytes = Buffer.alloc(varintLength(number << 3) + varintLength(value));
  writeVarint(value, bytes, writeVarint((number << 3) | VARINT, bytes, 0));
  return {
    size: () => bytes.length,
    write: (_row, into, at) => at + bytes.copy(into, at),
  };
}

/** A text of ASCII in each row. */
export function asciiEncoder(texts: (row: number) => string, number: number): FieldEncoder {
  const tag = (number << 3) | DELIMITED;
  const tagLength = varintLength(tag);
  const made: string[] = [];
  return {
    size: (row) => {
      made[row] ??= texts(row);
      const { length } = made[row];
      return tagLength + varintLength(length) + length;
    },
    write: (row, into, at) => {
      const text = made[row];
      const from = writeVarint(text.length, into, writeVarint(tag, into, at));
      return from + into.write(text, from, 'latin1');
    },
  };
}

const ENCODERS: Record<ColumnType, (column: BlockColumn, number: number) => FieldEncoder> = {
  text: textEncoder,
  json: textEncoder,
  timestamp: (column, number) => wholeEncoder(storableTimes(column), number),
  int64: wholeEncoder,
  date: dateEncoder,
  money: (column, number) => asciiEncoder(moneyTextsOf(column), number),
  double: doubleEncoder,
  boolean: booleanEncoder,
};

function textEncoder(column: BlockColumn, number: number): FieldEncoder {
  const tag = (number << 3) | DELIMITED;
  const tagLength = varintLength(tag);
  const bytesOf = textBytesOf(column);
  const words = wordsOf(column);
  return {
    size: (row) => {
      const length = words[row * 4];
      return tagLength + varintLength(length) + length;
    },
    write: (row, into, at) => {
      const bytes = bytesOf(row);
      const from = writeVarint(bytes.length, into, writeVarint(tag, into, at));
      into.set(bytes, from);
      return from + bytes.length;
    },
  };
}

/** Two's complement of 64 bits, as it lies in the block. */
function wholeEncoder(column: BlockColumn, number: number): FieldEncoder {
  const tag = (number << 3) | VARINT;
  const tagLength = varintLength(tag);
  const words = wordsOf(column);
  return {
    size: (row) => tagLength + varint64Length(words[row * 2], words[row * 2 + 1]),
    write: (row, into, at) =>
      writeVarint64(words[row * 2], words[row * 2 + 1], into, writeVarint(tag, into, at)),
  };
}

function varint64Length(low: number, high: number): number {
  const bits = high === 0 ? 32 - Math.clz32(low) : 64 - Math.clz32(high);
  return Math.max(1, Math.ceil(bits / 7));
}

function writeVarint64(low: number, high: number, into: Buffer, at: number): number {
  let end = at;
  while (high !== 0 || low > 0x7f) {
    into[end++] = (low & 0x7f) | 0x80;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  into[end++] = low;
  return end;
}

function dateEncoder(column: BlockColumn, number: number): FieldEncoder {
  const tag = (number << 3) | VARINT;
  const tagLength = varintLength(tag);
  const words = wordsOf(column);
  return {
    size: (row) => tagLength + varintLength(words[row] | 0),
    write: (row, into, at) => writeVarint(words[row] | 0, into, writeVarint(tag, into, at)),
  };
}

function doubleEncoder({ values }: BlockColumn, number: number): FieldEncoder {
  const tag = (number << 3) | FIXED64;
  const size = varintLength(tag) + 8;
  return {
    size: () => size,
    write: (row, into, at) => {
      const from = writeVarint(tag, into, at);
      // Both are little-endian.
      into.set(values.subarray(row * 8, row * 8 + 8), from);
      return from + 8;
    },
  };
}

function booleanEncoder({ values }: BlockColumn, number: number): FieldEncoder {
  const tag = (number << 3) | VARINT;
  const size = varintLength(tag) + 1;
  return {
    size: () => size,
    write: (row, into, at) => writeVarint(values[row], into, writeVarint(tag, into, at)),
  };
}
