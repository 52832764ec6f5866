import type { Column, ColumnType } from '../../../schema/column';
import type { Table } from '../../../schema/table';
import type { Block } from '../../staging/block_reader';
import type { Stamp } from '../../staging/stream_rows';
import { varintLength, writeVarint } from '../../wire/varint';
import { DELIMITED } from '../../wire/wire_cursor';
import { asciiEncoder, columnEncoder, constantEncoder, type FieldEncoder } from './field_encoders';
import { changeField } from './row_descriptor';
import { removals, sequenceNumbers, sequenceRule } from './sequence_rules';

/** Rows of a block as they stand in a request: each a `serialized_rows` field of `ProtoRows`. */
export interface EncodedRows {
  readonly table: Table;
  readonly block: Block;
  readonly bytes: Buffer;
  /** Where each row begins; one number more than rows, the last is where the last row ends. */
  readonly starts: Uint32Array;
}

/** Tag of `serialized_rows`. */
const ROW = (1 << 3) | DELIMITED;

/** Encodes a block's rows as changes, with what `stamp` says of their flush. */
export function encodeRows(table: Table, block: Block, stamp: Stamp): EncodedRows {
  const fields = fieldsOf(table, block, stamp);
  const { rows } = block;
  const starts = new Uint32Array(rows + 1);
  const sizes = new Uint32Array(rows);
  for (const { size } of fields) for (let row = 0; row < rows; row++) sizes[row] += size(row);
  for (let row = 0; row < rows; row++)
    starts[row + 1] = starts[row] + 1 + varintLength(sizes[row]) + sizes[row];
  const bytes = Buffer.allocUnsafe(starts[rows]);
  const ends = sizes.map((size, row) => {
    bytes[starts[row]] = ROW;
    return writeVarint(size, bytes, starts[row] + 1);
  });
  for (const { write } of fields)
    for (let row = 0; row < rows; row++) ends[row] = write(row, bytes, ends[row]);
  return { table, block, bytes, starts };
}

function fieldsOf(table: Table, block: Block, stamp: Stamp): FieldEncoder[] {
  const { stamped } = sequenceRule(table);
  const fields = Object.entries<Column>(table.columns).map(([name, { type }], index) =>
    stamped[name] === undefined
      ? columnEncoder(block.columns[index], index + 1)
      : constantEncoder(stampOf(stamp[stamped[name]], type), index + 1),
  );
  const removes = removals(table, block);
  const change = changeField(table);
  return [
    ...fields,
    asciiEncoder((row) => (removes(row) ? 'DELETE' : 'UPSERT'), change),
    asciiEncoder(sequenceNumbers(table, block, stamp), change + 1),
  ];
}

function stampOf(value: number, type: ColumnType): number {
  return type === 'timestamp' ? Math.trunc(value) * 1000 : value;
}
