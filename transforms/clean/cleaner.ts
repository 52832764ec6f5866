/**
 * Cleaning: one row of fields is either added to the batches under construction or rejected with a reason. This knows all the rules; the kernel (kernel/) does the lines that are written as
 * they nearly always are, to the same result.
 */
import { REJECT_REASONS, type RejectReason } from '../../schema/events';
import { Hash128, ShortHash } from '../kernel/hash128';
import { EventTimeParser } from '../parse/event_time';
import { FIELD, type FieldRow, fieldText } from '../parse/field_row';
import { parsePrice } from '../parse/price';
import type { BatchBuilder, HourRows } from './batch_builder';
import type { Dimensions } from './dimensions';
import { eventTypeOf } from './event_type';
import { packMeta } from './packed_record';
import { hashKey, hashRest } from './record_hash';

/** {@link Cleaner.accept}'s answer for a record that was kept; anything else is an index into REJECT_REASONS. */
export const KEPT = -1;

const REASON = Object.fromEntries(REJECT_REASONS.map((reason, index) => [reason, index])) as Record<
  RejectReason,
  number
>;
const {
  missing_event_time,
  bad_event_time,
  future_event_time,
  missing_event_type,
  unknown_event_type,
  missing_price,
  bad_price,
  nonpositive_price,
  other_currency,
} = REASON;

const { event_time, event_type, product_id, category_id, category_code, brand, price, user_id, currency } =
  FIELD;

/** Currencies that are remembered: more than one is worth a word, a hundred are a broken column. */
const MAX_CURRENCIES = 20;

/** What a kept record is told to, field for field; silver output listens here. */
export interface RecordListener {
  /** Called after each kept record, with its row (fields trimmed), its hash and its normalised values. */
  kept(
    row: FieldRow,
    time: number,
    type: number,
    price: number,
    hash: Hash128,
    brand: number,
    category: number,
  ): void;
}

export class Cleaner {
  /** The hour of the last record, where its time was usable: rejected records belong to it too. */
  hour: HourRows | undefined;
  /** Event time of the last record, or NaN. */
  time = Number.NaN;
  /** Currencies seen, the first few of them, in upper case. */
  readonly currencies = new Set<string>();
  private readonly times = new EventTimeParser();
  private readonly hash = new Hash128();
  private readonly restHash = new ShortHash();

  /** Keeps what passes in `builder`, whose dimensions are `dimensions`. Records in another currency than `onlyCurrency` (upper case) are rejected if it is given. */
  constructor(
    private readonly builder: BatchBuilder,
    private readonly dimensions: Dimensions,
    private readonly onlyCurrency: string | null,
    private readonly listener: RecordListener | null = null,
  ) {}

  /** Adds a record to its hour's batch, or says why not; the hour's `read` and `rejected` are counted either way. A record later than `latest`, milliseconds since 1970, is of the future. */
  accept(row: FieldRow, latest = Number.POSITIVE_INFINITY): number {
    const { bytes, view, starts, ends } = row;
    this.forget();
    trimAll(bytes, starts, ends);

    if (starts[event_time] === ends[event_time]) return missing_event_time;
    const time = this.times.parse(bytes, starts[event_time], ends[event_time]);
    if (Number.isNaN(time)) return bad_event_time;
    const hour = this.builder.hourOf(time);
    this.hour = hour;
    this.time = time;
    hour.read++;
    if (time > latest) return this.reject(future_event_time);

    if (starts[event_type] === ends[event_type]) return this.reject(missing_event_type);
    const type = eventTypeOf(row);
    if (type < 0) return this.reject(unknown_event_type);

    let amount = Number.NaN;
    if (starts[price] === ends[price]) {
      if (row.dialect === 'cosmetics') return this.reject(missing_price);
    } else {
      amount = parsePrice(bytes, starts[price], ends[price]);
      if (Number.isNaN(amount)) return this.reject(bad_price);
      if (amount <= 0) return this.reject(nonpositive_price);
    }
    if (starts[currency] !== ends[currency] && this.isOtherCurrency(row)) return this.reject(other_currency);

    if (ends[product_id] > starts[product_id] && bytes[ends[product_id] - 1] === ZERO)
      trimFloat(bytes, starts, ends, product_id);
    if (ends[user_id] > starts[user_id] && bytes[ends[user_id] - 1] === ZERO)
      trimFloat(bytes, starts, ends, user_id);
    if (ends[category_id] > starts[category_id] && bytes[ends[category_id] - 1] === ZERO)
      trimFloat(bytes, starts, ends, category_id);

    const brandForm = this.dimensions.brands.intern(bytes, view, starts[brand], ends[brand]);
    const categoryForm = this.dimensions.categories.intern(
      bytes,
      view,
      starts[category_code],
      ends[category_code],
    );
    const pair = this.dimensions.pair(brandForm, categoryForm);
    const { hash } = this;
    hashKey(hash, row, time, type);
    this.builder.add(
      hour,
      time,
      hash.h1,
      hash.h2,
      hash.h3,
      hash.h4,
      hashRest(this.restHash, row),
      amount | 0,
      packMeta(pair, type, amount),
    );
    if (this.listener) this.listener.kept(row, time, type, amount, hash, brandForm, categoryForm);
    return KEPT;
  }

  /** Forgets the last record: what comes now has no time. */
  forget(): void {
    this.hour = undefined;
    this.time = Number.NaN;
  }

  private reject(reason: number): number {
    if (this.hour) this.hour.rejected++;
    return reason;
  }

  private isOtherCurrency(row: FieldRow): boolean {
    const code = fieldText(row, currency).toUpperCase();
    if (this.currencies.size < MAX_CURRENCIES) this.currencies.add(code);
    return this.onlyCurrency !== null && code !== this.onlyCurrency;
  }
}

const ZERO = 48;
const DOT = 46;

/** Takes ASCII white space off both ends of every field. */
function trimAll(bytes: Uint8Array, starts: Int32Array, ends: Int32Array): void {
  for (let field = 0; field < starts.length; field++) {
    const start = starts[field];
    const end = ends[field];
    if (start < end && (bytes[start] <= 32 || bytes[end - 1] <= 32)) trim(bytes, starts, ends, field);
  }
}

function trim(bytes: Uint8Array, starts: Int32Array, ends: Int32Array, field: number): void {
  let start = starts[field];
  let end = ends[field];
  while (start < end && isSpace(bytes[start])) start++;
  while (start < end && isSpace(bytes[end - 1])) end--;
  starts[field] = start;
  ends[field] = end;
}

function isSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}

/** Takes `.0` off an id that was printed as a float: digits, a dot, and zeros to the end. */
function trimFloat(bytes: Uint8Array, starts: Int32Array, ends: Int32Array, field: number): void {
  const start = starts[field];
  let at = ends[field] - 1;
  while (at > start && bytes[at] === ZERO) at--;
  if (at <= start || bytes[at] !== DOT) return;
  for (let i = start; i < at; i++) if ((bytes[i] - ZERO) >>> 0 > 9) return;
  ends[field] = at;
}
