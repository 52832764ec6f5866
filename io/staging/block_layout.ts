/**
 * Staged rows as blocks of columns: as many rows as a vector of DuckDB holds, each column as it lies in DuckDB's memory, so that loading is copying.
 *
 * A block, little-endian, every part padded to a multiple of eight bytes: number of rows and bytes of the block (32 bits each); then for each column its number of nulls and the bytes of
 * its long texts (32 bits each); where there are nulls, a bit a row, 1 for a value; the values; the long texts. Values are 64-bit integers (counts; microseconds; ten-thousandths of
 * money), doubles, days since 1970 in 32 bits, bytes for booleans. A text is sixteen bytes: its length in 32 bits, then up to twelve bytes of UTF-8; of a longer one, where it
 * begins among the long texts.
 */
import type { ColumnType } from '../../schema/column';

/** Most rows of a block. */
export const BLOCK_ROWS = 2048;

/** Text beyond which a block is full with fewer rows, in characters: payloads of rejected lines can be megabytes each. */
export const BLOCK_TEXT = 16 << 20;

/** Bytes before the columns of a block, and before each column. */
export const HEADER_BYTES = 8;

/** Most bytes of a text that is kept in its sixteen. */
export const SHORT_TEXT = 12;

/** Bytes of a value. */
export const WIDTH: Record<ColumnType, number> = {
  text: 16,
  json: 16,
  timestamp: 8,
  date: 4,
  int64: 8,
  money: 8,
  double: 8,
  boolean: 1,
};

export function isText(type: ColumnType): boolean {
  return type === 'text' || type === 'json';
}

export function padded(length: number): number {
  return (length + 7) & ~7;
}

/** Bytes of a block's marks of null for so many rows. */
export function markBytes(rows: number): number {
  return Math.ceil(rows / 64) * 8;
}
