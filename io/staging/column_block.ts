/**
 * Staged rows as blocks of columns: as many rows as a vector of DuckDB holds, each column as it lies in a database's memory, so that loading is copying. (Lines of CSV cost a third of a second
 * for every quarter of a million rows, to write and to read.)
 *
 * A block: number of rows and of bytes, then for each column a byte a row that says whether it is null, and the values: 64-bit integers (counts; microseconds; ten-thousandths of money), doubles,
 * days since 1970, bytes for booleans; for text, where each begins, and the UTF-8 of all. Everything begins at a multiple of eight bytes, little-endian.
 */
import type { Column, ColumnType } from '../../schema/column';
import { DAY_MS } from '../../schema/events';
import type { Table } from '../../schema/table';

/** Most rows of a block. */
export const BLOCK_ROWS = 2048;

/** Text beyond which a block is full with fewer rows, in characters: payloads of rejected lines can be megabytes each. */
const BLOCK_TEXT = 16 << 20;

const HEADER_BYTES = 8;
const TWO_32 = 4_294_967_296;

/** A column of a block. */
export interface BlockColumn {
  readonly type: ColumnType;
  /** 1 for each row that is null. */
  readonly nulls: Uint8Array;
  /** The values' bytes; for text the offsets. */
  readonly values: Uint8Array;
  /** The text of a row of a text column. */
  readonly text: (row: number) => string;
}

export interface Block {
  readonly rows: number;
  /** In the table's order. */
  readonly columns: readonly BlockColumn[];
}

/** Bytes of a value; for text, of an offset. */
const WIDTH: Record<ColumnType, number> = {
  text: 4,
  json: 4,
  timestamp: 8,
  date: 4,
  int64: 8,
  money: 8,
  double: 8,
  boolean: 1,
};

const isText = (type: ColumnType): boolean => type === 'text' || type === 'json';
const padded = (length: number): number => (length + 7) & ~7;

/** One column of a block under construction. */
class ColumnWriter {
  readonly nulls = new Uint8Array(BLOCK_ROWS);
  private readonly buffer = new ArrayBuffer(BLOCK_ROWS * 8);
  private readonly bytes = new Uint8Array(this.buffer);
  private readonly words = new Int32Array(this.buffer);
  private readonly bigints = new BigInt64Array(this.buffer);
  private readonly doubles = new Float64Array(this.buffer);
  private texts: string[] = [];
  private lastDate = '';
  private lastDay = 0;

  constructor(
    readonly name: string,
    private readonly type: ColumnType,
  ) {}

  /** Sets the value of a row; returns how many characters of text it takes. */
  set(row: number, value: unknown): number {
    const isNull = value === null || value === undefined;
    this.nulls[row] = isNull ? 1 : 0;
    if (isText(this.type)) {
      const text = isNull ? '' : (value as string);
      this.texts[row] = text;
      return text.length;
    }
    if (!isNull) this.setFixed(row, value);
    return 0;
  }

  private setFixed(row: number, value: unknown): void {
    switch (this.type) {
      case 'int64':
        this.setWhole(row, value as number);
        break;
      case 'timestamp':
        this.setMicroseconds(row, value as number);
        break;
      case 'money':
        this.bigints[row] = value as bigint;
        break;
      case 'double':
        this.doubles[row] = value as number;
        break;
      case 'date':
        this.words[row] = this.dayOf(value as string);
        break;
      default:
        this.bytes[row] = value ? 1 : 0;
    }
  }

  /** A safe integer as 64 bits, without a bigint. */
  private setWhole(row: number, value: number): void {
    this.words[row * 2] = value | 0;
    this.words[row * 2 + 1] = Math.floor(value / TWO_32);
  }

  private setMicroseconds(row: number, milliseconds: number): void {
    const micros = milliseconds * 1000;
    if (Number.isSafeInteger(micros)) this.setWhole(row, micros);
    else this.bigints[row] = BigInt(milliseconds) * 1000n;
  }

