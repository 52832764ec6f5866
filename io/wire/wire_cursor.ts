/**
 * Reads protobuf's wire form in place: a cursor over bytes, for messages of which a reader wants a few fields out of many. It makes no object per field, which a generated decoder does.
 */

export const VARINT = 0;
const FIXED64 = 1;
export const DELIMITED = 2;
const FIXED32 = 5;

export class WireCursor {
  /** Where the next read begins. */
  at = 0;
  /** Behind the last byte that may be read. */
  end = 0;
  bytes: Uint8Array = new Uint8Array(0);

  /** Goes to the beginning of `bytes`. */
  reset(bytes: Uint8Array): this {
    this.bytes = bytes;
    this.at = 0;
    this.end = bytes.length;
    return this;
  }

  /** The number behind the cursor, up to 64 bits, as two's complement; beyond 2^53 rounded. @throws RangeError where the bytes end in it */
  varint(): number {
    const { bytes } = this;
    const first = bytes[this.at];
    if (first < 0x80 && this.at < this.end) {
      this.at++;
      return first;
    }
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) break;
      const byte = bytes[this.at++];
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else if (shift === 28) {
        low |= (byte & 0x0f) << 28;
        high = (byte & 0x7f) >> 4;
      } else high |= (byte & 0x7f) << (shift - 32);
      if (byte < 0x80) return (high | 0) * 0x1_0000_0000 + (low >>> 0);
    }
    throw new RangeError(`No protobuf message: a number has no end at byte ${this.at}`);
  }

  /** Length of the field behind the cursor, which then stands at its first byte. @throws RangeError where the field is longer than what is left */
  length(): number {
    const length = this.varint();
    if (length < 0 || length > this.end - this.at) {
      throw new RangeError(`No protobuf message: a field of ${length} bytes at byte ${this.at}`);
    }
    return length;
  }

  /** Passes over the value of a field. @throws RangeError for a type that no message has */
  skip(tag: number): void {
    const type = tag & 7;
    if (type === VARINT) this.varint();
    else if (type === DELIMITED) {
      const length = this.length();
      this.at += length;
    } else if (type === FIXED64) this.at += 8;
    else if (type === FIXED32) this.at += 4;
    else throw new RangeError(`No protobuf message: a field of type ${type} at byte ${this.at}`);
    if (this.at > this.end) throw new RangeError('No protobuf message: its last field is cut off');
  }
}
