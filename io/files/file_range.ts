import type { ObjectVersion } from './file_system';

/** A part of a file that is read in one go, by whichever worker is free: the records that begin in it. */
export interface FileRange {
  /** The file as the user knows it, and as it is opened. */
  readonly path: string;
  readonly format: 'csv' | 'ndjson';
  readonly gzip: boolean;
  /** Names in the header of a CSV file, as they stand there. */
  readonly columns: readonly string[] | null;
  /** First byte, and the one behind the last; the whole file where it is compressed. */
  readonly start: number;
  readonly end: number;
  /** What an object of Cloud Storage was when it was listed; absent for files of this machine. */
  readonly object?: ObjectVersion;
}
