/**
 * Lines of CSV → packed records, by the kernel: the hot path of the program. Lines that it leaves alone are listed for the plain path (clean/cleaner.ts), which gives the same
 * records for the lines that both can do; a test compares them.
 */
import { EVENT_FIELDS, type EventField } from '../../schema/events';
import { RECORD_WORDS } from '../clean/packed_record';
import { columnFields } from '../parse/csv_splitter';
import type { ParseExports } from './parse_exports';
import { instantiate } from './wasm';

/** Fields that the kernel packs; it can't do a file that has another one. */
const PACKED: readonly EventField[] = [
  'event_time',
  'event_type',
  'product_id',
  'category_id',
  'category_code',
  'brand',
  'price',
  'user_id',
  'user_session',
];
const MAX_COLUMNS = 255;

/** Whether the kernel can do a file with these columns: it has no other field than those that it packs. */
export function kernelCanRead(columns: readonly string[]): boolean {
  return (
    columns.length <= MAX_COLUMNS &&
    columnFields(columns).every((field) => field < 0 || PACKED.includes(EVENT_FIELDS[field]))
  );
}

/** Views of what one call of {@link LineKernel.parse} gave out; valid until the next. */
export class LineKernel {
  /** Packed records, RECORD_WORDS words each, with the pair numbers that the host gave. */
  records!: Int32Array;
  /** Hour since 1970 of each record, and milliseconds within it. */
  hours!: Int32Array;
  millis!: Int32Array;
  recordCount = 0;
  /** Offsets of the lines that are left to the host, and their numbers counted from the call's first line. */
  others!: Int32Array;
  otherLines!: Int32Array;
  otherCount = 0;
  /** Lines seen, of either kind. */
  lineCount = 0;
  private readonly kernel: ParseExports;
  private buffer: ArrayBuffer | undefined;
  private chunkAt = 0;

  /** `newPair` numbers a new pair of spellings; it gets their bytes. */
  constructor(newPair: (brand: Uint8Array, category: Uint8Array) => number) {
    this.kernel = instantiate('parse', {
      newPair: (brand, brandLength, category, categoryLength) => {
        const { buffer } = this.kernel.memory;
        return newPair(
          new Uint8Array(buffer, brand, brandLength),
          new Uint8Array(buffer, category, categoryLength),
        );
      },
    });
    this.kernel.init();
  }

  /** Prepares for a file with these columns, see {@link kernelCanRead}. */
  setColumns(columns: readonly string[]): void {
    const fields = columnFields(columns);
    const column = (name: EventField): number => fields.indexOf(EVENT_FIELDS.indexOf(name));
    const [time, type, product, categoryId, category, brand, price, user, session] = PACKED.map(column);
    this.kernel.setColumns(time, type, product, categoryId, category, brand, price, user, session);
    this.kernel.setColumnCount(columns.length);
  }

  /** Copies a chunk in. Offsets of {@link parse} count from `start`. Its last line must end with a newline. */
  load(bytes: Uint8Array, start: number, end: number): void {
    this.chunkAt = this.kernel.reserve(end - start);
    this.refresh();
    new Uint8Array(this.kernel.memory.buffer, this.chunkAt, end - start).set(bytes.subarray(start, end));
  }

  /** Parses from one offset of the chunk, where a line begins, towards another, where one ends; returns where it stopped, for want of room, or `end`. */
  parse(from: number, end: number): number {
    const next = this.kernel.parse(from, end);
    this.recordCount = this.kernel.recordsFound();
    this.otherCount = this.kernel.othersFound();
    this.lineCount = this.kernel.linesFound();
    this.refresh();
    return next;
  }

  /** Forgets the numbers of all pairs. */
  clear(): void {
    this.kernel.clear();
  }

  /** Renews the views when the kernel's memory has moved. */
  private refresh(): void {
    const { buffer } = this.kernel.memory;
    if (buffer === this.buffer) return;
    this.buffer = buffer;
    const capacity = this.kernel.capacity();
    const words = (at: number, length: number): Int32Array => new Int32Array(buffer, at, length);
    this.records = words(this.kernel.recordsAt(), capacity * RECORD_WORDS);
    this.hours = words(this.kernel.hoursAt(), capacity);
    this.millis = words(this.kernel.millisAt(), capacity);
    this.others = words(this.kernel.othersAt(), capacity);
    this.otherLines = words(this.kernel.otherLinesAt(), capacity);
  }
}
