/** `GET /v1/runs`. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type ListedRun, RUN_ORDER, runList, runPosition } from '../questions/run_list';
import { answer } from './answer';
import { cursorOf, placeOf } from './cursor';
import type { ApiEnv, Serving } from './options';
import { pageParameters } from './parameters';
import { REFUSED } from './refusal';
import { count, time, timeText, timeTextOrNull } from './wire';

export const runFields = {
  run_id: z.string(),
  mode: z.enum(['batch', 'streaming']),
  status: z.enum(['running', 'done']),
  watermark: time().nullable().describe('Everything before it is there; null = complete'),
  started_at: time(),
  finished_at: time().nullable().describe('Null while it runs, or where it was killed'),
};

export function runOnWire(run: ListedRun) {
  return {
    run_id: run.run_id,
    mode: run.mode as 'batch' | 'streaming',
    status: run.status as 'running' | 'done',
    watermark: timeTextOrNull(run.watermark),
    started_at: timeText(run.started_at),
    finished_at: timeTextOrNull(run.finished_at),
  };
}

const runsAnswer = z
  .object({
    rows: z.array(
      z
        .object({
          ...runFields,
          input: z.string().describe('What was read'),
          allowed_lateness_ms: count(),
          counts: z
            .record(z.string(), z.union([count(), z.record(z.string(), count())]))
            .describe('Records read, counted and rejected, and rows per table'),
        })
        .openapi('Run'),
    ),
    next: z.string().nullable().describe('cursor of the next page; null for the last'),
  })
  .openapi('Runs');

const route = createRoute({
  method: 'get',
  path: '/v1/runs',
  summary: 'Runs that wrote here, the newest first',
  request: { query: z.strictObject(pageParameters(50, 1000)) },
  responses: {
    200: { description: 'Rows in order', content: { 'application/json': { schema: runsAnswer } } },
    ...REFUSED,
  },
});

export function runRoutes(api: OpenAPIHono<ApiEnv>, { served }: Serving): void {
  api.openapi(route, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const place = cursor === undefined ? null : placeOf(cursor, RUN_ORDER);
    const found = await served.read((store) => runList(store, place?.position ?? null, limit + 1));
    const rows = found.slice(0, limit);
    const next =
      found.length > limit ? cursorOf({ range: null, position: runPosition(rows[rows.length - 1]) }) : null;
    return answer(c, {
      rows: rows.map((run) => ({
        ...runOnWire(run),
        ...{ input: run.input, allowed_lateness_ms: run.allowed_lateness_ms },
        counts: JSON.parse(run.counts) as Record<string, number | Record<string, number>>,
      })),
      next,
    });
  });
}
