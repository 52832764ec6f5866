/** What is done around every request: an id, headers that bind browsers, who may ask at all, and a line for the log. */
import { randomUUID } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { largeBody } from './body';
import { refused } from './failures';
import type { ApiEnv, ApiOptions } from './options';
import { Refusal } from './refusal';
import { Gate } from './token';

/** Nothing but what this server gives itself. */
const HEADERS: readonly (readonly [string, string])[] = [
  [
    'Content-Security-Policy',
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  ],
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Frame-Options', 'DENY'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
];

/** Ids that are taken over from who asks, a proxy say. */
const REQUEST_ID = /^[\w.-]{1,64}$/;
const PARAMETER_NAME = /^[a-z]+$/;
const LOOPBACK_NAME = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** @param free paths for which nobody needs a token */
export function around(options: ApiOptions, free: ReadonlySet<string>): MiddlewareHandler<ApiEnv> {
  const gate = options.token === null ? null : new Gate(options.token);
  const { loopbackNamesOnly, onRequest } = options;
  const refusalBefore = (c: Context<ApiEnv>): Refusal | null =>
    (loopbackNamesOnly ? foreignName(c) : null) ??
    (gate !== null && !free.has(c.req.path) ? stranger(c, gate) : null) ??
    largeBody(c.req.header('content-length')) ??
    brokenQuery(c.req.url);
  return async (c, next) => {
    const start = performance.now();
    const given = c.req.header('x-request-id');
    const id = given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
    c.set('requestId', id);
    c.header('X-Request-Id', id);
    for (const [name, value] of HEADERS) c.header(name, value);
    const refusal = refusalBefore(c);
    if (refusal === null) await next();
    else c.res = refused(c, refusal);
    onRequest?.({
      ...{ request_id: id, method: c.req.method, route: routePath(c, -1), status: c.res.status },
      ms: Math.round((performance.now() - start) * 100) / 100,
      bytes: c.get('bytes') ?? null,
    });
  };
}

function foreignName(c: Context<ApiEnv>): Refusal | null {
  const host = c.req.header('host') ?? new URL(c.req.url).host;
  if (LOOPBACK_NAME.test(host)) return null;
  return new Refusal(
    'forbidden',
    'This server answers under localhost or 127.0.0.1 only. A proxy has to send such a Host, or FUNNELPULSE_TOKEN has to be set',
  );
}

function stranger(c: Context<ApiEnv>, gate: Gate): Refusal | null {
  if (gate.admits(c.req.header('authorization'), c.req.header('cookie'))) return null;
  return new Refusal(
    'unauthorized',
    'A token is needed: send the header Authorization: Bearer TOKEN, or show it to POST /session',
    { 'WWW-Authenticate': 'Bearer realm="funnelpulse"' },
  );
}

/** What is no UTF-8 is no name of anything, and must not be taken for one that looks like it. */
function brokenQuery(url: string): Refusal | null {
  const start = url.indexOf('?');
  if (start === -1) return null;
  for (const part of url.slice(start + 1).split('&')) {
    const equals = part.indexOf('=');
    const name = equals === -1 ? part : part.slice(0, equals);
    if (part !== '' && !PARAMETER_NAME.test(name))
      return new Refusal('bad_request', 'There is a parameter that no question has. /docs lists them');
    if (!isUtf8(part.slice(equals + 1)))
      return new Refusal('bad_request', `${name}: expected UTF-8, each byte of it as % and two digits`);
  }
  return null;
}

function isUtf8(encoded: string): boolean {
  if (!encoded.includes('%')) return true;
  try {
    decodeURIComponent(encoded);
    return true;
  } catch {
    return false;
  }
}
