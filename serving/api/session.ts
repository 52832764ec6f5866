/** `POST /session` shows the token once, for a cookie: a browser's event stream can send no header. `DELETE /session` takes the cookie back. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { bodyText } from './body';
import type { ApiEnv, Serving } from './options';
import { REFUSED, Refusal, refusalSchema } from './refusal';
import { Gate, NO_COOKIE } from './token';

const sessionSchema = z.strictObject({ token: z.string().max(1024) }).openapi('Session');

const open = createRoute({
  method: 'post',
  path: '/session',
  summary: 'Show the token for a cookie, which browsers then send by themselves',
  security: [],
  request: { body: { required: true, content: { 'application/json': { schema: sessionSchema } } } },
  responses: {
    204: { description: 'The cookie is set; none where no token is needed' },
    400: REFUSED[400],
    401: REFUSED[401],
    403: REFUSED[403],
    413: { description: 'The body is too large', content: { 'application/json': { schema: refusalSchema } } },
  },
});

const close = createRoute({
  method: 'delete',
  path: '/session',
  summary: 'Take the cookie back',
  security: [],
  responses: { 204: { description: 'The cookie is gone' }, 403: REFUSED[403] },
});

export function sessionRoutes(api: OpenAPIHono<ApiEnv>, { options }: Serving): void {
  const gate = options.token === null ? null : new Gate(options.token);
  // Read here, and not by hono: a body has a largest size.
  api.openAPIRegistry.registerPath(open);
  api.post(open.path, async (c) => {
    const token = tokenIn(await bodyText(c.req.raw));
    c.header('Cache-Control', 'no-store');
    if (gate === null) return c.body(null, 204);
    if (!gate.isToken(token)) throw new Refusal('unauthorized', 'This is not the token of this server');
    c.header('Set-Cookie', gate.cookie(c.req.header('x-forwarded-proto') === 'https'));
    return c.body(null, 204);
  });
  api.openapi(close, (c) => {
    c.header('Set-Cookie', NO_COOKIE);
    return c.body(null, 204);
  });
}

function tokenIn(text: string): string {
  try {
    const found = sessionSchema.safeParse(JSON.parse(text));
    if (found.success) return found.data.token;
  } catch {
    // No JSON is no session either.
  }
  throw new Refusal('bad_request', 'expected {"token": "…"} as JSON, and nothing else');
}
