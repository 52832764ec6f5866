/** Event files in Cloud Storage. */
import { Readable } from 'node:stream';
import type { FileSystem, ObjectVersion } from '../files/file_system';
import { findObjects } from './find_objects';
import { ObjectReader } from './object_reader';
import { type ListedObject, storedBytes } from './stored_bytes';

/** Bytes of a compressed object that are read ahead of its decompression. */
const AHEAD_BYTES = 8 << 20;

export const cloudStorage: FileSystem = {
  find: findObjects,

  async readHead(file, bytes) {
    const pieces: Uint8Array[] = [];
    for await (const piece of storedBytes(listed(file), 0, bytes)) pieces.push(piece);
    return Buffer.concat(pieces);
  },

  // The byte before a range says whether a line begins with it.
  open: (range) => new ObjectReader(listed(range), Math.max(0, range.start - 1), range.end),

  stream: (range) =>
    Readable.from(storedBytes(listed(range), 0, range.end), {
      objectMode: false,
      highWaterMark: AHEAD_BYTES,
    }),
};

function listed({ path, object }: { path: string; object?: ObjectVersion }): ListedObject {
  if (object === undefined) throw new Error(`${path} was not listed`);
  return { path, object };
}
