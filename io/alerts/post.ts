/** Posts a body to an address, once, and says what became of it. The address is a secret: no reason names it. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { Delivery } from '../../schema/alert';
import { connectionsTo } from '../connections';
import { isLoopback } from './loopback';

/** A request that takes longer has failed. */
export const REQUEST_MS = 10_000;
/** Of an answer's body so much is read: it is only looked at for its first words. */
const MOST_BYTES = 64 << 10;

export interface PostOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  /** Milliseconds; {@link REQUEST_MS} if left out. */
  readonly withinMs?: number;
}

/** Never throws. A redirect is not followed: it could lead anywhere. */
export function post(
  url: URL,
  { headers, body, signal, withinMs = REQUEST_MS }: PostOptions,
): Promise<Delivery> {
  const client = url.protocol === 'https:' ? https : http;
  const late = AbortSignal.timeout(withinMs);
  return new Promise((resolve) => {
    const failed = (error: unknown): void =>
      resolve({
        outcome: 'failed',
        reason: late.aborted ? `no answer within ${withinMs / 1000} s` : connectionReason(error),
        afterMs: null,
      });
    const request = client.request(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' },
        signal: AbortSignal.any([signal, late]),
        ...(!isLoopback(url.hostname) && { agent: connectionsTo(url) }),
      },
      (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          // What it has to say it has said by its status.
          if (bytes > MOST_BYTES) response.destroy();
        });
        response.on('error', () => {});
        response.on('close', () => resolve(deliveryOf(response)));
      },
    );
    request.on('error', failed);
    request.end(body);
  });
}

/** Statuses of the 4xx that ask to come again. */
const COME_AGAIN = [408, 425, 429];

function deliveryOf({ statusCode = 0, headers }: http.IncomingMessage): Delivery {
  if (statusCode >= 200 && statusCode < 300) return { outcome: 'sent' };
  const reason = `it answered ${statusCode}${http.STATUS_CODES[statusCode] === undefined ? '' : ` ${http.STATUS_CODES[statusCode]}`}`;
  if (statusCode >= 500 || COME_AGAIN.includes(statusCode))
    return { outcome: 'failed', reason, afterMs: retryAfter(headers['retry-after'], Date.now()) };
  if (statusCode >= 300 && statusCode < 400)
    return { outcome: 'refused', reason: `${reason}, and redirects are not followed` };
  return { outcome: 'refused', reason };
}

/** `Retry-After`, seconds or a date → milliseconds; null where there is none that can be understood. */
export function retryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'its name can’t be looked up now',
  ETIMEDOUT: 'it can’t be reached',
  EHOSTUNREACH: 'it can’t be reached',
  ENETUNREACH: 'there is no network',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is one that it made itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'nobody that is trusted vouches for its certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'nobody that is trusted vouches for its certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is of another host',
};

/** Why there is no connection; what a system or a library says is left out, since it may hold the address. */
export function connectionReason(error: unknown): string {
  const { code: own, errors = [] } = error as { code?: unknown; errors?: readonly { code?: unknown }[] };
  // A host with several addresses fails once at each.
  const codes = [own, ...errors.map(({ code }) => code)].map(String);
  const known = codes.find((code) => code in REASONS);
  if (known !== undefined) return REASONS[known];
  const code = codes.find((one) => /^[A-Z0-9_]{2,60}$/.test(one));
  return `there was no answer${code === undefined ? '' : ` (${code})`}`;
}
