import { type Catalogue, STRIDE } from './catalogue';

export const HEADER =
  'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n';

/** Codes of the event types within the generator. */
export const VIEW = 0;
export const CART = 1;
export const REMOVAL = 2;
export const PURCHASE = 3;

const TYPE_BYTES = 32;
const TIME_BYTES = 24;
/** No row is longer: time 24, type 17, product at most STRIDE, visitor 47, and the comma between. */
export const MAX_ROW = TIME_BYTES + 17 + STRIDE + 1 + 47;

/** Writes rows as bytes into a buffer: no string and no object per row, every column is copied from where it was made once. */
export class RowWriter {
  out: Uint8Array = new Uint8Array(0);
  at = 0;
  /** Rows written so far. */
  written = 0;
  private readonly time = new Uint8Array(TIME_BYTES);
  private readonly types = new Uint8Array(4 * TYPE_BYTES);
  private readonly typeLengths: number[];

  /** @param limit rows after which it writes no more */
  constructor(
    private readonly catalogue: Catalogue,
    private readonly limit: number,
  ) {
    const encoder = new TextEncoder();
    this.typeLengths = ['view,', 'cart,', 'remove_from_cart,', 'purchase,'].map(
      (text, code) => encoder.encodeInto(text, this.types.subarray(code * TYPE_BYTES)).written,
    );
    encoder.encodeInto('0000-00-00 00:00:00 UTC,', this.time);
  }

  /** Rows from here on are of this second of the day. */
  setSecond(second: number): void {
    const minute = (second / 60) | 0;
    const hour = (minute / 60) | 0;
    this.twoDigits(11, hour);
    this.twoDigits(14, minute - hour * 60);
    this.twoDigits(17, second - minute * 60);
  }

  /** Rows from here on are of this UTC day. */
  setDay(ms: number): void {
    new TextEncoder().encodeInto(new Date(ms).toISOString().slice(0, 10), this.time);
  }

  /** One row; the visitor's columns are `visitorLength` bytes of `visitors` and end the line. */
  row(type: number, product: number, visitors: Uint8Array, visitorAt: number, visitorLength: number): void {
    if (this.written === this.limit) return;
    this.written++;
    const { out, time, types } = this;
    const products = this.catalogue.bytes;
    let at = this.at;
    for (let i = 0; i < TIME_BYTES; i++) out[at++] = time[i];
    const typeAt = type * TYPE_BYTES;
    const typeEnd = typeAt + this.typeLengths[type];
    for (let i = typeAt; i < typeEnd; i++) out[at++] = types[i];
    const productAt = product * STRIDE;
    const productEnd = productAt + this.catalogue.lengths[product];
    for (let i = productAt; i < productEnd; i++) out[at++] = products[i];
    out[at++] = 0x2c;
    const visitorEnd = visitorAt + visitorLength;
    for (let i = visitorAt; i < visitorEnd; i++) out[at++] = visitors[i];
    this.at = at;
  }

  private twoDigits(at: number, value: number): void {
    const tens = (value / 10) | 0;
    this.time[at] = 48 + tens;
    this.time[at + 1] = 48 + value - tens * 10;
  }
}
