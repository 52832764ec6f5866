/**
 * Keys as the store has them: the space's name, a zero byte, how the key follows, the key. A key that lmdb has no room for is there as its hash, and stands before its value instead.
 */
import { createHash } from 'node:crypto';

/** Most bytes of a key in lmdb with its pages of 4 KiB. */
const MOST_BYTES = 1978;

/** Most bytes of a space's name: with a hash behind it, it is still a key. */
const MOST_SPACE_BYTES = 1024;

/** How the key follows. */
const PLAIN = 0;
const HASHED = 1;

/** Bytes of a key's length before a hashed key's value. */
const LENGTH_BYTES = 4;

export interface Stored {
  readonly key: Buffer;
  readonly value: Uint8Array;
}

/** First key of a space, and the first one behind it. @throws RangeError for a name that is empty, holds a zero byte, or is longer than 1,024 bytes. */
export function spaceBounds(space: string): { start: Buffer; end: Buffer } {
  const name = Buffer.from(space, 'utf8');
  if (name.length === 0 || name.length > MOST_SPACE_BYTES || name.includes(0))
    throw new RangeError(`no name for a space of the state: ${JSON.stringify(space.slice(0, 100))}`);
  return { start: Buffer.concat([name, Buffer.of(0)]), end: Buffer.concat([name, Buffer.of(1)]) };
}

/** The key under which the store has the `key` of a space. */
export function storedKey(space: string, key: Uint8Array): Buffer {
  const { start } = spaceBounds(space);
  return isHashed(start, key)
    ? Buffer.concat([start, Buffer.of(HASHED), createHash('sha256').update(key).digest()])
    : Buffer.concat([start, Buffer.of(PLAIN), key]);
}

/** An entry as the store has it. */
export function storedEntry(space: string, key: Uint8Array, value: Uint8Array): Stored {
  const { start } = spaceBounds(space);
  if (!isHashed(start, key)) return { key: storedKey(space, key), value };
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(key.length);
  return { key: storedKey(space, key), value: Buffer.concat([length, key, value]) };
}

/** The entry that the store has so, in bytes of its own. */
export function entryOf(space: string, stored: Stored): [key: Uint8Array, value: Uint8Array] {
  const at = spaceBounds(space).start.length;
  if (stored.key[at] === PLAIN)
    return [Uint8Array.from(stored.key.subarray(at + 1)), Uint8Array.from(stored.value)];
  const end = LENGTH_BYTES + new DataView(stored.value.buffer, stored.value.byteOffset).getUint32(0, true);
  return [
    Uint8Array.from(stored.value.subarray(LENGTH_BYTES, end)),
    Uint8Array.from(stored.value.subarray(end)),
  ];
}

function isHashed(start: Buffer, key: Uint8Array): boolean {
  return start.length + 1 + key.length > MOST_BYTES;
}
