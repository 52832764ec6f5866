/**
 * File ranges → chunks of raw records. A record belongs to the range that it begins in: a range skips the record that reaches into it, and reads its own last one to the end.
 */
import * as fs from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip, gunzipSync } from 'node:zlib';
import type { FileChunk, RawChunk } from '../../schema/chunk';
import { InputError, systemReason } from '../input_error';
import { bomLength } from './csv_header';
import type { FileRange } from './file_range';
import { LineBuffer } from './line_buffer';

/** Bytes given to the parser at a time: enough to make calls cheap, few enough to stay in the processor's cache. */
const PIECE_BYTES = 1 << 20;
const NEWLINE = 10;

/** Reads plain files synchronously, since they are read ahead by the system, and compressed ones as a stream. */
export class ReadRanges {
  process(range: FileRange): Iterable<FileChunk> | AsyncIterable<FileChunk> {
    return range.gzip ? readGzip(range) : readPlain(range);
  }
}

/** The same without promises, for a runner that has none: a compressed file is decompressed at once. */
export class ReadRangesSync {
  process(range: FileRange): Iterable<FileChunk> {
    return range.gzip ? readGzipAtOnce(range) : readPlain(range);
  }
}

function* readPlain(range: FileRange): Generator<FileChunk> {
  const file = openFile(range.path);
  try {
    const chunker = new Chunker(range, 0);
    let at = range.start;
    if (range.start > 0) {
      const first = firstLineStart(file, range);
      if (first === null) {
        yield rangeEnd(range);
        return;
      }
      at = first;
      chunker.position = first;
    }
    while (!chunker.done) {
      const room = chunker.buffer.room();
      const read = readAt(file, range.path, room, Math.min(room.length, PIECE_BYTES), at);
      at += read;
      chunker.buffer.length += read;
      yield* chunker.chunks(read === 0);
    }
    chunker.close();
    yield rangeEnd(range);
  } finally {
    fs.closeSync(file);
  }
}

async function* readGzip(range: FileRange): AsyncGenerator<FileChunk> {
  const chunker = new Chunker({ ...range, end: Number.POSITIVE_INFINITY }, 0);
  const text = createGunzip({ chunkSize: PIECE_BYTES });
  // An error of either stream ends the loop below with it.
  pipeline(fs.createReadStream(range.path, { highWaterMark: PIECE_BYTES }), text, () => {});
  try {
    for await (const piece of text) {
      chunker.append(piece);
      yield* chunker.chunks(false);
    }
  } catch (error) {
    throw notGzip(range, error);
  }
  yield* chunker.chunks(true);
  chunker.close();
  yield rangeEnd(range);
}

function* readGzipAtOnce(range: FileRange): Generator<FileChunk> {
  let text: Uint8Array;
  try {
    text = gunzipSync(fs.readFileSync(range.path));
  } catch (error) {
    throw notGzip(range, error);
  }
  const chunker = new Chunker({ ...range, end: Number.POSITIVE_INFINITY }, 0);
  for (let at = 0; at < text.length; at += PIECE_BYTES) {
    chunker.append(text.subarray(at, at + PIECE_BYTES));
    yield* chunker.chunks(false);
  }
  yield* chunker.chunks(true);
  chunker.close();
  yield rangeEnd(range);
}

/** The buffer of a range that has been read: ranges are read one after another, and fresh memory for each would be most of what this thread allocates. */
let spareBuffer: LineBuffer | undefined;

/** Cuts what comes in into chunks of whole lines, up to the line that begins last in the range. */
class Chunker {
  readonly buffer: LineBuffer;
  done = false;
  private atFileStart: boolean;

  /** `position`: offset in the file of the first byte that will come in. */
  constructor(
    private readonly range: FileRange,
    public position: number,
  ) {
    this.buffer = spareBuffer ?? new LineBuffer(PIECE_BYTES);
    spareBuffer = undefined;
    this.buffer.open(range.path);
    this.atFileStart = range.start === 0;
  }

  /** Ends the use of this chunker; its buffer serves another. */
  close(): void {
    spareBuffer = this.buffer;
  }

  append(piece: Uint8Array): void {
    this.buffer.room(piece.length).set(piece);
    this.buffer.length += piece.length;
  }

  /** The whole lines that have come in; with `ended` the rest as well. */
  *chunks(ended: boolean): Generator<RawChunk> {
    const { buffer, range } = this;
    let end = ended ? buffer.length : buffer.wholeLines;
    if (range.end - this.position <= end) {
      // The last line of the range is the one that holds the byte before its end.
      const newline = buffer.bytes.indexOf(NEWLINE, range.end - this.position - 1);
      if (newline >= 0 && newline < buffer.length) end = newline + 1;
      else if (!ended) return;
      this.done = true;
    }
    if (ended) this.done = true;
    if (end === 0) return;
    let start = 0;
    let linesBefore = 0;
    if (this.atFileStart) {
      start = bomLength(buffer.bytes.subarray(0, buffer.length)); // behind it stands what an earlier file left
      if (range.format === 'csv') {
        const newline = buffer.bytes.indexOf(NEWLINE);
        start = newline < 0 || newline >= end ? end : newline + 1;
        linesBefore = 1;
      }
      this.atFileStart = false;
    }
    yield {
      source: range.path,
      format: range.format,
      columns: range.columns,
      position: this.position + start,
      bytes: buffer.bytes,
      start,
      end,
      linesBefore,
      rangeStart: range.start,
    };
    buffer.consume(end);
    this.position += end;
  }
}

/** Where the first line begins that starts in the range: behind the first newline at or after the byte before it. Null if none does. */
function firstLineStart(file: number, range: FileRange): number | null {
  const buffer = new Uint8Array(65_536);
  for (let at = range.start - 1; at < range.end - 1; at += buffer.length) {
    const read = readAt(file, range.path, buffer, buffer.length, at);
    const newline = buffer.subarray(0, read).indexOf(NEWLINE);
    if (newline >= 0) return at + newline + 1 < range.end ? at + newline + 1 : null;
    if (read === 0) return null;
  }
  return null;
}

function rangeEnd(range: FileRange): FileChunk {
  return { rangeEnd: { source: range.path, rangeStart: range.start } };
}

function openFile(path: string): number {
  try {
    return fs.openSync(path, 'r');
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${systemReason(error)}`);
  }
}

function readAt(file: number, path: string, into: Uint8Array, length: number, at: number): number {
  try {
    return fs.readSync(file, into, 0, length, at);
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${systemReason(error)}`);
  }
}

function notGzip(range: FileRange, error: unknown): InputError {
  return new InputError(
    `cannot read ${range.path}: it is not a whole gzip file (${systemReason(error)}). Was it copied to its end?`,
  );
}
