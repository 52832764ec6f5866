import { isUtf8 } from 'node:buffer';
import { MONEY_UNIT } from '../../schema/column';
import { EVENT_TYPES, REJECT_REASONS } from '../../schema/events';
import { FIELD, type FieldRow, fieldText } from './field_row';

/** A record that can't be counted, as it travels to the dead letters. Its line in the file is known once all ranges of the file are read. */
export interface Reject {
  readonly source: string;
  /** Byte offset in the file, as text; or a message id. */
  readonly position: string;
  /** Where the range began that the record was read with, and the record's line within it, from 0; null for messages. */
  readonly range: number | null;
  readonly lineInRange: number | null;
  readonly reason: string;
  readonly message: string;
  readonly payload: string;
  readonly payloadEncoding: 'utf8' | 'base64';
  /** Milliseconds since 1970, where the record's time could be read. */
  readonly eventTime: number | null;
  /** The file's header, null for JSON. */
  readonly columns: readonly string[] | null;
}

/** Bytes as text where they are UTF-8, else in base64. */
export function encodePayload(bytes: Uint8Array): Pick<Reject, 'payload' | 'payloadEncoding'> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(bytes)
    ? { payload: buffer.toString('utf8'), payloadEncoding: 'utf8' }
    : { payload: buffer.toString('base64'), payloadEncoding: 'base64' };
}

/** What was found and what was expected, for a row that the cleaner rejected. */
export function rejectMessage(reason: number, row: FieldRow): string {
  const found = (field: number): string => JSON.stringify(fieldText(row, field).slice(0, 80));
  switch (REJECT_REASONS[reason]) {
    case 'missing_event_time':
      return 'event_time is missing';
    case 'bad_event_time':
      return `event_time is ${found(FIELD.event_time)}; a date and time like 2019-10-01 00:00:00 UTC or ISO 8601 was expected`;
    case 'future_event_time':
      return `event_time is ${found(FIELD.event_time)}; a time no later than the message's publish time and --max-future-skew was expected`;
    case 'missing_event_type':
      return 'event_type is missing';
    case 'unknown_event_type':
      return row.dialect === 'cosmetics'
        ? `event_type is ${found(FIELD.event_type)}; one of ${EVENT_TYPES.join(', ')} was expected`
        : `event_type is ${found(FIELD.event_type)}; one of page_view, add_to_cart, remove_from_cart, purchase was expected`;
    case 'missing_price':
      return 'price is missing';
    case 'bad_price':
      return `price is ${found(FIELD.price)}; a decimal below ${(1e13 / MONEY_UNIT).toExponential(0)} without exponent was expected`;
    case 'nonpositive_price':
      return `price is ${found(FIELD.price)}; more than 0 was expected`;
    case 'other_currency':
      return `currency is ${found(FIELD.currency)}, not the one that the run counts`;
    default:
      return '';
  }
}
