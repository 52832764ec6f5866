/** What the price bands usually do: what an anomalous hour's bands are held against. */
import { goldFunnelHourlyPriceBand } from '../../schema/tables';
import { FUNNEL_SUMS } from './funnel_fields';
import { columnOf, type Selected } from './selection';
import type { Period, Store } from './store';
import { withinPeriod } from './time_range';

const BAND_FIELDS = { price_band: columnOf(goldFunnelHourlyPriceBand, 'price_band'), ...FUNNEL_SUMS };
export type BandHistory = Selected<typeof BAND_FIELDS>;

/** Each band over some days; without `hour`, in milliseconds since 1970. */
export function bandsWithout({ select }: Store, period: Period, hour: number): Promise<BandHistory[]> {
  return select({
    table: goldFunnelHourlyPriceBand,
    where: [
      withinPeriod('window_date', period),
      { column: 'window_start', except: hour },
      { column: 'pane', except: 'early' },
    ],
    fields: BAND_FIELDS,
    by: ['price_band'],
    order: [{ field: 'price_band', type: 'text' }],
  });
}
