/** `GET /v1/coverage` and `GET /health`: what there is to ask about, and whether it can be asked. */
import { createHash } from 'node:crypto';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type Moment, momentOf, versionText } from '../questions/moment';
import { answer } from './answer';
import type { ApiEnv, Serving } from './options';
import { REFUSED } from './refusal';
import { runFields, runOnWire } from './runs';
import { day } from './wire';

/** Short, and another one whenever the tables have changed. */
export function versionOf(moment: Moment): string {
  return createHash('sha256').update(versionText(moment)).digest('base64url').slice(0, 16);
}

const coverageAnswer = z
  .object({
    source: z.string().describe('The output that is served'),
    since: day().nullable().describe('First day with events; null where there are none'),
    until: day().nullable().describe('Last day with events'),
    run: z.object(runFields).nullable().openapi('LatestRun').describe('The run that was begun last'),
    version: z.string().describe('Another one whenever the tables have changed'),
  })
  .openapi('Coverage');

const coverage = createRoute({
  method: 'get',
  path: '/v1/coverage',
  summary: 'The days that there are, and the run that wrote them',
  request: { query: z.strictObject({}) },
  responses: {
    200: { description: 'What is covered', content: { 'application/json': { schema: coverageAnswer } } },
    ...REFUSED,
  },
});

const healthAnswer = z
  .object({
    status: z.enum(['ok', 'unavailable']),
    version: z.string().describe('Version of the program'),
    source: z.string().describe('Kind of the output that is served'),
  })
  .openapi('Health');
const healthContent = { 'application/json': { schema: healthAnswer } };

const health = createRoute({
  method: 'get',
  path: '/health',
  summary: 'Whether questions are answered now; needs no token',
  security: [],
  request: { query: z.strictObject({}) },
  responses: {
    200: { description: 'They are', content: healthContent },
    400: REFUSED[400],
    403: REFUSED[403],
    503: { description: 'The tables can’t be read now', content: healthContent },
  },
});

export function coverageRoutes(api: OpenAPIHono<ApiEnv>, { served, options }: Serving): void {
  api.openapi(coverage, async (c) => {
    const moment = await served.read(momentOf);
    return answer(c, {
      source: served.name,
      since: moment.covered?.since ?? null,
      until: moment.covered?.until ?? null,
      run: moment.run === null ? null : runOnWire(moment.run),
      version: versionOf(moment),
    });
  });

  api.openapi(health, async (c) => {
    c.header('Cache-Control', 'no-store');
    // Who has no token learns what is served, and not where it lies.
    const about = { version: options.version, source: served.name.split(':')[0] };
    try {
      await served.read(momentOf);
      return c.json({ status: 'ok' as const, ...about }, 200);
    } catch {
      return c.json({ status: 'unavailable' as const, ...about }, 503);
    }
  });
}
