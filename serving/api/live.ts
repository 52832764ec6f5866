/** `GET /v1/live`: server-sent events. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { LiveFeed } from './live_feed';
import type { ApiEnv, Serving } from './options';
import { REFUSED, Refusal } from './refusal';

const MOST_LIVE = 100;

const route = createRoute({
  method: 'get',
  path: '/v1/live',
  summary: 'Server-sent events: when the tables change, and how the stream that writes them is',
  description: [
    'Event `tables` has `{"version": "…"}`, the version of /v1/coverage: one on connecting, then one when the tables have changed, at most four a second.',
    'Event `status` has what a stream that writes from within this server says of itself, once a second while it changes; `null` where there is none.',
    'A comment comes every 15 seconds. Browsers connect again by themselves.',
  ].join('\n\n'),
  request: { query: z.strictObject({}) },
  responses: {
    200: { description: 'Events without an end', content: { 'text/event-stream': { schema: z.string() } } },
    ...REFUSED,
  },
});

export function liveRoutes(api: OpenAPIHono<ApiEnv>, { served, options }: Serving): void {
  const feed = new LiveFeed(served, options.mostLive ?? MOST_LIVE);
  options.signal?.addEventListener('abort', () => feed.close());
  api.openAPIRegistry.registerPath(route);
  api.get(route.path, (c) => {
    if (new URL(c.req.url).search !== '') throw new Refusal('bad_request', 'this question has no parameters');
    if (!feed.hasRoom)
      throw new Refusal('unavailable', 'Too many watch already. Close other pages, or ask again later', {
        'Retry-After': '10',
      });
    c.header('Content-Type', 'text/event-stream');
    c.header('Cache-Control', 'no-store');
    // A proxy that waits for the end of an answer would wait forever.
    c.header('X-Accel-Buffering', 'no');
    if (c.req.method === 'HEAD' || options.signal?.aborted) return c.body(null);
    return c.body(feed.watch());
  });
}
