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

/** What a reader gives out of a range of a file: its chunks in order, then its end. */
export type RangeChunk =
  | RawChunk
  | { readonly rangeEnd: { readonly source: string; readonly rangeStart: number } };
