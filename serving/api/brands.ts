/** `GET /v1/brands`. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { BRAND_ORDER, brandPosition, brandRanks } from '../questions/brand_ranks';
import { momentOf } from '../questions/moment';
import { answer } from './answer';
import { cursorOf, placeOf } from './cursor';
import type { ApiEnv, Serving } from './options';
import { nameParameter, pageParameters, rangeOrLatest, rangeParameters } from './parameters';
import { REFUSED } from './refusal';
import { count, funnelFields, funnelOnWire, timeText } from './wire';

const query = z.strictObject({
  ...rangeParameters,
  prefix: nameParameter('How the names begin, in lower case as they stand in the tables').optional(),
  ...pageParameters(100, 1000),
});

const brandsAnswer = z
  .object({
    from: z.string().nullable().describe('Start of the range; null where nothing is covered yet'),
    to: z.string().nullable().describe('End of the range, excluded'),
    total: count().describe('Brands in the range, of the prefix where one was given'),
    rows: z
      .array(
        z
          .object({
            rank: count().describe('Place by revenue among all brands of the range, from 1'),
            key: z.string().describe('Brand'),
            ...funnelFields,
          })
          .openapi('BrandRow'),
      )
      .describe('By revenue, the largest first'),
    next: z.string().nullable().describe('cursor of the next page; null for the last'),
  })
  .openapi('Brands');

const route = createRoute({
  method: 'get',
  path: '/v1/brands',
  summary: 'Brands by revenue; events that name no brand are left out',
  request: { query },
  responses: {
    200: { description: 'Rows in order', content: { 'application/json': { schema: brandsAnswer } } },
    ...REFUSED,
  },
});

export function brandRoutes(api: OpenAPIHono<ApiEnv>, { served }: Serving): void {
  api.openapi(route, async (c) => {
    const { from, to, prefix = '', limit, cursor } = c.req.valid('query');
    const place = cursor === undefined ? null : placeOf(cursor, BRAND_ORDER);
    const body = await served.read(async (store) => {
      const range = place?.range ?? rangeOrLatest({ from, to }, (await momentOf(store)).covered);
      if (range === null) return { from: null, to: null, total: 0, rows: [], next: null };
      const after = place?.position ?? null;
      const found = await brandRanks(store, { range, prefix, after, most: limit + 1 });
      const rows = found.slice(0, limit);
      const next =
        found.length > limit ? cursorOf({ range, position: brandPosition(rows[rows.length - 1]) }) : null;
      return {
        ...{ from: timeText(range.from), to: timeText(range.to) },
        total: found[0]?.total ?? 0,
        rows: rows.map((row) => ({ rank: row.place, key: row.key, ...funnelOnWire(row) })),
        next,
      };
    });
    return answer(c, body);
  });
}
