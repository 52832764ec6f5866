/**
 * The kernel's reader of JSON objects (kernel/assembly/parse/json.ts) for the plain path: fields of an object where they stand. What it can't read is left to {@link JsonRecord}; what both can
 * read is the same in both.
 */
import { isUtf8 } from 'node:buffer';
import { DIALECTS, NAME, NAME_COUNT } from '../kernel/json_names';
import { sharedKernel } from '../kernel/shared_kernel';
import { emptyRow, type FieldRow } from './field_row';

export class JsonScanner {
  /** The fields of the last record, in the bytes that it was read from. */
  readonly row: FieldRow = emptyRow(new Uint8Array(0));
  private readonly kernel = sharedKernel();
  private readonly starts = new Int32Array(NAME_COUNT);
  private readonly ends = new Int32Array(NAME_COUNT);
  /** A bit for each name that the object has. */
  private seen = 0;

  /** Reads the object in `bytes` from `start` to `end`, behind which CHUNK_SLACK bytes have to be readable. False if it isn't one, or is one that {@link JsonRecord} has to read. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    const { kernel } = this;
    const at = kernel.reserveText(end - start);
    const { buffer } = kernel.memory;
    new Uint8Array(buffer, at, end - start).set(bytes.subarray(start, end));
    if (!kernel.scan(end - start)) return false;
    if (!kernel.wasAscii() && !isUtf8(bytes.subarray(start, end))) return false;
    this.seen = kernel.seenNames();
    this.starts.set(new Int32Array(buffer, kernel.valueStartsAt(), NAME_COUNT));
    this.ends.set(new Int32Array(buffer, kernel.valueEndsAt(), NAME_COUNT));
    this.fill(bytes, start - at);
    return true;
  }

  /** `event_time` means cosmetics; else `event_ts` or `timestamp` means clickstream; else cosmetics without a time. `shift`: where the values are in the bytes, from where they are in the kernel. */
  private fill(bytes: Uint8Array, shift: number): void {
    const { row, starts, ends } = this;
    if (row.bytes !== bytes) {
      row.bytes = bytes;
      row.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const isClickstream = !this.has(NAME.event_time) && (this.has(NAME.event_ts) || this.has(NAME.timestamp));
    row.dialect = isClickstream ? 'clickstream' : 'cosmetics';
    const { first, second } = DIALECTS[row.dialect];
    for (let field = 0; field < first.length; field++) {
      const name = this.isThere(bytes, first[field], shift) ? first[field] : second[field];
      const isThere = name >= 0 && this.has(name);
      row.starts[field] = isThere ? starts[name] + shift : 0;
      row.ends[field] = isThere ? ends[name] + shift : 0;
    }
  }

  private has(name: number): boolean {
    return (this.seen & (1 << name)) !== 0;
  }

  /** Whether a name has a text that isn't blank. */
  private isThere(bytes: Uint8Array, name: number, shift: number): boolean {
    if (name < 0 || !this.has(name)) return false;
    for (let at = this.starts[name] + shift; at < this.ends[name] + shift; at++) {
      const byte = bytes[at];
      if (byte !== 0x20 && (byte < 9 || byte > 13)) return true;
    }
    return false;
  }
}
