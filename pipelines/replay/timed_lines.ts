/** The records of a chunk as lines, each with its event time. */
import type { RawChunk } from '../../schema/chunk';
import { CsvSplitter, isBlank, Line } from '../../transforms/parse/csv_splitter';
import { EventTimeParser } from '../../transforms/parse/event_time';
import { FIELD, type FieldRow } from '../../transforms/parse/field_row';
import { JsonRecord } from '../../transforms/parse/json_record';

const NEWLINE = 10;
const RETURN = 13;
const { event_time } = FIELD;

/** A line of a file; valid until the next one is asked for. */
export interface TimedLine {
  /** Event time in milliseconds since 1970; NaN where there is no usable one. */
  readonly time: number;
  /** The line without its end. */
  readonly bytes: Uint8Array;
}

/** Reads the lines of one file. Of its records it only looks at the time. */
export class TimedLines {
  private readonly times = new EventTimeParser();
  private readonly json = new JsonRecord();
  private readonly splitter: CsvSplitter | null;

  /** For a CSV file with these columns, or NDJSON. */
  constructor(columns: readonly string[] | null) {
    this.splitter = columns === null ? null : new CsvSplitter(columns);
  }

  /** The records of a chunk; lines without anything are none. */
  *of(chunk: RawChunk): Generator<TimedLine> {
    const { bytes } = chunk;
    let { end } = chunk;
    if (end > chunk.start && bytes[end - 1] !== NEWLINE) bytes[end++] = NEWLINE; // the file's last line: ended in the slack behind the chunk
    this.splitter?.open(bytes);
    for (let at = chunk.start; at < end; ) {
      const newline = bytes.indexOf(NEWLINE, at);
      const lineEnd = newline > at && bytes[newline - 1] === RETURN ? newline - 1 : newline;
      if (!isBlank(bytes, at, lineEnd)) {
        yield { time: this.timeAt(bytes, at, lineEnd), bytes: bytes.subarray(at, lineEnd) };
      }
      at = newline + 1;
    }
  }

  private timeAt(bytes: Uint8Array, at: number, end: number): number {
    if (this.splitter !== null)
      return this.splitter.split(at) === Line.record ? this.timeOf(this.splitter.row) : Number.NaN;
    return this.json.read(bytes.subarray(at, end)) ? this.timeOf(this.json.row) : Number.NaN;
  }

  private timeOf({ bytes, starts, ends }: FieldRow): number {
    let start = starts[event_time];
    let end = ends[event_time];
    while (start < end && isBlank(bytes, start, start + 1)) start++;
    while (start < end && isBlank(bytes, end - 1, end)) end--;
    return start === end ? Number.NaN : this.times.parse(bytes, start, end);
  }
}
