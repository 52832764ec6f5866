/** Event types by their bytes. */
import { EVENT_TYPES } from '../../schema/events';
import { FIELD, type FieldRow, fieldText } from '../parse/field_row';

const { event_type } = FIELD;

const CLICKSTREAM_TYPES = ['page_view', 'add_to_cart', 'remove_from_cart', 'purchase'];
/** First four bytes, little-endian, of the event types as they nearly always come. */
const VIEW = 0x77656976;
const CART = 0x74726163;
const PURC = 0x63727570;
const REMO = 0x6f6d6572;

/** Code of a row's event type in its dialect (index into EVENT_TYPES), or −1. */
export function eventTypeOf(row: FieldRow): number {
  return row.dialect === 'cosmetics' ? cosmeticsType(row) : typeByName(row, CLICKSTREAM_TYPES);
}

/** The same for cosmetics: by comparing words where it is written as it nearly always is. */
function cosmeticsType(row: FieldRow): number {
  const start = row.starts[event_type];
  const length = row.ends[event_type] - start;
  const head = row.view.getInt32(start, true);
  if (length === 4) {
    if (head === VIEW) return 0;
    if (head === CART) return 1;
  } else if (length === 8 && head === PURC && row.view.getInt32(start + 4, true) === 0x65736168) {
    return 3;
  } else if (
    length === 16 &&
    head === REMO &&
    row.view.getInt32(start + 4, true) === 0x665f6576 &&
    row.view.getInt32(start + 8, true) === 0x5f6d6f72 &&
    row.view.getInt32(start + 12, true) === CART
  ) {
    return 2;
  }
  return typeByName(row, EVENT_TYPES);
}

function typeByName(row: FieldRow, names: readonly string[]): number {
  return names.indexOf(fieldText(row, event_type).toLowerCase());
}
