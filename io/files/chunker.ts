import type { RawChunk } from '../../schema/chunk';
import { bomLength } from './csv_header';
import type { FileRange } from './file_range';
import { LineBuffer } from './line_buffer';

/** Bytes given to the parser at a time: enough to make calls cheap, few enough to stay in the processor's cache. */
export const PIECE_BYTES = 1 << 20;
const NEWLINE = 10;

/** The buffer of a range that has been read: ranges are read one after another, and fresh memory for each would be most of what this thread allocates. */
let spareBuffer: LineBuffer | undefined;

/** Cuts what comes in into chunks of whole lines, up to the line that begins last in the range. */
export class Chunker {
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
