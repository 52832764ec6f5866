/** What the price bands usually do: what an anomalous hour's bands are held against. */
import { required } from '../../schema/column';
import type { Answer } from '../../schema/question';
import { goldFunnelHourlyPriceBand } from '../../schema/tables';
import { FUNNEL_COLUMNS, FUNNEL_SUMS } from './funnel';
import type { Period, Store } from './store';

const BAND_COLUMNS = { price_band: required('text', 'Price band'), ...FUNNEL_COLUMNS };
export type BandHistory = Answer<typeof BAND_COLUMNS>;

/** Each band over some days; without `hour`, in milliseconds since 1970. */
export function bandsWithout({ ask, dialect }: Store, period: Period, hour: number): Promise<BandHistory[]> {
  return ask({
    sql: `SELECT price_band, ${FUNNEL_SUMS} FROM ${dialect.table(goldFunnelHourlyPriceBand.name)} WHERE window_date BETWEEN ${dialect.date('since')} AND ${dialect.date('until')} AND window_start <> ${dialect.time('hour')} AND pane <> 'early' GROUP BY price_band ORDER BY price_band`,
    parameters: { ...period, hour },
    columns: BAND_COLUMNS,
  });
}
