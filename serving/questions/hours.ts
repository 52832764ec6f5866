/** Hours: those of a brand, and what the price bands did in one. Hours that a stream has not finished are left out: an unfinished hour always looks bad. */
import { HOUR_MS } from '../../schema/events';
import { goldFunnelHourlyBrand, goldFunnelHourlyPriceBand } from '../../schema/tables';
import { FUNNEL_VALUES } from './funnel_fields';
import { columnOf, type Selected } from './selection';
import type { Store } from './store';
import { type TimeRange, withinHours } from './time_range';

const HOUR_FIELDS = { window_start: columnOf(goldFunnelHourlyBrand, 'window_start'), ...FUNNEL_VALUES };
const BAND_FIELDS = { price_band: columnOf(goldFunnelHourlyPriceBand, 'price_band'), ...FUNNEL_VALUES };

export type HourFunnel = Selected<typeof HOUR_FIELDS>;
export type BandFunnel = Selected<typeof BAND_FIELDS>;

/** The hours in which a brand had events, in order. */
export function hoursOfBrand({ select }: Store, brand: string, range: TimeRange): Promise<HourFunnel[]> {
  return select({
    table: goldFunnelHourlyBrand,
    where: [...withinHours(range), { column: 'brand', among: [brand] }, { column: 'pane', except: 'early' }],
    fields: HOUR_FIELDS,
    order: [{ field: 'window_start', type: 'timestamp' }],
  });
}

/** All brands' events of one hour by price band. @param hour its start, in milliseconds since 1970 */
export function bandsInHour({ select }: Store, hour: number): Promise<BandFunnel[]> {
  return select({
    table: goldFunnelHourlyPriceBand,
    where: withinHours({ from: hour, to: hour + HOUR_MS }),
    fields: BAND_FIELDS,
    order: [{ field: 'price_band', type: 'text' }],
  });
}
