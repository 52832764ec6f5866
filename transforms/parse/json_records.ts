import { REJECT_REASONS } from '../../schema/events';
import { KEPT } from '../clean/cleaner';
import type { FieldRow } from './field_row';
import { JsonRecord } from './json_record';
import { JsonScanner } from './json_scanner';
import type { Parsing, RecordReader } from './parsing';
import { rejectMessage } from './reject';

const NOT_JSON = REJECT_REASONS.indexOf('not_json');

/** Objects of a chunk, which their readers know by number. */
export interface JsonObjects {
  readonly count: number;
  readonly bytes: Uint8Array;
  /** Where each begins in the bytes and where it ends: two numbers an object. */
  readonly bounds: Int32Array;
}

/** Reads the JSON objects of chunks. What holds them, a file or messages, says where they are and what is to be said of one that is rejected. */
export abstract class JsonRecords implements RecordReader {
  private objects: JsonObjects = { count: 0, bytes: new Uint8Array(0), bounds: new Int32Array(0) };
  private next = 0;
  private readonly scanner = new JsonScanner();
  private readonly json = new JsonRecord();

  constructor(protected readonly parsing: Parsing) {}

  get isDone(): boolean {
    return this.next >= this.objects.count;
  }

  parse(): void {
    if (this.parsing.isPacked) this.parseByKernel();
    else while (!this.isDone && !this.parsing.isFull) this.parseObject(this.next++);
  }

  /** The latest time that an object may be of, milliseconds since 1970; before all time for one that the plain path is to see. */
  protected abstract latest(object: number): number;
  /** The time that an object is announced with; not a number where nobody says. */
  protected abstract announced(object: number): number;
  /** Parses an object by the plain path, with {@link accept}. */
  protected abstract parseObject(object: number): void;

  protected begin(objects: JsonObjects): void {
    this.objects = objects;
    this.next = 0;
  }

  /** Cleans the object in `bytes` from `start` to `end`; says why it is rejected, if it is. `cleaner.hour` and `cleaner.time` are its own then, or undefined and not a number. */
  protected accept(bytes: Uint8Array, start: number, end: number, latest: number): Fault | undefined {
    const { cleaner } = this.parsing;
    const row = this.row(bytes, start, end);
    if (row === undefined) {
      cleaner.forget();
      return { reason: NOT_JSON, message: this.json.fault };
    }
    const reason = cleaner.accept(row, latest);
    return reason === KEPT ? undefined : { reason, message: rejectMessage(reason, row) };
  }

  private parseByKernel(): void {
    const { kernel, builder, books } = this.parsing;
    const { bytes, bounds, count } = this.objects;
    const first = this.next;
    const objects = Math.min(count - first, kernel.capacity);
    const start = bounds[2 * first];
    kernel.load(bytes, start, bounds[2 * (first + objects) - 1]);
    for (let i = 0; i < objects; i++) {
      kernel.bounds[2 * i] = bounds[2 * (first + i)] - start;
      kernel.bounds[2 * i + 1] = bounds[2 * (first + i) + 1] - start;
      kernel.latest[i] = this.latest(first + i);
      kernel.announced[i] = this.announced(first + i);
    }
    kernel.parseObjects(objects);
    builder.addPacked(kernel);
    books.apart += kernel.apartCount;
    for (let i = 0; i < kernel.otherCount; i++) this.parseObject(first + kernel.others[i]);
    this.next = first + objects;
  }

  /** The fields of an object; undefined where it is none. */
  private row(bytes: Uint8Array, start: number, end: number): FieldRow | undefined {
    if (this.scanner.scan(bytes, start, end)) return this.scanner.row;
    return this.json.read(bytes.subarray(start, end)) ? this.json.row : undefined;
  }
}

/** Why a record is rejected. */
export interface Fault {
  /** Index into REJECT_REASONS. */
  readonly reason: number;
  readonly message: string;
}
