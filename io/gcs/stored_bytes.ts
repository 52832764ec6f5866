/** The bytes of an object as they are stored, in the version that was listed. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ObjectVersion } from '../files/file_system';
import { emulatorEndpoint } from './client';
import { askForMedia, type Media } from './media';
import {
  changedObject,
  faultOf,
  inputErrorOf,
  isTransient,
  StorageAnswer,
  type StorageFault,
} from './storage_fault';

/** An object to read. */
export interface ListedObject {
  readonly path: string;
  readonly object: ObjectVersion;
}

/** How patiently an object is read. */
export interface Patience {
  /** Requests without a byte between them after which it gives up. */
  readonly attempts: number;
  /** Milliseconds before a further attempt; twice as many before each next one. */
  readonly pauseMs: number;
  /** The longest pause, in milliseconds. */
  readonly longestPauseMs: number;
  /** Milliseconds without a byte after which a connection is dropped. */
  readonly stallMs: number;
}

/** Half a minute of pauses. */
const PATIENCE: Patience = { attempts: 9, pauseMs: 250, longestPauseMs: 8_000, stallMs: 10_000 };

/** Bytes for which an answer that nobody needs any more is waited for: the connection is worth more. */
const WORTH_WAITING_FOR = 128 << 10;

export interface Reading {
  readonly patience?: Patience;
  /** Aborted when no further bytes are needed: they end early then, without an error. */
  readonly enough?: AbortSignal;
}

/**
 * Bytes from `start` to before `end`, at most those that there are. Where an answer breaks off, the rest is asked for at once, from the byte where it broke. An object that was uploaded with
 * `Content-Encoding: gzip` is never asked for in parts: what the service then means by a position depends on whether it decompresses.
 *
 * @throws InputError where the object is no longer what it was, or can't be read
 */
export async function* storedBytes(
  { path, object }: ListedObject,
  start: number,
  end: number,
  { patience = PATIENCE, enough }: Reading = {},
): AsyncGenerator<Buffer> {
  const last = Math.min(end, object.size);
  let failures = 0;
  for (let at = start; at < last && !enough?.aborted; ) {
    let position = object.encoded ? 0 : at;
    let media: Media | undefined;
    const drop = (): void => {
      if (last - at > WORTH_WAITING_FOR) media?.close();
    };
    enough?.addEventListener('abort', drop);
    try {
      media = await askForMedia(path, object, position, last, patience.stallMs);
      if (enough?.aborted) drop();
      for await (const piece of media.pieces) {
        const useful = piece.subarray(Math.max(0, at - position), Math.max(0, last - position));
        position += piece.length;
        if (useful.length > 0) {
          failures = 0;
          at += useful.length;
          yield useful;
        }
        // Read to its very end, the connection can serve others.
        if (at >= last && !media.complete) break;
      }
      if (at < last) throw new StorageAnswer('ENDED', `the answer ended ${last - at} bytes early`);
    } catch (error) {
      if (enough?.aborted || at >= last) return;
      const fault = faultOf(error);
      // Of this version there is nothing (more).
      if (fault.code === 404 || fault.code === 412 || fault.code === 416) throw changedObject(path);
      if (!isTransient(fault) || ++failures >= patience.attempts)
        throw inputErrorOf(error, { path, emulator: emulatorEndpoint() });
      // Cut short when there is enough.
      await delay(pauseBefore(failures, fault, patience), undefined, enough && { signal: enough }).catch(
        () => {},
      );
    } finally {
      enough?.removeEventListener('abort', drop);
      media?.close();
    }
  }
}

/** Milliseconds. A connection that broke says nothing of the service: the first further attempt follows at once. */
function pauseBefore(
  failures: number,
  { code }: StorageFault,
  { pauseMs, longestPauseMs }: Patience,
): number {
  if (failures === 1 && typeof code === 'string') return 0;
  const most = Math.min(pauseMs * 2 ** (failures - 1), longestPauseMs);
  // Readers whom the service has refused together don't all come back together.
  return most * (0.5 + Math.random() / 2);
}
