/** Rows and requests as bytes, held against Google's and protobuf's own classes. */
import { protos } from '@google-cloud/bigquery-storage';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import 'protobufjs/ext/descriptor';
import { Destination } from '../../../../io/bigquery/write/append_request';
import { plainRow } from '../../../../io/bigquery/write/block_values';
import { encodeRows } from '../../../../io/bigquery/write/encode_rows';
import { FlushAccount } from '../../../../io/bigquery/write/flush_account';
import { RowBatch } from '../../../../io/bigquery/write/row_batch';
import { changeField, rowDescriptor } from '../../../../io/bigquery/write/row_descriptor';
import { type Block, readBlocks } from '../../../../io/staging/block_reader';
import { BlockWriter } from '../../../../io/staging/block_writer';
import { type Column, type ColumnType, nullable, required } from '../../../../schema/column';
import { FIRST_TIME, HOUR_MS, LAST_TIME } from '../../../../schema/events';
import { type Table, table } from '../../../../schema/table';
import { runs, TABLES } from '../../../../schema/tables';
import { RecordedTable } from '../../../emulators/recorded_table';

const { AppendRowsRequest } = protos.google.cloud.bigquery.storage.v1;
const { DescriptorProto, FieldDescriptorProto } = protos.google.protobuf;

const DATASET = 'projects/shop/datasets/funnel';
const STAMP = { time: Date.UTC(2026, 0, 1), commit: 7 };

test.each([...TABLES, runs].map((each) => ({ name: each.name, each })))(
  'the descriptor of $name',
  ({ each }) => {
    const descriptor = DescriptorProto.decode(rowDescriptor(each));
    const kinds: Record<ColumnType, keyof typeof FieldDescriptorProto.Type> = {
      ...{ text: 'TYPE_STRING', json: 'TYPE_STRING', money: 'TYPE_STRING', timestamp: 'TYPE_INT64' },
      ...{ int64: 'TYPE_INT64', date: 'TYPE_INT32', double: 'TYPE_DOUBLE', boolean: 'TYPE_BOOL' },
    };
    expect(descriptor.name).toBe(each.name);
    expect(DescriptorProto.toObject(descriptor, { enums: String }).field).toEqual([
      ...Object.entries<Column>(each.columns).map(([name, column], index) => ({
        name,
        number: index + 1,
        label: column.nullable ? 'LABEL_OPTIONAL' : 'LABEL_REQUIRED',
        type: kinds[column.type],
      })),
      ...['_CHANGE_TYPE', '_CHANGE_SEQUENCE_NUMBER'].map((name, index) => ({
        name,
        number: changeField(each) + index,
        label: 'LABEL_REQUIRED',
        type: 'TYPE_STRING',
      })),
    ]);
    // No field is left that this reader does not know: what it writes again is the same.
    expect(Buffer.from(DescriptorProto.encode(descriptor).finish())).toEqual(rowDescriptor(each));
  },
);

/** Any value of a type, with those that are told apart by their length on the wire. */
const VALUES: Record<ColumnType, fc.Arbitrary<unknown>> = {
  text: fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.constantFrom('', 'a'.repeat(12), 'b'.repeat(13), 'ü'.repeat(200)),
  ),
  json: fc.json(),
  timestamp: fc.oneof(
    fc.integer({ min: FIRST_TIME, max: LAST_TIME }),
    fc.integer({ min: -3, max: 3 }),
    // The last hour ends behind the last time.
    fc.integer({ min: LAST_TIME - 2, max: LAST_TIME + HOUR_MS }),
  ),
  date: fc
    .integer({ min: -719_162, max: 2_932_896 })
    .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10)),
  int64: fc.oneof(fc.maxSafeInteger(), fc.nat(300), fc.integer({ min: -2, max: 2 })),
  money: fc.oneof(
    fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
    fc.bigInt({ min: -20_000n, max: 20_000n }),
  ),
  double: fc.double({ noNaN: true }),
  boolean: fc.boolean(),
};

/** All types, with and without null, and so many columns that tags get two bytes. */
const typeNames = Object.keys(VALUES) as ColumnType[];
const everything: Table = table({
  name: 'gold_everything',
  description: '',
  columns: {
    ...Object.fromEntries(typeNames.map((type) => [`r_${type}`, required(type, '')])),
    ...Object.fromEntries(typeNames.map((type) => [`n_${type}`, nullable(type, '')])),
    ...Object.fromEntries(
      ['views', 'carts', 'removals', 'purchases', 'revision'].map((name) => [name, required('int64', '')]),
    ),
    pane: required('text', ''),
    computed_at: required('timestamp', ''),
  },
  key: ['pane'],
});
const row = fc.record({
  ...Object.fromEntries(typeNames.map((type) => [`r_${type}`, VALUES[type]])),
  ...Object.fromEntries(typeNames.map((type) => [`n_${type}`, fc.option(VALUES[type])])),
  ...{ views: fc.nat(1), carts: fc.nat(1), removals: fc.nat(1), purchases: fc.nat(1), revision: fc.nat(9) },
  ...{ pane: fc.constantFrom('early', 'on_time', 'late'), computed_at: fc.constant(0) },
});
const rows = fc.array(row, { minLength: 1, maxLength: 5 });

