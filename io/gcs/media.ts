/**
 * One request for an object's bytes, and what comes back.
 *
 * By Node's own client, not by the streams of Google's library: those copy each piece from stream to stream, decompress, and say nothing of a connection that breaks. The library gives the address and the credentials.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import { constants, gunzipSync } from 'node:zlib';
import { connectionsTo } from '../connections';
import type { ObjectVersion } from '../files/file_system';
import { emulatorEndpoint, openStorage } from './client';
import { parseObjectPath } from './object_path';
import { noByteIn, piecesOf } from './pieces';
import { StorageAnswer } from './storage_fault';

/** Bytes of an error's answer that are read. */
const WORDS_BYTES = 4000;

/** An answer whose bytes are those that were asked for. */
export interface Media {
  /** Its pieces, as they come. @throws StorageAnswer where none comes for too long, or the error of a connection that broke */
  readonly pieces: AsyncIterable<Buffer>;
  /** Nothing is left to come: the connection serves others once `pieces` has been read to its end. */
  readonly complete: boolean;
  /** Drops the connection where the answer isn't at its end. */
  close(): void;
}

/**
 * Asks for the stored bytes from `start` to before `end`; for all of them where the object was uploaded with `Content-Encoding: gzip`.
 *
 * @param stallMs milliseconds without a byte after which the connection is dropped
 * @throws StorageAnswer for any other answer than these bytes
 */
export async function askForMedia(
  path: string,
  object: ObjectVersion,
  start: number,
  end: number,
  stallMs: number,
): Promise<Media> {
  const { url, headers } = await requestFor(path, object);
  if (!object.encoded) headers.Range = `bytes=${start}-${end - 1}`;
  const response = await responseTo(url, headers, stallMs);
  const pieces = piecesOf(response, stallMs);
  const wrong = await whatIsWrong(response, pieces, object, start, end);
  if (wrong === null) return media(response, pieces);
  response.destroy();
  throw wrong;
}

async function requestFor(
  path: string,
  { generation }: ObjectVersion,
): Promise<{ url: URL; headers: Record<string, string> }> {
  const { bucket, name } = parseObjectPath(path);
  const isEmulator = emulatorEndpoint() !== null;
  const storage = await openStorage();
  const url = new URL(
    `${storage.baseUrl}/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(name)}?alt=media&generation=${generation}`,
  );
  return {
    url,
    headers: {
      // Otherwise the service decompresses what was uploaded with Content-Encoding: gzip.
      'Accept-Encoding': 'gzip',
      'Cache-Control': 'no-store',
      'User-Agent': 'funnelpulse',
      // Also names the project that pays, where the credentials say so.
      ...(!isEmulator && (await storage.authClient.getRequestHeaders(url.href))),
    },
  };
}

/** Redirections are not followed: credentials are for this address alone. */
function responseTo(
  url: URL,
  headers: http.OutgoingHttpHeaders,
  stallMs: number,
): Promise<http.IncomingMessage> {
  const { get } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: connectionsTo(url), headers });
    const timer = setTimeout(() => request.destroy(noByteIn(stallMs)), stallMs);
    const ended = (): void => clearTimeout(timer);
    request.once('response', ended).once('error', ended);
    request.once('response', resolve).on('error', reject);
  });
}

async function whatIsWrong(
  { statusCode = 0, headers }: http.IncomingMessage,
  pieces: AsyncIterable<Buffer>,
  { encoded, size }: ObjectVersion,
  start: number,
  end: number,
): Promise<StorageAnswer | null> {
  if (statusCode === 206 && !encoded) {
    const range = headers['content-range'] ?? 'none';
    if (range.startsWith(`bytes ${start}-`)) return null;
    return new StorageAnswer(statusCode, `bytes from ${start} on were asked for, and ${range} sent`);
  }
  if (statusCode === 200) {
    if (encoded || (start === 0 && end >= size)) return null;
    return new StorageAnswer(statusCode, 'a part was asked for, and all of it was sent');
  }
  if (statusCode >= 300 && statusCode < 400)
    return new StorageAnswer(statusCode, `it points to ${hostOf(headers.location)}`);
  const words = await wordsOf(pieces, headers['content-encoding'] === 'gzip');
  return new StorageAnswer(statusCode, words || http.STATUS_CODES[statusCode] || 'without a word');
}

/** The beginning of what an error's answer says. */
async function wordsOf(pieces: AsyncIterable<Buffer>, gzip: boolean): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    parts.push(piece);
    length += piece.length;
    if (length > WORDS_BYTES) break;
  }
  const bytes = Buffer.concat(parts);
  if (!gzip) return bytes.toString();
  try {
    // What there is of it: only its beginning has been read.
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
  } catch {
    return '';
  }
}

/** The rest of an address may be meant for one reader alone. */
function hostOf(location = ''): string {
  return URL.canParse(location) ? new URL(location).host : 'another path';
}

function media(response: http.IncomingMessage, pieces: AsyncIterable<Buffer>): Media {
  return {
    pieces,
    get complete() {
      return response.complete;
    },
    close() {
      // Without effect on the connection where all has been read.
      response.destroy();
    },
  };
}
