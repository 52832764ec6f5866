/** What alerts are made of: hours that are anomalous now, hours of their brands that were judged, and how far the tables reach. */
import { HOUR_MS } from '../../schema/events';
import { goldAnomaliesHourlyBrand, goldFunnelHourlyBrand } from '../../schema/tables';
import { latestOptions } from './run_list';
import { columnsOf, leastOf, mostOf, type Selected } from './selection';
import type { Store } from './store';
import { dayOf } from './time_range';

const ANOMALOUS_FIELDS = columnsOf(goldAnomaliesHourlyBrand, [
  'window_start',
  'window_end',
  'brand',
  'detector',
  'anomaly_type',
  'z_brand',
  'z_brand_hour',
  'expected_purchases',
  'revenue_at_risk',
  'views',
  'purchases',
]);
const JUDGED_FIELDS = columnsOf(goldFunnelHourlyBrand, ['window_start', 'brand', 'views', 'purchases']);

export type AnomalousHour = Selected<typeof ANOMALOUS_FIELDS>;
export type JudgedHour = Selected<typeof JUDGED_FIELDS>;

/** Brands that are asked for at a time. */
const MOST_BRANDS = 500;

/** Hours from `from` on that are anomalous by what is known now. They go by their day, too, by which warehouses part the table. Unfinished hours are not judged, so none is here. */
export function anomalousHours({ select }: Store, from: number): Promise<AnomalousHour[]> {
  return select({
    table: goldAnomaliesHourlyBrand,
    where: [
      { column: 'status', among: ['open'] },
      { column: 'window_date', from: dayOf(from) },
      { column: 'window_start', from },
    ],
    fields: ANOMALOUS_FIELDS,
    order: [
      { field: 'window_start', type: 'timestamp' },
      { field: 'brand', type: 'text' },
      { field: 'detector', type: 'text' },
    ],
  });
}

/** Finished hours of these brands from `from` on with as many views as it takes to be judged. */
export async function judgedHours(
  { select }: Store,
  brands: readonly string[],
  from: number,
  minViews: number,
): Promise<JudgedHour[]> {
  const found: JudgedHour[] = [];
  for (let at = 0; at < brands.length; at += MOST_BRANDS) {
    found.push(
      ...(await select({
        table: goldFunnelHourlyBrand,
        where: [
          { column: 'pane', except: 'early' },
          { column: 'views', from: minViews },
          { column: 'window_date', from: dayOf(from) },
          { column: 'window_start', from },
          { column: 'brand', among: brands.slice(at, at + MOST_BRANDS) },
        ],
        fields: JUDGED_FIELDS,
        order: [
          { field: 'window_start', type: 'timestamp' },
          { field: 'brand', type: 'text' },
        ],
      })),
    );
  }
  return found;
}

const COVERED_FIELDS = {
  first: leastOf('window_start', 'timestamp', 'First hour'),
  last: mostOf('window_start', 'timestamp', 'Last hour'),
};

/** Start of the first finished hour with events and end of the last, of any brand; null where there is none. */
export async function hoursCovered({
  select,
}: Store): Promise<{ readonly from: number; readonly to: number } | null> {
  const [hours] = await select({
    table: goldFunnelHourlyBrand,
    where: [{ column: 'pane', except: 'early' }],
    fields: COVERED_FIELDS,
    by: [],
  });
  return hours === undefined || hours.first === null || hours.last === null
    ? null
    : { from: hours.first, to: hours.last + HOUR_MS };
}

/** How far the run that was begun last has come, milliseconds since 1970, null for to the end; and how many views an hour of a brand needs to be judged by it. Null where there is no run. */
export async function lastJudgement(
  store: Store,
): Promise<{ readonly watermark: number | null; readonly minViews: number } | null> {
  const run = await latestOptions(store);
  return run && { watermark: run.watermark, minViews: minFlagViewsIn(run.options) };
}

const USUAL_MIN_FLAG_VIEWS = 50;

function minFlagViewsIn(options: string): number {
  const { score } = JSON.parse(options) as { score?: { minFlagViews?: unknown } };
  const views = score?.minFlagViews;
  return Number.isSafeInteger(views) ? (views as number) : USUAL_MIN_FLAG_VIEWS;
}
