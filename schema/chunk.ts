/**
 * What a reader of files hands to the parser: whole records of one file as raw bytes, with where they stand in it. Reading and parsing run fused,
 * so a chunk is never encoded.
 */
export interface RawChunk {
  /** The file as the user knows it: the path that was listed. */
  readonly source: string;
  readonly format: 'csv' | 'ndjson';
  /** Names in the file's CSV header as they stand there; null for NDJSON. */
  readonly columns: readonly string[] | null;
  /** Offset of `bytes[start]` in the file (in its decompressed text for .gz). */
  readonly position: number;
  /**
   * The records are `bytes[start]` to `bytes[end - 1]`, whole lines; only the last line of a file may lack its line end. {@link CHUNK_SLACK} readable bytes follow; where the last line
   * lacks its end, the parser may write one behind it. Valid until the next chunk is asked for.
   */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Lines of the range before `start`, the header's among them. */
  readonly linesBefore: number;
  /** Offset in the file at which the range began that this chunk is of; orders chunks of a file for line numbers. */
  readonly rangeStart: number;
}

/** Bytes that must be readable behind a chunk's end, so that the parser can load whole words without a bounds test. */
export const CHUNK_SLACK = 32;

/** What a reader of messages hands to the parser: one record each. Arrays may be longer than there are messages. */
export interface MessageChunk {
  /** The subscription as the user knows it. */
  readonly source: string;
  readonly format: 'messages';
  readonly count: number;
  /** Where the messages are; {@link CHUNK_SLACK} readable bytes follow. */
  readonly bytes: Uint8Array;
  /** Where each message's data begins in `bytes` and where it ends: two numbers a message. */
  readonly bounds: Int32Array;
  /** The same of its id. */
  readonly ids: Int32Array;
  /** Bytes of all data. */
  readonly dataBytes: number;
  /** When each was published, milliseconds since 1970. */
  readonly publishTimes: Float64Array;
  /** The timestamps that the source gave them, milliseconds since 1970: event times as far as it knows them. */
  readonly timestamps: Float64Array;
  /** By number, of messages that were sent again from the dead letters, which of them it is. */
  readonly redriveOf: ReadonlyMap<number, string>;
}

/** Says that a range of a file, or a bundle of messages, has been read to its end. */
export interface RangeEnd {
  readonly rangeEnd: { readonly source: string; readonly rangeStart: number };
}

/** What a reader gives out of a range of a file: its chunks in order, then its end. */
export type FileChunk = RawChunk | RangeEnd;

/** What the parser takes: of files, or of messages. */
export type RangeChunk = FileChunk | MessageChunk;
