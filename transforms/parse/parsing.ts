import type { BatchBuilder } from '../clean/batch_builder';
import type { Cleaner } from '../clean/cleaner';
import type { ParseKernel } from '../kernel/parse_kernel';
import type { RangeBooks } from './range_books';

/** What readers of records put what they find in. */
export interface Parsing {
  readonly kernel: ParseKernel;
  /** Whether the kernel packs what it can; else the plain path does all. */
  readonly isPacked: boolean;
  readonly builder: BatchBuilder;
  readonly cleaner: Cleaner;
  readonly books: RangeBooks;
  /** Batches have to be given out before more is parsed. */
  readonly isFull: boolean;
}

/** Reads the records of a chunk that it has been opened on. */
export interface RecordReader {
  readonly isDone: boolean;
  /** Reads records until the chunk is done, batches have to be given out, or the kernel has no more room. */
  parse(): void;
}
