/** What alerts are made of: hours that are anomalous now, hours of their brands that were judged, and how far the tables reach. */
import { nullable, required } from '../../schema/column';
import { HOUR_MS } from '../../schema/events';
import type { Answer } from '../../schema/question';
import { goldAnomaliesHourlyBrand, goldFunnelHourlyBrand, runs } from '../../schema/tables';
import type { Store } from './store';

const { window_start, window_end, brand, detector, anomaly_type, z_brand, z_brand_hour } =
  goldAnomaliesHourlyBrand.columns;
const { expected_purchases, revenue_at_risk, views, purchases } = goldAnomaliesHourlyBrand.columns;
const ANOMALOUS_COLUMNS = {
  ...{ window_start, window_end, brand, detector, anomaly_type, z_brand, z_brand_hour },
  ...{ expected_purchases, revenue_at_risk, views, purchases },
};
const JUDGED_COLUMNS = {
  window_start: required('timestamp', 'Start of the hour'),
  brand: required('text', 'Brand'),
  views: required('int64', 'Product views'),
  purchases: required('int64', 'Purchased items'),
};

export type AnomalousHour = Answer<typeof ANOMALOUS_COLUMNS>;
export type JudgedHour = Answer<typeof JUDGED_COLUMNS>;

/** Brands that are asked for at a time. */
const MOST_BRANDS = 500;

/** Hours from `from` on that are anomalous by what is known now. They go by their day, too, by which warehouses part the table. Unfinished hours are not judged, so none is here. */
export function anomalousHours({ ask, dialect }: Store, from: number): Promise<AnomalousHour[]> {
  return ask({
    sql: `SELECT ${Object.keys(ANOMALOUS_COLUMNS).join(', ')} FROM ${dialect.table(goldAnomaliesHourlyBrand.name)} WHERE status = 'open' AND window_date >= ${dialect.date('since')} AND window_start >= ${dialect.time('from')} ORDER BY window_start, brand, detector`,
    parameters: { from, since: dayOf(from) },
    columns: ANOMALOUS_COLUMNS,
  });
}

/** Finished hours of these brands from `from` on with as many views as it takes to be judged. */
export async function judgedHours(
  { ask, dialect }: Store,
  brands: readonly string[],
  from: number,
  minViews: number,
): Promise<JudgedHour[]> {
  const found: JudgedHour[] = [];
  for (let at = 0; at < brands.length; at += MOST_BRANDS) {
    const some = brands.slice(at, at + MOST_BRANDS);
    const names = some.map((_, i) => dialect.parameter(`brand${i}`));
    found.push(
      ...(await ask({
        sql: `SELECT ${Object.keys(JUDGED_COLUMNS).join(', ')} FROM ${dialect.table(goldFunnelHourlyBrand.name)} WHERE pane <> 'early' AND views >= ${dialect.parameter('least')} AND window_date >= ${dialect.date('since')} AND window_start >= ${dialect.time('from')} AND brand IN (${names.join(', ')}) ORDER BY window_start, brand`,
        parameters: {
          ...{ from, since: dayOf(from), least: minViews },
          ...Object.fromEntries(some.map((name, i) => [`brand${i}`, name])),
        },
        columns: JUDGED_COLUMNS,
      })),
    );
  }
  return found;
}

/** Start of the first finished hour with events and end of the last, of any brand; null where there is none. */
export async function hoursCovered({
  ask,
  dialect,
}: Store): Promise<{ readonly from: number; readonly to: number } | null> {
  const [hours] = await ask({
    sql: `SELECT MIN(window_start) AS first, MAX(window_start) AS last FROM ${dialect.table(goldFunnelHourlyBrand.name)} WHERE pane <> 'early'`,
    parameters: {},
    columns: {
      first: nullable('timestamp', 'First hour'),
      last: nullable('timestamp', 'Last hour'),
    },
  });
  return hours === undefined || hours.first === null || hours.last === null
    ? null
    : { from: hours.first, to: hours.last + HOUR_MS };
}

/** How far the run that was begun last has come, milliseconds since 1970, null for to the end; and how many views an hour of a brand needs to be judged by it. Null where there is no run. */
export async function lastJudgement({
  ask,
  dialect,
}: Store): Promise<{ readonly watermark: number | null; readonly minViews: number } | null> {
  const { watermark, options } = runs.columns;
  const [run] = await ask({
    sql: `SELECT watermark, options FROM ${dialect.table(runs.name)} ORDER BY started_at DESC LIMIT 1`,
    parameters: {},
    columns: { watermark, options },
  });
  return run === undefined ? null : { watermark: run.watermark, minViews: minFlagViewsIn(run.options) };
}

const USUAL_MIN_FLAG_VIEWS = 50;

function minFlagViewsIn(options: string): number {
  const { score } = JSON.parse(options) as { score?: { minFlagViews?: unknown } };
  const views = score?.minFlagViews;
  return Number.isSafeInteger(views) ? (views as number) : USUAL_MIN_FLAG_VIEWS;
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
