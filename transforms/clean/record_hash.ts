/**
 * The hashes of a record, of its dedup key and of the rest. The kernel (kernel/assembly/record.ts) hashes the same words: a record must have one hash whichever path cleans it.
 */
import type { Hash128, ShortHash } from '../kernel/hash128';
import { FIELD, type FieldRow } from '../parse/field_row';

const { product_id, category_id, user_id, user_session, event_id, currency } = FIELD;

/** Seeds that keep the two kinds of dedup key and the rest apart. */
const EVENT_KEY = 1;
const EVENT_ID_KEY = 2;
const REST = 3;

/** Fields that only the hash of the rest looks at, beside the category id. */
const DETAILS = [
  event_id,
  currency,
  FIELD.page,
  FIELD.utm_source,
  FIELD.utm_medium,
  FIELD.utm_campaign,
  FIELD.device_os,
  FIELD.device_mobile,
  FIELD.device_ua,
  FIELD.geo_country,
  FIELD.geo_city,
  FIELD.ip,
];

/** Lengths of fields go into the key's hash with 20 bits each, as in the kernel. */
const LENGTH_BITS = 0xfffff;

/** The dedup key's hash: (event_time, user_id, user_session, product_id, event_type), in the clickstream dialect (event_id, event_time) where there is an id. */
export function hashKey(hash: Hash128, row: FieldRow, time: number, type: number): void {
  const { bytes, starts, ends } = row;
  const high = Math.floor(time / 4_294_967_296);
  if (row.dialect === 'clickstream' && starts[event_id] < ends[event_id]) {
    hash.start(EVENT_ID_KEY);
    hash.block(time | 0, high, ends[event_id] - starts[event_id], 0);
    hash.bytes(bytes, starts[event_id], ends[event_id]);
  } else {
    const users = (ends[user_id] - starts[user_id]) & LENGTH_BITS;
    const sessions = (ends[user_session] - starts[user_session]) & LENGTH_BITS;
    const products = ends[product_id] - starts[product_id];
    hash.start(EVENT_KEY);
    hash.block(time | 0, high, type | (users << 4) | (sessions << 24), (sessions >>> 8) | (products << 12));
    hash.bytes(bytes, starts[user_id], ends[user_id]);
    hash.bytes(bytes, starts[user_session], ends[user_session]);
    hash.bytes(bytes, starts[product_id], ends[product_id]);
  }
  hash.finish();
}

/**
 * The hash of the rest of a record: what neither its key nor its brand, category code, price and type say, in 32 bits. Two records of one key that agree in all those and in the rest's
 * hash count as one; should the hash ever be wrong about it, only the revision is one lower.
 */
export function hashRest(hash: ShortHash, row: FieldRow): number {
  const { bytes, starts, ends } = row;
  hash.start(REST);
  hash.bytes(bytes, starts[category_id], ends[category_id]);
  for (const field of DETAILS) if (starts[field] < ends[field]) hashField(hash, row, field);
  if (row.dialect === 'clickstream' && starts[event_id] < ends[event_id]) {
    for (const field of [user_id, user_session, product_id]) hashField(hash, row, field);
  }
  return hash.finish();
}

const fieldNumber = new Uint8Array(1);

function hashField(hash: ShortHash, row: FieldRow, field: number): void {
  fieldNumber[0] = field;
  hash.bytes(fieldNumber, 0, 1);
  hash.bytes(row.bytes, row.starts[field], row.ends[field]);
}
