/** `AppendRowsRequest` of the Storage Write API as bytes, and how many they are: rows are copied into it once, as they were encoded. */
import type { Table } from '../../../schema/table';
import { varintLength, writeVarint } from '../../wire/varint';
import { DELIMITED } from '../../wire/wire_cursor';
import type { RowRange } from './row_batch';
import { rowDescriptor } from './row_descriptor';

/** A request must be smaller than 10 MB. */
export const MOST_REQUEST_BYTES = 9_999_999;

const WRITE_STREAM = (1 << 3) | DELIMITED;
const PROTO_ROWS = (4 << 3) | DELIMITED;
const WRITER_SCHEMA = (1 << 3) | DELIMITED;
const ROWS = (2 << 3) | DELIMITED;
const PROTO_DESCRIPTOR = (1 << 3) | DELIMITED;

/** Where rows go: the default stream of a table. */
export class Destination {
  /** `projects/P/datasets/D/tables/T/streams/_default` */
  readonly stream: string;
  private readonly name: Buffer;
  private readonly schema: Buffer;

  /** @param dataset `projects/P/datasets/D` */
  constructor(
    readonly dataset: string,
    readonly table: Table,
  ) {
    this.stream = `${dataset}/tables/${table.name}/streams/_default`;
    this.name = delimited(WRITE_STREAM, Buffer.from(this.stream, 'utf8'));
    this.schema = delimited(WRITER_SCHEMA, delimited(PROTO_DESCRIPTOR, rowDescriptor(table)));
  }

  /** Bytes of a request with the schema and so many bytes of rows. */
  requestBytes(rowBytes: number): number {
    const data = this.schema.length + fieldBytes(rowBytes);
    return this.name.length + fieldBytes(data);
  }

  /** @param withSchema needed in the first request of a connection, and where the one before went to another table */
  request(ranges: readonly RowRange[], withSchema: boolean): Buffer {
    const rowBytes = ranges.reduce((sum, { rows, from, to }) => sum + rows.starts[to] - rows.starts[from], 0);
    const schema = withSchema ? this.schema : NOTHING;
    const rows = ranges.map(({ rows: { bytes, starts }, from, to }) =>
      bytes.subarray(starts[from], starts[to]),
    );
    return Buffer.concat([
      this.name,
      head(PROTO_ROWS, schema.length + fieldBytes(rowBytes)),
      schema,
      head(ROWS, rowBytes),
      ...rows,
    ]);
  }
}

const NOTHING = Buffer.alloc(0);

/** Bytes of a field with a tag below 16 and so many bytes of value. */
function fieldBytes(length: number): number {
  return 1 + varintLength(length) + length;
}

function head(tag: number, length: number): Buffer {
  const bytes = Buffer.alloc(1 + varintLength(length));
  writeVarint(length, bytes, writeVarint(tag, bytes, 0));
  return bytes;
}

function delimited(tag: number, value: Buffer): Buffer {
  return Buffer.concat([head(tag, value.length), value]);
}
