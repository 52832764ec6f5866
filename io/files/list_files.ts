/**
 * Input paths → the ranges of the files they name.
 */
import { isUtf8 } from 'node:buffer';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { InputError, systemReason } from '../input_error';
import { readCsvHeader } from './csv_header';
import type { FileRange } from './file_range';

/** Loaded for directories and patterns alone: it takes longer to load than most runs to list their files. */
const fastGlob = (): typeof import('fast-glob') => require('fast-glob');

const EXTENSIONS = ['csv', 'json', 'ndjson', 'jsonl'];
const EVENT_FILES = `**/*.{${EXTENSIONS.join(',')}}{,.gz}`;
/** Bytes at the start of a file within which a CSV header must end. */
const HEADER_LIMIT = 1 << 20;
const NEWLINE = 10;

/** Lists files when the pipeline runs: one element in (an impulse), the ranges out, in order of path and position. */
export class ListFiles {
  /** `inputs`: files, directories, globs. `splitBytes`: length of a range; compressed files are one range each. */
  constructor(
    readonly inputs: readonly string[],
    readonly splitBytes: number,
  ) {}

  *process(): Generator<FileRange> {
    let empty = true;
    for (const file of findFiles(this.inputs)) {
      const ranges = rangesOf(file, this.splitBytes);
      empty &&= ranges.length === 0;
      yield* ranges;
    }
    if (empty)
      throw new InputError(`no events in ${this.inputs.join(', ')}: nothing is in there but empty files`);
  }
}

/** The files that some paths name, each once, sorted. Throws an {@link InputError} for a path that names none. */
export function findFiles(inputs: readonly string[]): string[] {
  return [...new Set(inputs.flatMap(filesOf))].sort();
}

function filesOf(input: string): string[] {
  const stat = fs.statSync(input, { throwIfNoEntry: false });
  if (stat === undefined) {
    if (!fastGlob().isDynamicPattern(input))
      throw new InputError(`cannot read ${input}: no such file or directory${lookedFrom(input)}`);
    const files = fastGlob().sync(input, { dot: true });
    if (files.length === 0) throw new InputError(`cannot read ${input}: no file matches${lookedFrom(input)}`);
    return files;
  }
  if (!stat.isDirectory()) return [input];
  const files = fastGlob()
    .sync(EVENT_FILES, { cwd: input, caseSensitiveMatch: false })
    .map((file) => path.join(input, file));
  if (files.length === 0) {
    throw new InputError(
      `no event files in the directory ${input}: looked for ${EXTENSIONS.map((extension) => `.${extension}`).join(', ')}, also with .gz`,
    );
  }
  return files;
}

function lookedFrom(input: string): string {
  return path.isAbsolute(input) ? '' : ` (looked from ${process.cwd()})`;
}

/** The ranges of one file; none if it is empty. */
function rangesOf(file: string, splitBytes: number): FileRange[] {
  const gzip = /\.gz$/i.test(file);
  const format = /\.(json|ndjson|jsonl)(\.gz)?$/i.test(file) ? 'ndjson' : 'csv';
  const { size, head } = readHead(file, gzip);
  if (format === 'ndjson') refuseBinary(file, head);
  const columns = format === 'csv' ? readCsvHeader(file, head) : null;
  if (size === 0 || (format === 'csv' && columns === null)) return [];
  const range = { path: file, format, gzip, columns } as const;
  if (gzip) return [{ ...range, start: 0, end: size }];
  const ranges: FileRange[] = [];
  for (let start = 0; start < size; start += splitBytes)
    ranges.push({ ...range, start, end: Math.min(size, start + splitBytes) });
  return ranges;
}

function readHead(file: string, gzip: boolean): { size: number; head: Uint8Array } {
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync(file, 'r');
    const { size } = fs.fstatSync(descriptor);
    const raw = new Uint8Array(Math.min(size, HEADER_LIMIT));
    const length = fs.readSync(descriptor, raw, 0, raw.length, 0);
    const head = raw.subarray(0, length);
    return { size, head: gzip && size > 0 ? gunzipHead(file, head) : head };
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot read ${file}: ${systemReason(error)}`);
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
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
function gunzipHead(file: string, compressed: Uint8Array): Uint8Array {
  try {
    // SYNC_FLUSH: what can be decompressed is given out although the input ends early.
    const head = gunzipSync(compressed, { finishFlush: constants.Z_SYNC_FLUSH });
    // Nothing in it, or not even the beginning of something?
    return head.length > 0 ? head : gunzipSync(compressed);
  } catch (error) {
    throw new InputError(
      `cannot read ${file}: it is not a whole gzip file (${systemReason(error)}). Was it copied to its end?`,
    );
  }
}
