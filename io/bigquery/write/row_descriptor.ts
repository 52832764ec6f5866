/** The protobuf message that rows of a table are sent as: columns in the order of their declaration, numbered from 1, behind them the two pseudo-columns of a change. */
import type { ColumnType } from '../../../schema/column';
import type { Table } from '../../../schema/table';
import { varintLength, writeVarint } from '../../wire/varint';
import { DELIMITED, VARINT } from '../../wire/wire_cursor';

export const CHANGE_TYPE = '_CHANGE_TYPE';
export const SEQUENCE_NUMBER = '_CHANGE_SEQUENCE_NUMBER';

/** `FieldDescriptorProto.Type` */
const DOUBLE = 1;
const INT64 = 3;
const INT32 = 5;
const BOOL = 8;
const STRING = 9;

/** Protobuf types as BigQuery converts them: a timestamp is microseconds, a date days since 1970, NUMERIC its decimal text. */
const TYPES: Record<ColumnType, number> = {
  text: STRING,
  json: STRING,
  timestamp: INT64,
  date: INT32,
  int64: INT64,
  money: STRING,
  double: DOUBLE,
  boolean: BOOL,
};

/** `FieldDescriptorProto.Label` */
const OPTIONAL = 1;
const REQUIRED = 2;

/** Number of the first pseudo-column's field, the change's type; the sequence number is the next. */
export function changeField(table: Table): number {
  return Object.keys(table.columns).length + 1;
}

/** A serialised `DescriptorProto`, which needs no other: no row has a message within. */
export function rowDescriptor(table: Table): Buffer {
  const fields = Object.entries(table.columns).map(([name, { type, nullable }], index) =>
    field(name, index + 1, nullable ? OPTIONAL : REQUIRED, TYPES[type]),
  );
  const change = changeField(table);
  fields.push(field(CHANGE_TYPE, change, REQUIRED, STRING));
  fields.push(field(SEQUENCE_NUMBER, change + 1, REQUIRED, STRING));
  return Buffer.concat([text(1, table.name), ...fields.map((each) => delimited(2, each))]);
}

function field(name: string, number: number, label: number, type: number): Buffer {
  return Buffer.concat([text(1, name), varint(3, number), varint(4, label), varint(5, type)]);
}

function text(number: number, value: string): Buffer {
  return delimited(number, Buffer.from(value, 'utf8'));
}

function varint(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(1 + varintLength(value));
  writeVarint(value, bytes, writeVarint((number << 3) | VARINT, bytes, 0));
  return bytes;
}

function delimited(number: number, value: Buffer): Buffer {
  const head = Buffer.alloc(1 + varintLength(value.length));
  writeVarint(value.length, head, writeVarint((number << 3) | DELIMITED, head, 0));
  return Buffer.concat([head, value]);
}
