/** `GET /v1/anomalies` and `GET /v1/anomalies/by-day`. */

import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { FIRST_TIME } from '../../schema/events';
import { anomaliesByDay } from '../questions/anomalies';
import {
  ANOMALY_ORDERS,
  ANOMALY_STATUSES,
  ANOMALY_TYPES,
  anomalyList,
  anomalyOrder,
  anomalyPosition,
} from '../questions/anomaly_list';
import { dayOf } from '../questions/time_range';
import { anomalyFields, anomalyOnWire } from './anomaly_fields';
import { answer } from './answer';
import { cursorOf, placeOf } from './cursor';
import type { ApiEnv, Serving } from './options';
import { END, nameParameter, pageParameters, rangeOrAll, rangeParameters } from './parameters';
import { REFUSED } from './refusal';
import { count, day } from './wire';

const query = z.strictObject({
  status: z
    .enum(ANOMALY_STATUSES)
    .default('open')
    .openapi({ param: { description: 'retracted: healed by later data' } }),
  type: z.enum(ANOMALY_TYPES).optional(),
  brand: nameParameter('Of this brand only, exactly as it stands in the tables').optional(),
  ...rangeParameters,
  order: z
    .enum(ANOMALY_ORDERS)
    .default('time')
    .openapi({
      param: {
        description: 'time: the newest first; risk: the most revenue at risk first, what is unknown last',
      },
    }),
  ...pageParameters(100, 1000),
});

const anomaliesAnswer = z
  .object({
    total: count().describe('Anomalies that were asked for, on all pages'),
    rows: z.array(z.object(anomalyFields).openapi('Anomaly')),
    next: z.string().nullable().describe('cursor of the next page; null for the last'),
  })
  .openapi('Anomalies');

const list = createRoute({
  method: 'get',
  path: '/v1/anomalies',
  summary: 'Hours in which a brand converted unlike itself',
  request: { query },
  responses: {
    200: { description: 'Rows in order', content: { 'application/json': { schema: anomaliesAnswer } } },
    ...REFUSED,
  },
});

const byDayAnswer = z
  .object({
    days: z
      .array(
        z
          .object({
            date: day(),
            drops: count().describe('Open drops'),
            spikes: count().describe('Open spikes'),
            retracted: count().describe('Healed by later data'),
          })
          .openapi('AnomalyDay'),
      )
      .describe('Days that have or had anomalies, in order'),
  })
  .openapi('AnomalyDays');

const byDay = createRoute({
  method: 'get',
  path: '/v1/anomalies/by-day',
  summary: 'How many anomalies there are by UTC day of their hour',
  request: { query: z.strictObject(rangeParameters) },
  responses: {
    200: { description: 'Days in order', content: { 'application/json': { schema: byDayAnswer } } },
    ...REFUSED,
  },
});

export function anomalyRoutes(api: OpenAPIHono<ApiEnv>, { served }: Serving): void {
  api.openapi(list, async (c) => {
    const { status, type = null, brand = null, order, limit, cursor, ...asked } = c.req.valid('query');
    const place = cursor === undefined ? null : placeOf(cursor, anomalyOrder(order));
    const range = place === null ? rangeOrAll(asked) : place.range;
    const choice = {
      ...{ status, type, brand, range, order, after: place?.position ?? null, most: limit + 1 },
    };
    const found = await served.read((store) => anomalyList(store, choice));
    const rows = found.slice(0, limit);
    const next =
      found.length > limit
        ? cursorOf({ range, position: anomalyPosition(order, rows[rows.length - 1]) })
        : null;
    return answer(c, { total: found[0]?.total ?? 0, rows: rows.map(anomalyOnWire), next });
  });

  api.openapi(byDay, async (c) => {
    const { from, to } = rangeOrAll(c.req.valid('query')) ?? { from: FIRST_TIME, to: END };
    const period = { since: dayOf(from), until: dayOf(to - 1) };
    const days = await served.read((store) => anomaliesByDay(store, period));
    return answer(c, { days: [...days] });
  });
}
