/** Where event files are: this machine's disk, or Cloud Storage. Listing, splitting and cutting into lines are the same for both. */
import type { Readable } from 'node:stream';
import type { FileRange } from './file_range';

/** A file as it was found. Plain JSON. */
export interface StoredFile {
  /** As the user knows it, and as it is opened. */
  readonly path: string;
  /** Compressed by gzip, which its name says, or its metadata. */
  readonly gzip: boolean;
  /** Bytes as they are stored. */
  readonly size: number;
  /** What an object of Cloud Storage was when it was listed; absent for files of this machine. */
  readonly object?: ObjectVersion;
}

/** An object's content, which never changes: another one under the same name has another generation. */
export interface ObjectVersion {
  readonly generation: string;
  /** Its metadata says `Content-Encoding: gzip`: the service would decompress it unless asked not to. */
  readonly encoded: boolean;
  /** Bytes as they are stored. */
  readonly size: number;
}

/** What a disk answers at once, and a service later. */
export type Answer<T> = T | Promise<T>;

export interface FileSystem {
  /** The files that an input names: a file, all event files below a folder, or what a pattern matches. @throws InputError where it names none */
  find(input: string): Answer<StoredFile[]>;
  /** The first bytes as they are stored: `bytes` of them, or all there are. */
  readHead(file: StoredFile, bytes: number): Answer<Uint8Array>;
  /** Opens a file to read plain text of it. */
  open(range: FileRange): OpenFile;
  /** All stored bytes of a file. */
  stream(range: FileRange): Readable;
}

/** A file of which a range is being read. All failures are InputErrors. */
export interface OpenFile {
  /** Puts bytes from the position `at` on into the array: as many as are there to be had at once, at most its length, and 0 at the end of the file only. */
  read(into: Uint8Array, at: number): Answer<number>;
  close(): void;
}

export interface LocalFile extends OpenFile {
  read(into: Uint8Array, at: number): number;
}

/** The file system of this machine: all is answered at once. */
export interface LocalFileSystem extends FileSystem {
  find(input: string): StoredFile[];
  readHead(file: StoredFile, bytes: number): Uint8Array;
  open(range: FileRange): LocalFile;
}
