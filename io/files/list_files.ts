/**
 * Input paths → the ranges of the files they name.
 */

import { isObjectPath } from '../gcs/object_path';
import { InputError } from '../input_error';
import type { FileRange } from './file_range';
import { HEADER_LIMIT, holdsFirstLine, rangesOf } from './file_ranges';
import type { StoredFile } from './file_system';
import { fileSystemOf } from './file_systems';
import { localFiles } from './local_files';

/** Bytes that are asked of a service first: enough for nearly every header. */
const FIRST_BYTES = 1 << 16;
/** Files whose beginnings are asked for at a time. */
const HEADS_AT_A_TIME = 16;

/** Lists files when the pipeline runs: one element in (an impulse), the ranges out, in order of path and position. */
export class ListFiles {
  /** `inputs`: files, folders, patterns, on this machine or `gs://`. `splitBytes`: length of a range; compressed files are one range each. */
  constructor(
    readonly inputs: readonly string[],
    readonly splitBytes: number,
  ) {}

  /** At once where all files are on this machine: a runner may know no promises. */
  process(): Iterable<FileRange> | AsyncIterable<FileRange> {
    return this.inputs.some(isObjectPath) ? this.listAll() : this.listLocal();
  }

  private *listLocal(): Generator<FileRange> {
    let empty = true;
    for (const file of findLocalFiles(this.inputs)) {
      const ranges = rangesOf(file, localFiles.readHead(file, bytesOfHead(file)), this.splitBytes);
      empty &&= ranges.length === 0;
      yield* ranges;
    }
    if (empty) throw this.noEvents();
  }

  private async *listAll(): AsyncGenerator<FileRange> {
    const found = await Promise.all(this.inputs.map((input) => fileSystemOf(input).find(input)));
    const files = inOrder(found.flat());
    let empty = true;
    for (let at = 0; at < files.length; at += HEADS_AT_A_TIME) {
      const some = files.slice(at, at + HEADS_AT_A_TIME);
      const heads = await Promise.all(some.map(headOf));
      for (const [index, file] of some.entries()) {
        const ranges = rangesOf(file, heads[index], this.splitBytes);
        empty &&= ranges.length === 0;
        yield* ranges;
      }
    }
    if (empty) throw this.noEvents();
  }

  private noEvents(): InputError {
    return new InputError(`no events in ${this.inputs.join(', ')}: nothing is in there but empty files`);
  }
}

/** The files of this machine that some paths name, each once, sorted. Throws an {@link InputError} for a path that names none. */
export function findLocalFiles(inputs: readonly string[]): StoredFile[] {
  return inOrder(inputs.flatMap(localFiles.find));
}

/** Each file once, in order of its path. */
function inOrder(files: readonly StoredFile[]): StoredFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return [...byPath.keys()].sort().map((path) => byPath.get(path)!);
}

function bytesOfHead({ size }: StoredFile): number {
  return Math.min(size, HEADER_LIMIT);
}

async function headOf(file: StoredFile): Promise<Uint8Array> {
  const system = fileSystemOf(file.path);
  const most = bytesOfHead(file);
  const head = await system.readHead(file, Math.min(most, FIRST_BYTES));
  return head.length >= most || holdsFirstLine(file, head) ? head : system.readHead(file, most);
}