  private dayOf(date: string): number {
    if (date !== this.lastDate) {
      this.lastDate = date;
      this.lastDay = Date.parse(`${date}T00:00:00Z`) / DAY_MS;
    }
    return this.lastDay;
  }

  /** The column's bytes in a block of some rows, in parts. */
  parts(rows: number): Uint8Array[] {
    if (!isText(this.type))
      return [this.nulls.subarray(0, rows), this.bytes.subarray(0, rows * WIDTH[this.type])];
    const offsets = new Uint32Array(rows + 1);
    const texts = this.texts.slice(0, rows);
    for (let row = 0; row < rows; row++)
      offsets[row + 1] = offsets[row] + Buffer.byteLength(texts[row], 'utf8');
    this.texts = [];
    return [this.nulls.subarray(0, rows), new Uint8Array(offsets.buffer), encoded(texts, offsets[rows])];
  }
}

/** Texts as UTF-8, one behind the other, `length` bytes together. */
function encoded(texts: readonly string[], length: number): Uint8Array {
  const bytes = Buffer.from(texts.join(''), 'utf8');
  // Half a character at a text's end joins the other half at the next one's beginning; each by itself becomes U+FFFD.
  return bytes.length === length ? bytes : Buffer.concat(texts.map((text) => Buffer.from(text, 'utf8')));
}

/** Gathers rows of a table into blocks. */
export class BlockWriter {
  private readonly columns: ColumnWriter[];
  /** Rows in the block under construction. */
  rows = 0;
  /** Characters of text in it. */
  private textLength = 0;

  constructor(table: Table) {
    this.columns = Object.entries<Column>(table.columns).map(
      ([name, { type }]) => new ColumnWriter(name, type),
    );
  }

  get isFull(): boolean {
    return this.rows === BLOCK_ROWS || this.textLength > BLOCK_TEXT;
  }

  append(row: Record<string, unknown>): void {
    for (const column of this.columns) this.textLength += column.set(this.rows, row[column.name]);
    this.rows++;
  }

  /** The block's bytes; begins a new one. */
  take(): Uint8Array {
    const parts = this.columns.flatMap((column) => column.parts(this.rows));
    const length = HEADER_BYTES + parts.reduce((sum, part) => sum + padded(part.length), 0);
    const block = new Uint8Array(length);
    new DataView(block.buffer).setUint32(0, this.rows, true);
    new DataView(block.buffer).setUint32(4, length, true);
    let at = HEADER_BYTES;
    for (const part of parts) {
      block.set(part, at);
      at += padded(part.length);
    }
    this.rows = 0;
    this.textLength = 0;
    return block;
  }
}

/** The blocks of a table's staging file. `bytes` must begin at a multiple of eight in its buffer. */
export function* readBlocks(table: Table, bytes: Uint8Array): Generator<Block> {
  const types = Object.values<Column>(table.columns).map(({ type }) => type);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const rows = view.getUint32(at, true);
    const end = at + view.getUint32(at + 4, true);
    let next = at + HEADER_BYTES;
    const take = (length: number): Uint8Array => {
      const part = bytes.subarray(next, next + length);
      next += padded(length);
      return part;
    };
    const columns = types.map((type) => readColumn(type, rows, take));
    yield { rows, columns };
    at = end;
  }
}

function readColumn(type: ColumnType, rows: number, take: (length: number) => Uint8Array): BlockColumn {
  const nulls = take(rows);
  if (!isText(type)) return { type, nulls, values: take(rows * WIDTH[type]), text: () => '' };
  const values = take((rows + 1) * 4);
  const offsets = new Uint32Array(values.buffer, values.byteOffset, rows + 1);
  const bytes = take(offsets[rows]);
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { type, nulls, values, text: (row) => all.toString('utf8', offsets[row], offsets[row + 1]) };
}
