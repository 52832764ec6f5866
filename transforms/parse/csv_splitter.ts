/**
 * Splits the lines of a CSV file into fields, RFC 4180 with two rules of our own: a record is a line, and a quote inside an unquoted field is text.
 */
import { isUtf8 } from 'node:buffer';
import { EVENT_FIELDS, type EventField } from '../../schema/events';
import { emptyRow, type FieldRow } from './field_row';
import { ScratchRow } from './scratch_row';

const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;
const COMMA = 44;

/** What a line turned out to be. */
export const Line = {
  /** {@link CsvSplitter.row} holds its fields. */
  record: 0,
  /** Empty after trimming: no record. */
  blank: 1,
  /** Wrong number of fields, broken quoting, or not UTF-8: {@link CsvSplitter.fault} says which. */
  malformed: 2,
} as const;
export type Line = (typeof Line)[keyof typeof Line];

export class CsvSplitter {
  /** The fields of the last line. */
  row: FieldRow;
  /** End of the last line's text, before its line end. */
  lineEnd = 0;
  /** Where the next line begins. */
  next = 0;
  /** Why the last line is malformed. */
  fault = '';
  private readonly direct: FieldRow = emptyRow(new Uint8Array(0));
  private readonly quoted = new ScratchRow();
  /** Field of each column, or −1 for a column that isn't read. */
  private readonly fieldOf: Int8Array;

  /** For a file with these column names, see {@link columnFields}. */
  constructor(columns: readonly string[]) {
    this.fieldOf = Int8Array.from(columnFields(columns));
    this.row = this.direct;
  }

  /** Goes over to other bytes. */
  open(bytes: Uint8Array): void {
    this.direct.bytes = bytes;
    this.direct.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Splits the line that begins at `start`; a newline must stand at or after it in the bytes, at the end of the text if nowhere else. */
  split(start: number): Line {
    const { bytes, starts, ends } = this.direct;
    const fieldOf = this.fieldOf;
    const columns = fieldOf.length;
    let column = 0;
    let fieldStart = start;
    let at = start;
    let seen = 0;
    for (;;) {
      const byte = bytes[at];
      if (byte > COMMA) {
        seen |= byte;
        at++;
      } else if (byte === COMMA) {
        if (column < columns) {
          const field = fieldOf[column];
          if (field >= 0) {
            starts[field] = fieldStart;
            ends[field] = at;
          }
        }
        column++;
        fieldStart = ++at;
      } else if (byte === NEWLINE) {
        break;
      } else if (byte === QUOTE && at === fieldStart) {
        return this.splitQuoted(start);
      } else {
        at++;
      }
    }
    this.next = at + 1;
    const end = at > start && bytes[at - 1] === RETURN ? at - 1 : at;
    this.lineEnd = end;
    if (++column !== columns)
      return column === 1 && isBlank(bytes, start, end) ? Line.blank : this.wrongCount(column);
    const field = fieldOf[column - 1];
    if (field >= 0) {
      starts[field] = fieldStart;
      ends[field] = end;
    }
    if (seen > 127 && !isUtf8(bytes.subarray(start, end))) return this.malformed('not UTF-8');
    this.row = this.direct;
    return Line.record;
  }

  /** The same for a line with a quoted field, whose bytes have to be copied to lose their quotes. */
  private splitQuoted(start: number): Line {
    const { bytes } = this.direct;
    const newline = bytes.indexOf(NEWLINE, start);
    this.next = newline + 1;
    const end = newline > start && bytes[newline - 1] === RETURN ? newline - 1 : newline;
    this.lineEnd = end;
    if (!isUtf8(bytes.subarray(start, end))) return this.malformed('not UTF-8');
    this.quoted.clear('cosmetics');
    let column = 0;
    let at = start;
    for (;;) {
      const field = column < this.fieldOf.length ? this.fieldOf[column] : -1;
      if (at < end && bytes[at] === QUOTE) {
        const content: number[] = [];
        for (at++; ; at++) {
          if (at >= end) return this.malformed('a quote is not closed');
          if (bytes[at] !== QUOTE) content.push(bytes[at]);
          else if (at + 1 < end && bytes[at + 1] === QUOTE) content.push(bytes[at++]);
          else break;
        }
        at++;
        if (at < end && bytes[at] !== COMMA) return this.malformed('text after a closing quote');
        if (field >= 0) this.quoted.setBytes(field, Uint8Array.from(content));
      } else {
        const from = at;
        while (at < end && bytes[at] !== COMMA) at++;
        if (field >= 0) this.quoted.setBytes(field, bytes.subarray(from, at));
      }
      column++;
      if (at >= end) break;
      at++;
    }
    if (column !== this.fieldOf.length) return this.wrongCount(column);
    this.row = this.quoted.row;
    return Line.record;
  }

  private wrongCount(found: number): Line {
    return this.malformed(`${found} fields where the header has ${this.fieldOf.length}`);
  }

  private malformed(fault: string): Line {
    this.fault = fault;
    return Line.malformed;
  }
}

/**
 * The field of EVENT_FIELDS that each column of a header is, or −1 for one that isn't read. Names are trimmed and compared in lower case; of columns with the same name the
 * first is read.
 */
export function columnFields(columns: readonly string[]): number[] {
  const taken = new Set<string>();
  return columns.map((column) => {
    const name = column.trim().toLowerCase();
    if (taken.has(name)) return -1;
    taken.add(name);
    return EVENT_FIELDS.indexOf(name as EventField);
  });
}

/** Whether there is nothing but ASCII white space. */
export function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte !== 32 && (byte < 9 || byte > 13)) return false;
  }
  return true;
}
