/** Hours: those of a brand, and what the price bands did in one. Hours that a stream has not finished are left out: an unfinished hour always looks bad. */
import { required } from '../../schema/column';
import type { Answer } from '../../schema/question';
import { goldFunnelHourlyBrand, goldFunnelHourlyPriceBand } from '../../schema/tables';
import { FUNNEL_COLUMNS, FUNNEL_MEASURES } from './funnel';
import type { Store } from './store';

const HOUR_COLUMNS = { window_start: required('timestamp', 'Start of the hour'), ...FUNNEL_COLUMNS };
const BAND_COLUMNS = { price_band: required('text', 'Price band'), ...FUNNEL_COLUMNS };

export type HourFunnel = Answer<typeof HOUR_COLUMNS>;
export type BandFunnel = Answer<typeof BAND_COLUMNS>;

/** Start of an hour, and of the hour after the last, in milliseconds since 1970. */
export interface Hours {
  readonly from: number;
  readonly to: number;
}

/** The hours in which a brand had events, in order. */
export function hoursOfBrand(
  { ask, dialect }: Store,
  brand: string,
  { from, to }: Hours,
): Promise<HourFunnel[]> {
  return ask({
    sql: `SELECT window_start, ${FUNNEL_MEASURES} FROM ${dialect.table(goldFunnelHourlyBrand.name)} WHERE brand = ${dialect.parameter('brand')} AND window_start >= ${dialect.time('from')} AND window_start < ${dialect.time('to')} AND pane <> 'early' ORDER BY window_start`,
    parameters: { brand, from, to },
    columns: HOUR_COLUMNS,
  });
}

/** All brands' events of one hour by price band. */
export function bandsInHour({ ask, dialect }: Store, hour: number): Promise<BandFunnel[]> {
  return ask({
    sql: `SELECT price_band, ${FUNNEL_MEASURES} FROM ${dialect.table(goldFunnelHourlyPriceBand.name)} WHERE window_start = ${dialect.time('hour')} ORDER BY price_band`,
    parameters: { hour },
    columns: BAND_COLUMNS,
  });
}
