/** A file's first bytes → its ranges: what it is, whether it can be read, and where it is cut. */
import { isUtf8 } from 'node:buffer';
import { constants, gunzipSync } from 'node:zlib';
import { InputError, systemReason } from '../input_error';
import { readCsvHeader } from './csv_header';
import { formatOf } from './event_file_names';
import type { FileRange } from './file_range';
import type { StoredFile } from './file_system';

/** Bytes at the start of a file within which a CSV header must end. */
export const HEADER_LIMIT = 1 << 20;
const NEWLINE = 10;

/** The ranges of a file, of which `head` is the beginning: its first {@link HEADER_LIMIT} bytes as they are stored, or at least {@link holdsFirstLine}. None if it is empty. */
export function rangesOf(file: StoredFile, head: Uint8Array, splitBytes: number): FileRange[] {
  const { path, gzip, size, object } = file;
  const format = formatOf(path);
  const text = gzip && size > 0 ? gunzipHead(path, head, false) : head;
  if (format === 'ndjson') refuseBinary(path, text);
  const columns = format === 'csv' ? readCsvHeader(path, text) : null;
  if (size === 0 || (format === 'csv' && columns === null)) return [];
  const range = { path, format, gzip, columns, ...(object !== undefined && { object }) } as const;
  if (gzip) return [{ ...range, start: 0, end: size }];
  const ranges: FileRange[] = [];
  for (let start = 0; start < size; start += splitBytes)
    ranges.push({ ...range, start, end: Math.min(size, start + splitBytes) });
  return ranges;
}

/** Whether the beginning of a file holds its first line, or is all of it: no more of it is needed then. */
export function holdsFirstLine({ path, gzip, size }: StoredFile, head: Uint8Array): boolean {
  if (head.length >= size) return true;
  return (gzip ? gunzipHead(path, head, true) : head).includes(NEWLINE);
}

/** A broken line is a rejected record. But a file that begins with one, and holds zero bytes, isn't made of lines. */
function refuseBinary(file: string, head: Uint8Array): void {
  const newline = head.indexOf(NEWLINE);
  const line = head.subarray(0, newline < 0 ? head.length : newline);
  if ((line.includes(0) || !isUtf8(line)) && head.includes(0))
    throw new InputError(
      `${file} is not an NDJSON file: its first line is not text. Events are read from CSV (.csv) and NDJSON (.json, .ndjson, .jsonl), gzipped (.gz) or not`,
    );
}

/** The first decompressed bytes of a gzip file, from its first compressed ones. */
function gunzipHead(file: string, compressed: Uint8Array, goesOn: boolean): Uint8Array {
  try {
    // SYNC_FLUSH: what can be decompressed is given out although the input ends early.
    const head = gunzipSync(compressed, { finishFlush: constants.Z_SYNC_FLUSH });
    // Nothing in it, or not even the beginning of something?
    return head.length > 0 || goesOn ? head : gunzipSync(compressed);
  } catch (error) {
    throw notGzip(file, error);
  }
}

export function notGzip(file: string, error: unknown): InputError {
  if (error instanceof InputError) return error;
  return new InputError(
    `cannot read ${file}: it is not a whole gzip file (${systemReason(error)}). Was it copied to its end?`,
  );
}
