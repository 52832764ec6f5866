/**
 * Lines of CSV and JSON objects → packed records, by the kernel: the hot path of the program. What it leaves alone is listed for the plain path (clean/cleaner.ts), which gives the same
 * records for what both can do; a test compares them.
 */
import { EVENT_FIELDS, type EventField } from '../../schema/events';
import { RECORD_WORDS } from '../clean/packed_record';
import { columnFields } from '../parse/csv_splitter';
import { addNames } from './json_names';
import { PACKED_FIELDS } from './packed_fields';
import type { ParseExports } from './parse_exports';
import { instantiate } from './wasm';

const MAX_COLUMNS = 255;

/** Whether the kernel can do a file with these columns: it has no other field than those that it packs. */
export function kernelCanRead(columns: readonly string[]): boolean {
  return (
    columns.length <= MAX_COLUMNS &&
    columnFields(columns).every((field) => field < 0 || PACKED_FIELDS.includes(EVENT_FIELDS[field]))
  );
}

/** Views of what one call of {@link ParseKernel.parseLines} or {@link ParseKernel.parseObjects} gave out; valid until the next. */
export class ParseKernel {
  /** Packed records, RECORD_WORDS words each, with the pair numbers that the host gave. */
  records!: Int32Array;
  /** Hour since 1970 of each record, and milliseconds within it. */
  hours!: Int32Array;
  millis!: Int32Array;
  recordCount = 0;
  /** What is left to the host: offsets of lines and their numbers counted from the call's first line, or numbers of objects. */
  others!: Int32Array;
  otherLines!: Int32Array;
  otherCount = 0;
  /** Lines seen, of either kind. */
  lineCount = 0;
  /** Records whose own time is another than the announced one, see {@link parseObjects}. */
  apartCount = 0;
  /** What {@link parseObjects} reads: where each object begins and ends, counted from where the chunk was loaded from; the latest time that it may be of, and the time that it is announced with. */
  bounds!: Int32Array;
  latest!: Float64Array;
  announced!: Float64Array;
  /** Most objects of a call. */
  readonly capacity: number;
  private readonly kernel: ParseExports;
  private buffer: ArrayBuffer | undefined;

  /** `newPair` numbers a new pair of spellings; it gets their bytes. `apartMs`: by how much an object's time has to differ from the announced one to be counted. */
  constructor(newPair: (brand: Uint8Array, category: Uint8Array) => number, apartMs: number) {
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
    this.kernel.setApart(apartMs);
    addNames(this.kernel);
    this.capacity = this.kernel.capacity();
    this.refresh();
  }

  /** Prepares for a file with these columns, see {@link kernelCanRead}. */
  setColumns(columns: readonly string[]): void {
    const fields = columnFields(columns);
    const column = (name: EventField): number => fields.indexOf(EVENT_FIELDS.indexOf(name));
    const [time, type, product, categoryId, category, brand, price, user, session] =
      PACKED_FIELDS.map(column);
    this.kernel.setColumns(time, type, product, categoryId, category, brand, price, user, session);
    this.kernel.setColumnCount(columns.length);
  }

  /** Copies a chunk in. Offsets of what is parsed count from `start`. */
  load(bytes: Uint8Array, start: number, end: number): void {
    const at = this.kernel.reserve(end - start);
    this.refresh();
    new Uint8Array(this.kernel.memory.buffer, at, end - start).set(bytes.subarray(start, end));
  }

  /** Parses from one offset of the chunk, where a line begins, towards another, where one ends with a newline; returns where it stopped, for want of room, or `end`. */
  parseLines(from: number, end: number): number {
    const next = this.kernel.parseLines(from, end);
    this.lineCount = this.kernel.linesFound();
    this.take();
    return next;
  }

  /** Parses the first `count` objects that {@link bounds} names. Those whose time is later than their {@link latest} are left, as others are that this can't do. */
  parseObjects(count: number): void {
    this.kernel.parseObjects(count);
    this.apartCount = this.kernel.apartFound();
    this.take();
  }

  /** Forgets the numbers of all pairs. */
  clear(): void {
    this.kernel.clear();
  }

  private take(): void {
    this.recordCount = this.kernel.recordsFound();
    this.otherCount = this.kernel.othersFound();
    this.refresh();
  }

  /** Renews the views when the kernel's memory has moved. */
  private refresh(): void {
    const { kernel, capacity } = this;
    const { buffer } = kernel.memory;
    if (buffer === this.buffer) return;
    this.buffer = buffer;
    const words = (at: number, length: number): Int32Array => new Int32Array(buffer, at, length);
    this.records = words(kernel.recordsAt(), capacity * RECORD_WORDS);
    this.hours = words(kernel.hoursAt(), capacity);
    this.millis = words(kernel.millisAt(), capacity);
    this.others = words(kernel.othersAt(), capacity);
    this.otherLines = words(kernel.otherLinesAt(), capacity);
    this.bounds = words(kernel.boundsAt(), capacity * 2);
    this.latest = new Float64Array(buffer, kernel.latestAt(), capacity);
    this.announced = new Float64Array(buffer, kernel.announcedAt(), capacity);
  }
}
