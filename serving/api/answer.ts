/** An answer as bytes: made of a value once, with a tag by which who has it already needs not be sent it again, and compressed where that is worth it. */
import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Context, TypedResponse } from 'hono';
import type { ApiEnv } from './options';

/** Bytes from which on an answer is compressed: a smaller one fits into a packet as it is. */
const WORTH_COMPRESSING = 1024;
/** Fast: an answer of 100 kB takes a millisecond. */
const LEVEL = 1;

/** JSON of `body`, as hono knows its type. */
export function answer<T>(c: Context<ApiEnv>, body: T): Response & TypedResponse<T, 200, 'json'> {
  return send(c, JSON.stringify(body), 'application/json') as Response & TypedResponse<T, 200, 'json'>;
}

/** A text of some type, with an `ETag`; 304 without it where the asker has it. */
export function send(c: Context<ApiEnv>, text: string | Buffer, type: string): Response {
  const bytes = Buffer.isBuffer(text) ? text : Buffer.from(text);
  const tag = `W/"${hash('sha1', bytes, 'base64url')}"`;
  c.header('ETag', tag);
  // Never without asking whether it is still so.
  c.header('Cache-Control', 'private, no-cache');
  c.header('Vary', 'Accept-Encoding, Authorization, Cookie');
  if (has(c.req.header('if-none-match'), tag)) return c.body(null, 304);
  c.header('Content-Type', type);
  if (bytes.length < WORTH_COMPRESSING || !takesGzip(c.req.header('accept-encoding'))) return sized(c, bytes);
  c.header('Content-Encoding', 'gzip');
  return sized(c, gzipSync(bytes, { level: LEVEL }));
}

/** Bytes as the answer's body; the log is told how many. */
export function sized(c: Context<ApiEnv>, bytes: Buffer): Response {
  c.set('bytes', bytes.length);
  return c.body(bytes as Uint8Array<ArrayBuffer>);
}

/** Whether `If-None-Match` names the tag, compared weakly as it has to be. */
function has(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header
    .split(',')
    .map((each) => each.trim())
    .some((each) => each === '*' || each.replace(/^W\//, '') === tag.replace(/^W\//, ''));
}

/** Whether `Accept-Encoding` takes gzip: named, or by a star, with a weight that isn't 0. */
export function takesGzip(header: string | undefined): boolean {
  if (header === undefined) return false;
  const weights = new Map(
    header.split(',').map((each) => {
      const [coding, ...parameters] = each.trim().toLowerCase().split(';');
      const weight = parameters.map((text) => /^\s*q\s*=\s*([\d.]+)\s*$/.exec(text)?.[1]).find(Boolean);
      return [coding.trim(), weight === undefined ? 1 : Number(weight)];
    }),
  );
  return (weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0) > 0;
}
