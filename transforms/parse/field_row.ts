import { EVENT_FIELDS, type EventField } from '../../schema/events';

/** Index of each field in a {@link FieldRow}. */
export const FIELD = Object.fromEntries(EVENT_FIELDS.map((name, index) => [name, index])) as Record<
  EventField,
  number
>;

export type Dialect = 'cosmetics' | 'clickstream';

/**
 * One record as byte ranges: field i of EVENT_FIELDS is `bytes[starts[i]..ends[i])`; an empty range is a missing field. The one form in which CSV and JSON records reach
 * the cleaner; reused from record to record.
 */
export interface FieldRow {
  bytes: Uint8Array;
  /** Over the same bytes. */
  view: DataView;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  dialect: Dialect;
}

/** A row without fields, over `bytes`. */
export function emptyRow(bytes: Uint8Array): FieldRow {
  return {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    starts: new Int32Array(EVENT_FIELDS.length),
    ends: new Int32Array(EVENT_FIELDS.length),
    dialect: 'cosmetics',
  };
}

/** Text of a field; for the paths that are rare. */
export function fieldText(row: FieldRow, field: number): string {
  const length = row.ends[field] - row.starts[field];
  return Buffer.from(row.bytes.buffer, row.bytes.byteOffset + row.starts[field], length).toString('utf8');
}
