/** Lines in order of their time, one at a time, from wherever they are. */
import * as fs from 'node:fs';
import { ReadRanges } from '../../io/files/read_ranges';
import type { FileChunk } from '../../schema/chunk';
import type { SurveyedFile } from './survey';
import { type TimedLine, TimedLines } from './timed_lines';

/** A line in its place. */
export interface PlacedLine {
  /** Event time, or that of the record before it in its file where it has none of its own, milliseconds. */
  readonly place: number;
  /** Which file it is of. */
  readonly file: number;
  /** Valid until the cursor moves on. */
  readonly bytes: Uint8Array;
}

export interface LineCursor {
  /** The line that it stands at; undefined at the end, and before the first {@link advance}. */
  readonly current: PlacedLine | undefined;
  /** Goes to the next line; a promise where it has to wait for it. */
  advance(): Promise<void> | undefined;
  close(): void;
}

/** Lines of a file in the order in which they stand in it. */
export class FileCursor implements LineCursor {
  current: PlacedLine | undefined;
  private place: number;
  private readonly reader: TimedLines;
  private readonly chunks: Iterator<FileChunk> | AsyncIterator<FileChunk>;
  private lines: Iterator<TimedLine> = [][Symbol.iterator]();

  constructor(
    surveyed: SurveyedFile,
    private readonly file: number,
  ) {
    this.place = surveyed.first;
    this.reader = new TimedLines(surveyed.range.columns);
    const chunks = new ReadRanges().process(surveyed.range);
    this.chunks = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  }

  advance(): Promise<void> | undefined {
    return this.nextOfChunk() ? undefined : this.nextChunk();
  }

  close(): void {
    void this.chunks.return?.();
  }

  private nextOfChunk(): boolean {
    const { done, value } = this.lines.next();
    if (done) return false;
    if (!Number.isNaN(value.time)) this.place = value.time;
    this.current = { place: this.place, file: this.file, bytes: value.bytes };
    return true;
  }

  private async nextChunk(): Promise<void> {
    for (;;) {
      const { done, value } = await this.chunks.next();
      if (done || 'rangeEnd' in value) {
        this.current = undefined;
        return;
      }
      this.lines = this.reader.of(value);
      if (this.nextOfChunk()) return;
    }
  }
}

/** Bytes in front of a line in a sorted run: place, file, length. */
export const FRAME_HEAD = 16;
const READ_BYTES = 1 << 18;

/** Lines of a sorted run on disk, see sorted_runs.ts. */
export class RunCursor implements LineCursor {
  current: PlacedLine | undefined;
  private readonly descriptor: number;
  private buffer = Buffer.alloc(READ_BYTES);
  private at = 0;
  private length = 0;

  constructor(path: string) {
    this.descriptor = fs.openSync(path, 'r');
  }

  advance(): undefined {
    this.current = undefined;
    if (!this.holds(FRAME_HEAD)) return;
    const length = this.buffer.readUInt32LE(this.at + 12);
    this.holds(FRAME_HEAD + length);
    const { buffer, at } = this;
    const start = at + FRAME_HEAD;
    this.current = {
      place: buffer.readDoubleLE(at),
      file: buffer.readUInt32LE(at + 8),
      bytes: buffer.subarray(start, start + length),
    };
    this.at = start + length;
  }

  close(): void {
    fs.closeSync(this.descriptor);
  }

  /** Whether so many more bytes are in the buffer, after reading on where needed. */
  private holds(bytes: number): boolean {
    if (this.length - this.at >= bytes) return true;
    this.buffer.copyWithin(0, this.at, this.length);
    this.length -= this.at;
    this.at = 0;
    if (bytes > this.buffer.length) this.buffer = Buffer.concat([this.buffer], 2 * bytes);
    while (this.length < bytes) {
      const read = fs.readSync(
        this.descriptor,
        this.buffer,
        this.length,
        this.buffer.length - this.length,
        null,
      );
      if (read === 0) return false;
      this.length += read;
    }
    return true;
  }
}
