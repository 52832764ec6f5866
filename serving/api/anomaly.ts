/** `GET /v1/anomalies/{id}`: one anomaly whole, with what speaks for it. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { DAY_MS, FIRST_TIME, HOUR_MS } from '../../schema/events';
import type { AnomalyRow } from '../../schema/tables';
import { anomaliesOfHour } from '../questions/anomaly_list';
import { bandsWithout } from '../questions/band_history';
import { conversionOf } from '../questions/funnel';
import { bandsInHour, hoursOfBrand } from '../questions/hours';
import { momentOf } from '../questions/moment';
import type { Period, Store } from '../questions/store';
import { dayOf } from '../questions/time_range';
import {
  anomalyFields,
  anomalyId,
  anomalyOnWire,
  baselineFields,
  baselineOnWire,
  hourOfId,
} from './anomaly_fields';
import { answer } from './answer';
import type { ApiEnv, Serving } from './options';
import { END } from './parameters';
import { NOT_FOUND, REFUSED, Refusal } from './refusal';
import { count, day, funnelFields, funnelOnWire, time, timeText } from './wire';

/** Hours shown before and after the anomalous one. */
const HOURS_AROUND = 12;
/** A trailing baseline of a day holds the days that begin so many days before it … */
const TRAILING_SINCE = 57;
/** … and end so many before it. */
const TRAILING_UNTIL = 2;

const evidence = z
  .object({
    hours: z
      .array(z.object({ start: time(), ...funnelFields }).openapi('Hour'))
      .describe(
        `The brand’s hours from ${HOURS_AROUND} before to ${HOURS_AROUND} after; without events, none`,
      ),
    bands: z
      .array(
        z
          .object({
            key: z.string().describe('Price band'),
            ...funnelFields,
            usual_views: count().describe('Views of the band in all of usual_since to usual_until'),
            usual_purchases: count(),
            usual_conversion_rate: z.number().nullable().describe('Null without views'),
          })
          .openapi('Band'),
      )
      .describe('All brands’ events of the hour by price band, and what the band usually does'),
    usual_since: day().describe('First day that usual figures are of: the days of the baseline'),
    usual_until: day().describe('Last day that they are of; the hour itself is left out'),
  })
  .openapi('Evidence');

const detail = z.object({ ...anomalyFields, ...baselineFields, evidence }).openapi('AnomalyDetail');

const route = createRoute({
  method: 'get',
  path: '/v1/anomalies/{id}',
  summary: 'One anomaly, its baseline, and the evidence',
  request: {
    params: z.object({
      id: z
        .string()
        .openapi({ param: { description: 'id of a row of /v1/anomalies', name: 'id', in: 'path' } }),
    }),
  },
  responses: {
    200: { description: 'The anomaly', content: { 'application/json': { schema: detail } } },
    ...REFUSED,
    ...NOT_FOUND,
  },
});

export function anomalyRoute(api: OpenAPIHono<ApiEnv>, { served }: Serving): void {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const hour = hourOfId(id);
    const body = hour === null ? null : await served.read((store) => detailOf(store, id, hour));
    if (body === null)
      throw new Refusal('not_found', 'There is no such anomaly. /v1/anomalies?status=all lists them');
    return answer(c, body);
  });
}

async function detailOf(store: Store, id: string, hour: number): Promise<z.output<typeof detail> | null> {
  const row = (await anomaliesOfHour(store, hour)).find((each) => anomalyId(each) === id);
  if (row === undefined) return null;
  return { ...anomalyOnWire(row), ...baselineOnWire(row), evidence: await evidenceOf(store, row) };
}

async function evidenceOf(store: Store, row: AnomalyRow): Promise<z.output<typeof evidence>> {
  const { brand, window_start: hour } = row;
  const around = {
    from: Math.max(hour - HOURS_AROUND * HOUR_MS, FIRST_TIME),
    to: Math.min(hour + (HOURS_AROUND + 1) * HOUR_MS, END),
  };
  const days = await usualDays(store, row);
  const hours = await hoursOfBrand(store, brand, around);
  const bands = await bandsInHour(store, hour);
  const usual = new Map((await bandsWithout(store, days, hour)).map((band) => [band.price_band, band]));
  return {
    hours: hours.map((each) => ({ start: timeText(each.window_start), ...funnelOnWire(each) })),
    bands: bands.map((band) => {
      const { views, purchases } = usual.get(band.price_band) ?? { views: 0, purchases: 0 };
      return {
        ...{ key: band.price_band, ...funnelOnWire(band) },
        ...{ usual_views: views, usual_purchases: purchases },
        usual_conversion_rate: conversionOf({ views, purchases }),
      };
    }),
    ...{ usual_since: days.since, usual_until: days.until },
  };
}

/** The days of a trailing baseline; of another one nobody knows which hours it held, so all that are covered. */
async function usualDays(store: Store, { baseline, window_start }: AnomalyRow): Promise<Period> {
  const before = (days: number): string => dayOf(Math.max(window_start - days * DAY_MS, FIRST_TIME));
  const { covered } = await momentOf(store);
  if (baseline !== 'trailing' && covered !== null) return covered;
  return { since: before(TRAILING_SINCE), until: before(TRAILING_UNTIL) };
}
