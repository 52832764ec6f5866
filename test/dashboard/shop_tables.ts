/** Tables of a small shop whose brands have names that no page may stumble over. Two of them have hours in which they convert unlike themselves; one of these was healed. */
import type { RunRow } from '../../schema/tables';
import { computeReference, type Tables } from '../reference/reference';

const FIRST_DAY = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;
const HOUR = 3_600_000;
const DAYS = 16;
const HOURS = 8;

/** As the tables have them, in lower case. The first two have anomalies. */
export const BRANDS = [
  'acme',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'שלום "عرب"',
  '&lt;b&gt;{a|x}',
  'tostring',
  'long'.repeat(500),
];

export interface ShopTables extends Tables {
  runs: RunRow[];
}

/** @param seed makes another shop: more of everything */
export function shopTables(seed = 0): ShopTables {
  const lines = ['event_time,event_type,product_id,category_code,brand,price,user_id,user_session'];
  let user = 0;
  for (let day = 0; day < DAYS; day += 1)
    for (let hour = 0; hour < HOURS; hour += 1)
      for (const [i, brand] of BRANDS.entries()) {
        const time = new Date(FIRST_DAY + day * DAY + (8 + hour) * HOUR + i * 1000).toISOString();
        const views = (i < 2 ? 20 : 5) + ((day * 7 + hour * 3 + i) % 4) + seed;
        const events: [string, number][] = [
          ['view', views],
          ['cart', Math.ceil(views / 3)],
          ['purchase', purchasesOf(i, day, hour, views)],
        ];
        for (const [type, count] of events)
          for (let k = 0; k < count; k += 1) {
            const price = [4.25, 15.5, 44, 80.01][(k + i) % 4];
            lines.push(
              `${time},${type},p${k},care.c${k % 3},"${brand.replaceAll('"', '""')}",${price},u${user++},s`,
            );
          }
      }
  lines.push('2026-01-01 08:00:00 UTC,purchase,p,,acme,-1,u,s', 'yesterday,view,p,,acme,1,u,s');
  const file = { source: 'shop.csv', bytes: Buffer.from(lines.join('\n')), format: 'csv' as const };
  const tables = computeReference([file], { minFlagViews: 15 });
  const [healed] = tables.gold_anomalies_hourly_brand.filter(({ brand }) => brand === 'acme');
  return {
    ...tables,
    gold_anomalies_hourly_brand: tables.gold_anomalies_hourly_brand.map((row) =>
      row === healed ? { ...row, status: 'retracted', anomaly_type: null } : row,
    ),
    // Nobody asks for events.
    silver_events: [],
    runs: [runOf(`{"read":${lines.length - 1}}`)],
  };
}

function purchasesOf(brand: number, day: number, hour: number, views: number): number {
  if (brand < 2 && day === 5 && hour < 3) return 0;
  if (brand < 2 && day === 9 && hour === 4) return 18;
  return Math.round(views / 5) + ((day + hour) % 3);
}

function runOf(counts: string): RunRow {
  return {
    ...{ run_id: 'r1', state_id: null, mode: 'batch', input: 'shop.csv', options: '{}', counts },
    ...{ watermark: null, allowed_lateness_ms: 0, status: 'done' },
    ...{ started_at: FIRST_DAY + DAYS * DAY, finished_at: FIRST_DAY + DAYS * DAY + 1500 },
  };
}
