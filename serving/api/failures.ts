/** What becomes of a request that isn't answered: one form for all, and nothing in it of data, SQL or the program's insides. */
import type { Hook } from '@hono/zod-openapi';
import type { Context, ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { BusyError } from '../served';
import type { Api } from './api';
import type { ApiEnv, ApiOptions } from './options';
import { Refusal } from './refusal';

const UNAVAILABLE =
  'The tables can’t be read now: no run has written them yet, or another program has the file open. Start funnelpulse run with this output, or ask again in a moment';

const BUSY = 'More is asked here than can be answered. Ask again in a moment';

/** The first parameter that is wrong, and what was expected. */
export const refusedQuery: Hook<unknown, ApiEnv, string, undefined> = (result) => {
  if (result.success) return;
  const [issue] = result.error.issues;
  if (issue.code === 'unrecognized_keys')
    throw new Refusal(
      'bad_request',
      'There is a parameter that this question doesn’t have. /docs lists them',
    );
  const name = issue.path.length === 0 ? result.target : String(issue.path[0]);
  const message = /received array/.test(issue.message) ? 'expected once' : issue.message;
  throw new Refusal('bad_request', `${name}: ${message}`);
};

export function failed({ onFailure }: ApiOptions): ErrorHandler<ApiEnv> {
  return (error, c) => {
    const refusal = refusalOf(error);
    if (refusal.code === 'internal' || refusal.message === UNAVAILABLE)
      onFailure?.(c.get('requestId'), error);
    return refused(c, refusal);
  };
}

function refusalOf(error: Error): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof BusyError) return new Refusal('unavailable', BUSY, { 'Retry-After': '1' });
  // What a store says of a file that is missing or held: it may name paths, so it is for the log.
  if (error.name === 'InputError') return new Refusal('unavailable', UNAVAILABLE, { 'Retry-After': '2' });
  if (error instanceof HTTPException && error.status < 500)
    return new Refusal('bad_request', 'The request can’t be read');
  return new Refusal('internal', 'This server has failed. Its log has the request’s id and says why');
}

/** The answer that says no. */
export function refused(c: Context<ApiEnv>, refusal: Refusal): Response {
  for (const [name, value] of Object.entries(refusal.headers)) c.header(name, value);
  c.header('Cache-Control', 'no-store');
  return c.json(refusal.body(c.get('requestId')), refusal.status);
}

/** 404, or 405 where another method would have been answered. */
export function unknownPath(api: Api): NotFoundHandler<ApiEnv> {
  const methods = new Map<string, Set<string>>();
  for (const { method, path } of api.routes)
    if (method !== 'ALL') methods.set(path, (methods.get(path) ?? new Set()).add(method));
  const patterns = [...methods].map(([path, taken]) => ({
    pattern: new RegExp(`^${path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/:\w+/g, '[^/]+')}$`),
    taken: taken.has('GET') ? [...taken, 'HEAD'] : [...taken],
  }));
  return (c) => {
    const known = patterns.find(({ pattern }) => pattern.test(c.req.path));
    if (known !== undefined)
      return refused(
        c,
        new Refusal('method_not_allowed', `Here is ${known.taken.join(', ')} only`, {
          Allow: known.taken.join(', '),
        }),
      );
    return refused(c, new Refusal('not_found', 'There is nothing here. /docs lists the questions'));
  };
}