function blockOf(each: Table, values: readonly Record<string, unknown>[]): Block {
  const writer = new BlockWriter(each);
  writer.append(values, 0);
  return [...readBlocks(each, writer.take())][0];
}

function typeOf(each: Table): protobuf.Type {
  return (protobuf.Type as never as { fromDescriptor(bytes: Uint8Array): protobuf.Type }).fromDescriptor(
    rowDescriptor(each),
  );
}

function batchOf(values: readonly Record<string, unknown>[]): RowBatch {
  const encoded = encodeRows(everything, blockOf(everything, values), STAMP);
  const ranges = [{ rows: encoded, from: 0, to: values.length }];
  return new RowBatch(new Destination(DATASET, everything), ranges, new FlushAccount());
}

/** What the request's rows are, read by protobuf with the descriptor, as BigQuery would. */
function rowsIn({ destination, ranges }: RowBatch): Record<string, unknown>[] {
  const request = AppendRowsRequest.decode(destination.request(ranges, true));
  const type = typeOf(everything);
  const recorded = new RecordedTable(everything);
  return request.protoRows!.rows!.serializedRows!.map((bytes) => {
    const message = type.decode(bytes as Uint8Array);
    recorded.clear();
    recorded.append([Object.assign(message, { _CHANGE_TYPE: 'UPSERT' })], type);
    return recorded.rows[0];
  });
}

/** A value as BigQuery can have it. */
function storable(value: unknown): unknown {
  return typeof value === 'number' ? Math.min(value, LAST_TIME) : value;
}

test('rows of all types come back as they were, but for times behind the last one', () => {
  fc.assert(
    fc.property(rows, (values) => {
      expect(rowsIn(batchOf(values))).toEqual(
        values.map((each: Record<string, unknown>) => ({
          ...each,
          ...{ r_timestamp: storable(each.r_timestamp), n_timestamp: storable(each.n_timestamp) },
          computed_at: STAMP.time,
        })),
      );
    }),
  );
});

test('a row without any event is a removal', () => {
  fc.assert(
    fc.property(rows, (values) => {
      const { destination, ranges } = batchOf(values);
      const { serializedRows } = AppendRowsRequest.decode(destination.request(ranges, true)).protoRows!.rows!;
      const types = serializedRows!.map(
        (bytes) => (typeOf(everything).decode(bytes) as never as Record<string, unknown>)._CHANGE_TYPE,
      );
      const isVoid = ({ views, carts, removals, purchases }: Record<string, unknown>) =>
        [views, carts, removals, purchases].every((count) => count === 0);
      expect(types).toEqual(values.map((each) => (isVoid(each) ? 'DELETE' : 'UPSERT')));
    }),
  );
});

test('a request is as long as it was counted, and says where it goes', () => {
  fc.assert(
    fc.property(rows, (values) => {
      const batch = batchOf(values);
      const { destination, ranges } = batch;
      const bytes = destination.request(ranges, true);
      expect(bytes).toHaveLength(batch.bytes);
      const request = AppendRowsRequest.decode(bytes);
      expect(request.writeStream).toBe(`${DATASET}/tables/gold_everything/streams/_default`);
      expect(request.protoRows!.writerSchema!.protoDescriptor).toEqual(
        DescriptorProto.decode(rowDescriptor(everything)),
      );
      const { protoRows } = AppendRowsRequest.decode(destination.request(ranges, false));
      expect(protoRows!.writerSchema).toBeNull();
      expect(protoRows!.rows).toEqual(request.protoRows!.rows);
    }),
  );
});

test('without some rows, a batch has the others, and knows each by its number', () => {
  fc.assert(
    fc.property(rows, fc.array(fc.nat(4)), (values, numbers) => {
      const refused = new Set(numbers);
      const batch = batchOf(values);
      const rest = batch.without(refused);
      const left = values.filter((_, index) => !refused.has(index));
      expect(rowsIn(rest)).toEqual(rowsIn(batch).filter((_, index) => !refused.has(index)));
      expect(rest.rowCount).toBe(left.length);
      const kept = values.flatMap((_, index) => (refused.has(index) ? [] : [index]));
      for (const [index, from] of kept.entries())
        expect(rest.row(index)).toMatchObject({ from, to: from + 1 });
      expect(() => rest.row(left.length)).toThrow(RangeError);
    }),
  );
});

test('a row that somebody has to look at', () => {
  const values = {
    ...{
      r_text: 'long enough to lie elsewhere',
      r_json: '[1]',
      r_timestamp: -1,
      r_date: '1969-12-31',
      r_int64: -5,
    },
    ...{ r_money: -123_456n, r_double: 0.1, r_boolean: true, views: 1, carts: 0, removals: 0, purchases: 0 },
    ...{ revision: 3, pane: 'late', computed_at: 0 },
  };
  const plain = plainRow(everything, blockOf(everything, [values]), 0);
  expect(plain).toEqual({
    ...{
      ...values,
      r_timestamp: '1969-12-31T23:59:59.999Z',
      r_money: '-12.3456',
      computed_at: '1970-01-01T00:00:00.000Z',
    },
    ...Object.fromEntries(typeNames.map((type) => [`n_${type}`, null])),
  });
});
