/** Event files on this machine's disk. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError, systemReason } from '../input_error';
import { EXTENSIONS, isGzipName, LOOKED_FOR } from './event_file_names';
import type { LocalFileSystem, StoredFile } from './file_system';

/** Loaded for directories and patterns alone: it takes longer to load than most runs to list their files. */
const fastGlob = (): typeof import('fast-glob') => require('fast-glob');

const EVENT_FILES = `**/*.{${EXTENSIONS.join(',')}}{,.gz}`;
/** Bytes that a compressed file is read in at a time. */
const STREAM_BYTES = 1 << 20;

export const localFiles: LocalFileSystem = {
  find: (input) => pathsOf(input).map(storedFile),

  readHead({ path: file }, bytes) {
    return withFile(file, (descriptor) => {
      const head = new Uint8Array(bytes);
      return head.subarray(0, readAt(descriptor, file, head, 0));
    });
  },

  open({ path: file }) {
    const descriptor = openFile(file);
    return {
      read: (into, at) => readAt(descriptor, file, into, at),
      close: () => fs.closeSync(descriptor),
    };
  },

  stream: (range) => fs.createReadStream(range.path, { highWaterMark: STREAM_BYTES }),
};

function pathsOf(input: string): string[] {
  const stat = fs.statSync(input, { throwIfNoEntry: false });
  if (stat === undefined) {
    if (!fastGlob().isDynamicPattern(input))
      throw new InputError(`cannot read ${input}: no such file or directory${lookedFrom(input)}`);
    const files = fastGlob().sync(input, { dot: true });
    if (files.length === 0) throw new InputError(`cannot read ${input}: no file matches${lookedFrom(input)}`);
    return files;
  }
  if (!stat.isDirectory()) return [input];
  const files = fastGlob()
    .sync(EVENT_FILES, { cwd: input, caseSensitiveMatch: false })
    .map((file) => path.join(input, file));
  if (files.length === 0) throw new InputError(`no event files in the directory ${input}: ${LOOKED_FOR}`);
  return files;
}

function lookedFrom(input: string): string {
  return path.isAbsolute(input) ? '' : ` (looked from ${process.cwd()})`;
}

function storedFile(file: string): StoredFile {
  return withFile(file, (descriptor) => ({
    path: file,
    gzip: isGzipName(file),
    size: fs.fstatSync(descriptor).size,
  }));
}

function withFile<T>(file: string, work: (descriptor: number) => T): T {
  const descriptor = openFile(file);
  try {
    return work(descriptor);
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    fs.closeSync(descriptor);
  }
}

function openFile(file: string): number {
  try {
    return fs.openSync(file, 'r');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function readAt(descriptor: number, file: string, into: Uint8Array, at: number): number {
  try {
    return fs.readSync(descriptor, into, 0, into.length, at);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): InputError {
  return error instanceof InputError ? error : new InputError(`cannot read ${file}: ${systemReason(error)}`);
}
