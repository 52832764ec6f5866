/** `GET /v1/funnel`. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { DAY_MS } from '../../schema/events';
import {
  canAsk,
  FUNNEL_KEYS,
  type FunnelRow,
  funnelOrder,
  funnelPosition,
  funnelRows,
  GRAINS,
} from '../questions/funnel_rows';
import { momentOf } from '../questions/moment';
import type { Store } from '../questions/store';
import { answer } from './answer';
import { cursorOf, placeOf } from './cursor';
import type { ApiEnv, Serving } from './options';
import { pageParameters, rangeOrLatest, rangeParameters } from './parameters';
import { REFUSED, Refusal } from './refusal';
import { funnelFields, funnelOnWire, timeText } from './wire';

const MOST_KEYS = 50;
const MOST_HOURLY_DAYS = 92;

const query = z.strictObject({
  by: z
    .enum(FUNNEL_KEYS)
    .default('shop')
    .openapi({ param: { description: 'What there is a funnel of; shop is all together' } }),
  grain: z
    .enum(GRAINS)
    .default('day')
    .openapi({
      param: {
        description: `Of each hour, each UTC day, or the whole range. Hours at most ${MOST_HOURLY_DAYS} days at once; categories have no hours`,
      },
    }),
  ...rangeParameters,
  key: z
    .union([z.string(), z.array(z.string()).max(MOST_KEYS, `expected at most ${MOST_KEYS} keys`)])
    .optional()
    .transform((keys) => (keys === undefined ? [] : typeof keys === 'string' ? [keys] : keys))
    .openapi({
      param: {
        description: `These brands, categories or price bands only, exactly as they stand in the tables; again for another, up to ${MOST_KEYS}`,
        style: 'form',
        explode: true,
      },
      ...{ type: 'array', items: { type: 'string' }, maxItems: MOST_KEYS },
    }),
  ...pageParameters(1000, 10_000),
});

const funnelRow = z
  .object({
    key: z.string().nullable().describe('Brand, category or price band; null for the shop'),
    start: z.string().nullable().describe('The hour’s start, or the day; null for total'),
    ...funnelFields,
  })
  .openapi('FunnelRow');

const funnelAnswer = z
  .object({
    by: z.enum(FUNNEL_KEYS),
    grain: z.enum(GRAINS),
    from: z.string().nullable().describe('Start of the range; null where nothing is covered yet'),
    to: z.string().nullable().describe('End of the range, excluded'),
    rows: z.array(funnelRow).describe('By start and key; totals by revenue, the largest first'),
    next: z.string().nullable().describe('cursor of the next page; null for the last'),
  })
  .openapi('Funnel');

type Query = z.output<typeof query>;

const route = createRoute({
  method: 'get',
  path: '/v1/funnel',
  summary: 'The funnel of the shop, its brands, categories or price bands, by hour, by day or in total',
  request: { query },
  responses: {
    200: {
      description: 'Rows in order',
      content: { 'application/json': { schema: funnelAnswer } },
    },
    ...REFUSED,
  },
});

export function funnelRoutes(api: OpenAPIHono<ApiEnv>, { served }: Serving): void {
  api.openapi(route, async (c) => {
    const asked = c.req.valid('query');
    if (asked.by === 'shop' && asked.key.length > 0)
      throw new Refusal('bad_request', 'key: by=shop has none. Choose by=brand, category or price_band');
    const body = await served.read((store) => funnelAnswerTo(store, asked));
    return answer(c, body);
  });
}

async function funnelAnswerTo(store: Store, asked: Query): Promise<z.output<typeof funnelAnswer>> {
  const { by, grain, key: keys, limit, cursor } = asked;
  const place = cursor === undefined ? null : placeOf(cursor, funnelOrder(by, grain));
  // The page before knows which range was meant, whatever has been covered since.
  const range = place?.range ?? rangeOrLatest(asked, (await momentOf(store)).covered);
  if (range === null) return { by, grain, from: null, to: null, rows: [], next: null };
  if (grain === 'hour' && range.to - range.from > MOST_HOURLY_DAYS * DAY_MS)
    throw new Refusal(
      'bad_request',
      `grain: hour takes at most ${MOST_HOURLY_DAYS} days at once. Ask for less, or for grain=day`,
    );
  if (!canAsk(by, grain, range))
    throw new Refusal(
      'bad_request',
      'grain: categories are counted by UTC day. Ask for grain=day, or for grain=total of whole days',
    );
  const choice = { by, grain, range, keys, after: place?.position ?? null, most: limit + 1 };
  const found = await funnelRows(store, choice);
  const rows = found.slice(0, limit);
  const next =
    found.length > limit
      ? cursorOf({ range, position: funnelPosition(by, grain, rows[rows.length - 1]) })
      : null;
  return {
    ...{ by, grain, from: timeText(range.from), to: timeText(range.to) },
    rows: rows.map(onWire),
    next,
  };
}

function onWire(row: FunnelRow): z.output<typeof funnelRow> {
  const start = row.hour === null ? row.day : timeText(row.hour);
  return { key: row.key, start, ...funnelOnWire(row) };
}
