import { isUtf8 } from 'node:buffer';
import { REQUIRED_CSV_COLUMNS } from '../../schema/events';
import { InputError } from '../input_error';

const NEWLINE = 10;
const BOM = [0xef, 0xbb, 0xbf];

/** Number of bytes of a byte order mark at the start: 3 or 0. */
export function bomLength(bytes: Uint8Array): number {
  return BOM.every((byte, at) => bytes[at] === byte) ? 3 : 0;
}

/**
 * The column names of a CSV file from its first bytes, which must hold the whole first line or the whole file. Throws an {@link InputError} that names the file, the column and
 * the header if a required one is missing, or if this is no text. Null if there is nothing at all.
 */
export function readCsvHeader(path: string, bytes: Uint8Array): string[] | null {
  const newline = bytes.indexOf(NEWLINE);
  const line = bytes.subarray(bomLength(bytes), newline < 0 ? bytes.length : newline);
  if (line.length === 0 && newline < 0) return null;
  if (line.includes(0) || !isUtf8(line)) {
    throw new InputError(
      `${path} is not a CSV file: its first line is not text. Events are read from CSV (.csv) and NDJSON (.json, .ndjson, .jsonl), gzipped (.gz) or not`,
    );
  }
  const columns = splitHeader(Buffer.from(line).toString('utf8').replace(/\r$/, ''));
  const names = new Set(columns.map((column) => column.trim().toLowerCase()));
  const missing = REQUIRED_CSV_COLUMNS.filter((column) => !names.has(column));
  if (missing.length > 0) {
    const shown = columns.join(',');
    throw new InputError(
      `${path} has no column ${missing.join(', ')}: its header is ${JSON.stringify(shown.length > 200 ? `${shown.slice(0, 200)}…` : shown)}. Required are ${REQUIRED_CSV_COLUMNS.join(', ')}, in any order`,
    );
  }
  return columns;
}

/** Splits a header line, RFC 4180. */
function splitHeader(line: string): string[] {
  // With a comma before the first field every field begins with one, an empty first field too.
  const fields = [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)];
  return fields.map(([, quoted, plain]) => (quoted === undefined ? plain : quoted.replaceAll('""', '"')));
}
