/** The bytes of an object as they are stored, in the version that was listed. */
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { ObjectVersion } from '../files/file_system';
import { emulatorEndpoint, openStorage } from './client';
import { parseObjectPath } from './object_path';
import { changedObject, faultOf, inputErrorOf, isTransient, StorageAnswer } from './storage_fault';

/** An object to read. */
export interface ListedObject {
  readonly path: string;
  readonly object: ObjectVersion;
}

/** How patiently an object is read. The library itself asks again where the service answers that it can't; this is about answers that break off. */
export interface Patience {
  /** Connections without a byte between them after which it gives up. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; twice as many before each further one. */
  readonly pauseMs: number;
  /** Milliseconds without a byte after which a connection is dropped. The library's stream says nothing of one that breaks: this is how long it takes to notice. */
  readonly stallMs: number;
}

const PATIENCE: Patience = { attempts: 6, pauseMs: 250, stallMs: 10_000 };

/** A response that is on its way. */
interface Download {
  readonly body: Readable;
  /** Drops the connection where it isn't at its end. */
  close(): void;
}

/**
 * Bytes from `start` to before `end`, at most those that there are. A connection that breaks is taken up where it broke. An object that was uploaded with `Content-Encoding: gzip` is never asked for in
 * parts: what the service then means by a position depends on whether it decompresses.
 *
 * @throws InputError where the object is no longer what it was, or can't be read
 */
export async function* storedBytes(
  { path, object }: ListedObject,
  start: number,
  end: number,
  patience = PATIENCE,
): AsyncGenerator<Buffer> {
  const last = Math.min(end, object.size);
  let failures = 0;
  for (let at = start; at < last; ) {
    const from = object.encoded ? 0 : at;
    let position = from;
    let download: Download | undefined;
    try {
      download = await open(path, object, from, last);
      for await (const piece of unstalled(download.body, patience.stallMs)) {
        const useful = piece.subarray(Math.max(0, at - position), Math.max(0, last - position));
        position += piece.length;
        if (useful.length === 0) continue;
        failures = 0;
        at += useful.length;
        yield useful;
        if (at >= last) break;
      }
      if (at < last) throw new StorageAnswer('ENDED', `the answer ended ${last - at} bytes early`);
    } catch (error) {
      const fault = faultOf(error);
      // Of this version there is nothing (more).
      if (fault.code === 404 || fault.code === 412 || fault.code === 416) throw changedObject(path);
      if (!isTransient(fault) || ++failures >= patience.attempts)
        throw inputErrorOf(error, { path, emulator: emulatorEndpoint() });
      await delay(patience.pauseMs * 2 ** (failures - 1));
    } finally {
      download?.close();
    }
  }
}

/**
 * Asks for an object's bytes. By the library's request, not by its createReadStream: that one decompresses, and where one of its streams ends early it drops the connections of all.
 */
async function open(path: string, object: ObjectVersion, start: number, end: number): Promise<Download> {
  const { bucket, name } = parseObjectPath(path);
  const storage = await openStorage();
  const request = storage
    .bucket(bucket)
    .file(name)
    .requestStream({
      uri: '',
      qs: { alt: 'media', generation: object.generation },
      headers: {
        // Otherwise the service decompresses what was uploaded with Content-Encoding: gzip.
        'Accept-Encoding': 'gzip',
        'Cache-Control': 'no-store',
        ...(!object.encoded && { Range: `bytes=${start}-${end - 1}` }),
      },
    } as never) as unknown as Readable;
  // A stream of Node's own: the library's never ends for who iterates over it. Errors reach whoever reads; there may be nobody any more.
  const body = new Readable({ highWaterMark: 1 << 20 }).wrap(request).on('error', () => {});
  const response = await new Promise<Readable & { statusCode: number }>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
  const close = () => {
    body.destroy();
    request.destroy();
    response.destroy();
  };
  const whole = response.statusCode === 200 && (object.encoded || (start === 0 && end >= object.size));
  if (whole || response.statusCode === 206) return { body, close };
  try {
    const words = await textOf(body);
    throw new StorageAnswer(
      response.statusCode,
      response.statusCode === 200 ? 'a part was asked for, and all of it was sent' : words,
    );
  } finally {
    close();
  }
}

/** The beginning of what an error's answer says. */
async function textOf(body: Readable): Promise<string> {
  let text = '';
  for await (const piece of body) {
    text += piece;
    if (text.length > 4000) break;
  }
  return text;
}

/** The pieces of a stream; an error where none comes for so long. Time that the reader takes doesn't count. */
async function* unstalled(body: Readable, stallMs: number): AsyncGenerator<Buffer> {
  const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    const timer = setTimeout(
      () => body.destroy(new StorageAnswer('STALLED', `no byte in ${stallMs / 1000} s`)),
      stallMs,
    );
    let next: IteratorResult<Buffer>;
    try {
      next = await pieces.next();
    } finally {
      clearTimeout(timer);
    }
    if (next.done) return;
    yield next.value;
  }
}
