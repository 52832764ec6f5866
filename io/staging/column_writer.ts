/** Columns of a block under construction. */
import type { ColumnType } from '../../schema/column';
import { DAY_MS } from '../../schema/events';
import { BLOCK_ROWS, HEADER_BYTES, markBytes, padded, SHORT_TEXT, WIDTH } from './block_layout';

type Rows = readonly Record<string, unknown>[];

const TWO_32 = 4_294_967_296;

/** One column; a subclass knows how its values lie. */
export abstract class ColumnWriter {
  protected readonly buffer: ArrayBuffer;
  private readonly marks = new Uint8Array(BLOCK_ROWS / 8).fill(255);
  private nulls = 0;

  constructor(
    readonly name: string,
    private readonly width: number,
  ) {
    this.buffer = new ArrayBuffer(BLOCK_ROWS * width);
  }

  /** Adds `rows[from..to)`, the first as the block's row `at`. */
  append(rows: Rows, from: number, to: number, at: number): void {
    const { name } = this;
    for (let i = from, row = at; i < to; i++, row++) {
      const value = rows[i][name];
      if (value === null || value === undefined) this.setNull(row);
      else this.set(row, value);
    }
  }

  protected abstract set(row: number, value: unknown): void;

  private setNull(row: number): void {
    this.marks[row >> 3] &= ~(1 << (row & 7));
    this.nulls++;
    new Uint8Array(this.buffer, row * this.width, this.width).fill(0);
  }

  /** Bytes of the texts that lie behind the values. */
  protected get longBytes(): number {
    return 0;
  }

  protected copyLong(_into: Uint8Array): void {}

  /** Bytes of the column in a block of so many rows. */
  size(rows: number): number {
    const marks = this.nulls > 0 ? markBytes(rows) : 0;
    return HEADER_BYTES + marks + padded(rows * this.width) + padded(this.longBytes);
  }

  /** Writes the column of a block into its {@link size} bytes, and begins anew. */
  take(rows: number, into: Uint8Array): void {
    const header = new DataView(into.buffer, into.byteOffset, HEADER_BYTES);
    header.setUint32(0, this.nulls, true);
    header.setUint32(4, this.longBytes, true);
    let at = HEADER_BYTES;
    if (this.nulls > 0) {
      into.set(this.marks.subarray(0, markBytes(rows)), at);
      at += markBytes(rows);
    }
    into.set(new Uint8Array(this.buffer, 0, rows * this.width), at);
    this.copyLong(into.subarray(at + padded(rows * this.width)));
    if (this.nulls > 0) this.marks.fill(255);
    this.nulls = 0;
  }
}

class WholeWriter extends ColumnWriter {
  protected readonly words = new Int32Array(this.buffer);

  /** A safe integer as 64 bits, without a bigint. */
  protected override set(row: number, value: unknown): void {
    this.words[row * 2] = (value as number) | 0;
    this.words[row * 2 + 1] = Math.floor((value as number) / TWO_32);
  }
}

class TimestampWriter extends WholeWriter {
  private readonly bigints = new BigInt64Array(this.buffer);

  protected override set(row: number, milliseconds: unknown): void {
    const micros = (milliseconds as number) * 1000;
    if (Number.isSafeInteger(micros)) super.set(row, micros);
    else this.bigints[row] = BigInt(milliseconds as number) * 1000n;
  }
}

class MoneyWriter extends ColumnWriter {
  private readonly bigints = new BigInt64Array(this.buffer);

  protected override set(row: number, value: unknown): void {
    this.bigints[row] = value as bigint;
  }
}

class DoubleWriter extends ColumnWriter {
  private readonly doubles = new Float64Array(this.buffer);

  protected override set(row: number, value: unknown): void {
    this.doubles[row] = value as number;
  }
}

class BooleanWriter extends ColumnWriter {
  private readonly bytes = new Uint8Array(this.buffer);

  protected override set(row: number, value: unknown): void {
    this.bytes[row] = value === true ? 1 : 0;
  }
}

class DateWriter extends ColumnWriter {
  private readonly days = new Int32Array(this.buffer);
  private lastDate = '';
  private lastDay = 0;

  protected override set(row: number, value: unknown): void {
    if (value !== this.lastDate) {
      this.lastDate = value as string;
      this.lastDay = Date.parse(`${value}T00:00:00Z`) / DAY_MS;
    }
    this.days[row] = this.lastDay;
  }
}

/** Short texts that are remembered in their form; beyond it they are forgotten, which costs only time. */
const MAX_KNOWN = 1 << 14;

/** Words of a text's sixteen bytes. */
const TEXT_WORDS = 4;

class TextWriter extends ColumnWriter {
  private readonly words = new Int32Array(this.buffer);
  private readonly long: Buffer[] = [];
  private longLength = 0;
  /** Where the form of each short text begins in {@link forms}: a brand comes again in every hour. */
  private readonly known = new Map<string, number>();
  private forms = new Int32Array(256 * TEXT_WORDS);

  protected override set(row: number, value: unknown): void {
    const form = this.known.get(value as string) ?? this.learn(value as string);
    if (form < 0) {
      this.setLong(row, Buffer.from(value as string, 'utf8'));
      return;
    }
    const at = row * TEXT_WORDS;
    for (let word = 0; word < TEXT_WORDS; word++) this.words[at + word] = this.forms[form + word];
  }

  /** Remembers a short text; −1 for a long one. */
  private learn(text: string): number {
    if (text.length > SHORT_TEXT) return -1;
    const bytes = Buffer.from(text, 'utf8');
    if (bytes.length > SHORT_TEXT) return -1;
    if (this.known.size === MAX_KNOWN) this.known.clear();
    const form = this.known.size * TEXT_WORDS;
    if (form === this.forms.length) {
      const larger = new Int32Array(this.forms.length * 2);
      larger.set(this.forms);
      this.forms = larger;
    }
    this.forms.fill(0, form, form + TEXT_WORDS);
    this.forms[form] = bytes.length;
    new Uint8Array(this.forms.buffer, (form + 1) * 4, SHORT_TEXT).set(bytes);
    this.known.set(text, form);
    return form;
  }

  private setLong(row: number, bytes: Buffer): void {
    const at = row * TEXT_WORDS;
    this.words[at] = bytes.length;
    this.words[at + 1] = this.longLength;
    this.words[at + 2] = 0;
    this.words[at + 3] = 0;
    this.long.push(bytes);
    this.longLength += bytes.length;
  }

  protected override get longBytes(): number {
    return this.longLength;
  }

  protected override copyLong(into: Uint8Array): void {
    let at = 0;
    for (const bytes of this.long.splice(0)) {
      into.set(bytes, at);
      at += bytes.length;
    }
    this.longLength = 0;
  }
}

const WRITERS: Record<ColumnType, new (name: string, width: number) => ColumnWriter> = {
  text: TextWriter,
  json: TextWriter,
  timestamp: TimestampWriter,
  date: DateWriter,
  int64: WholeWriter,
  money: MoneyWriter,
  double: DoubleWriter,
  boolean: BooleanWriter,
};

export function columnWriter(name: string, type: ColumnType): ColumnWriter {
  return new WRITERS[type](name, WIDTH[type]);
}
