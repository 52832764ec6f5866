/**
 * File ranges → chunks of raw records. A record belongs to the range that it begins in: a range skips the record that reaches into it, and reads its own last one to the end.
 */

import * as fs from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip, gunzipSync } from 'node:zlib';
import type { FileChunk } from '../../schema/chunk';
import { isObjectPath } from '../gcs/object_path';
import { Chunker, PIECE_BYTES } from './chunker';
import type { FileRange } from './file_range';
import { notGzip } from './file_ranges';
import type { FileSystem } from './file_system';
import { fileSystemOf } from './file_systems';
import { localFiles } from './local_files';

const NEWLINE = 10;
/** Bytes in which the first line of a range is looked for at a time. */
const FIRST_LINE_BYTES = 1 << 16;

/** Reads plain files of this machine synchronously, since they are read ahead by the system; compressed ones and those of a service as they come. */
export class ReadRanges {
  process(range: FileRange): Iterable<FileChunk> | AsyncIterable<FileChunk> {
    if (range.gzip) return readGzip(range);
    return isObjectPath(range.path) ? readPlain(range, fileSystemOf(range.path)) : readLocal(range);
  }
}

/** The same without promises, for a runner that has none, and files of this machine: a compressed one is decompressed at once. */
export class ReadRangesSync {
  process(range: FileRange): Iterable<FileChunk> {
    return range.gzip ? readGzipAtOnce(range) : readLocal(range);
  }
}

/** Bytes that a range has to be given before it goes on: from the position `at` on, put into `room`. */
interface Wanted {
  readonly room: Uint8Array;
  readonly at: number;
}

/** Cuts a range of plain text into chunks. Where it comes from is for others to know: for each {@link Wanted} it is told how many bytes have been put there, 0 at the end of the file. */
function* cut(range: FileRange): Generator<FileChunk | Wanted, void, number> {
  const chunker = new Chunker(range, 0);
  let at = range.start;
  if (range.start > 0) {
    const first = yield* firstLineStart(range);
    if (first === null) {
      chunker.close();
      yield rangeEnd(range);
      return;
    }
    at = first;
    chunker.position = first;
  }
  while (!chunker.done) {
    const room = chunker.buffer.room();
    const read = yield { room: room.subarray(0, PIECE_BYTES), at };
    at += read;
    chunker.buffer.length += read;
    yield* chunker.chunks(read === 0) as Generator<FileChunk, void, number>;
  }
  chunker.close();
  yield rangeEnd(range);
}

/** Where the first line begins that starts in the range: behind the first newline at or after the byte before it. Null if none does. */
function* firstLineStart(range: FileRange): Generator<Wanted, number | null, number> {
  const room = new Uint8Array(FIRST_LINE_BYTES);
  for (let at = range.start - 1; at < range.end - 1; ) {
    const read = yield { room, at };
    const newline = room.subarray(0, read).indexOf(NEWLINE);
    if (newline >= 0) return at + newline + 1 < range.end ? at + newline + 1 : null;
    if (read === 0) return null;
    at += read;
  }
  return null;
}

function* readLocal(range: FileRange): Generator<FileChunk> {
  const file = localFiles.open(range);
  try {
    const steps = cut(range);
    for (let step = steps.next(0); !step.done; ) {
      if ('room' in step.value) step = steps.next(file.read(step.value.room, step.value.at));
      else {
        yield step.value;
        step = steps.next(0);
      }
    }
  } finally {
    file.close();
  }
}

async function* readPlain(range: FileRange, system: FileSystem): AsyncGenerator<FileChunk> {
  const file = system.open(range);
  try {
    const steps = cut(range);
    for (let step = steps.next(0); !step.done; ) {
      if ('room' in step.value) step = steps.next(await file.read(step.value.room, step.value.at));
      else {
        yield step.value;
        step = steps.next(0);
      }
    }
  } finally {
    file.close();
  }
}

async function* readGzip(range: FileRange): AsyncGenerator<FileChunk> {
  const chunker = new Chunker({ ...range, end: Number.POSITIVE_INFINITY }, 0);
  const text = createGunzip({ chunkSize: PIECE_BYTES });
  // An error of either stream ends the loop below with it.
  pipeline(fileSystemOf(range.path).stream(range), text, () => {});
  try {
    for await (const piece of text) {
      chunker.append(piece);
      yield* chunker.chunks(false);
    }
  } catch (error) {
    throw notGzip(range.path, error);
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
    throw notGzip(range.path, error);
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

function rangeEnd(range: FileRange): FileChunk {
  return { rangeEnd: { source: range.path, rangeStart: range.start } };
}
