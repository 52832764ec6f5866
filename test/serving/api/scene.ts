/** An output that the product has written of dirty events with hostile names, the plain reference's tables of the same events, and the API over the one to be held against the other. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withDuckdb } from '../../../io/duckdb/open';
import { duckdbServed } from '../../../pipelines/serving/duckdb_served';
import { UNKNOWN } from '../../../schema/events';
import type { AnomalyRow, SilverRow } from '../../../schema/tables';
import { type Api, createApi } from '../../../serving/api/api';
import type { ApiOptions } from '../../../serving/api/options';
import type { Funnel } from '../../../serving/questions/funnel';
import type { Served } from '../../../serving/served';
import { dirtyCsv } from '../../dirty/dirty_csv';
import { funnelpulse } from '../../e2e/command_line';
import { computeReference, type Tables } from '../../reference/reference';

/** What a brand may be called. In lower case, as brands are. */
export const HOSTILE_NAMES = [
  "x'; drop table runs; --",
  "' or ''='",
  '%',
  'a_b%',
  '$brand',
  '__proto__',
  'constructor',
  '<script>alert(1)</script>',
  '\u202etfel ot thgir',
  '\ufffdunpaired',
  'nul\u0000inside',
  '\ufeffmarked',
  '&=?#+ /\\',
  'ß'.repeat(5000),
];

const LIMITS = { minFlagViews: 2, minBaselineViews: 1, zThreshold: 0.3 };

export interface Scene {
  readonly folder: string;
  readonly file: string;
  readonly tables: Tables;
  readonly served: Served;
  readonly close: () => Promise<void>;
}

export async function makeScene(): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'funnelpulse-api-'));
  const file = join(folder, 'api.duckdb');
  const inputs = [
    { source: 'dirty.csv', bytes: dirtyCsv(7, 3000), format: 'csv' as const },
    { source: 'hostile.ndjson', bytes: hostileEvents(), format: 'ndjson' as const },
  ];
  for (const { source, bytes } of inputs) writeFileSync(join(folder, source), bytes);
  const { code, stderr } = await funnelpulse(
    ...['run', '--quiet', '--output', `duckdb:${file}`, '--now', '2026-01-01T00:00:00Z'],
    ...['--min-flag-views', '2', '--min-baseline-views', '1', '--z-threshold', '0.3'],
    ...['--input', ...inputs.map(({ source }) => join(folder, source))],
  );
  if (code !== 0) throw new Error(stderr);
  const tables = computeReference(inputs, LIMITS);
  tables.gold_anomalies_hourly_brand = await healed(file, tables.gold_anomalies_hourly_brand);
  const served = duckdbServed(`duckdb:${file}`, file);
  return {
    ...{ folder, file, tables, served },
    close: async () => {
      await served.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Every third anomaly healed, as a stream would: over files none is. The risk of every fifth is not known. In the file, and in the reference's rows. */
async function healed(file: string, rows: readonly AnomalyRow[]): Promise<AnomalyRow[]> {
  const sorted = rows.toSorted((a, b) => a.window_start - b.window_start || (a.brand < b.brand ? -1 : 1));
  const result: AnomalyRow[] = [];
  await withDuckdb(file, 'READ_WRITE', async (connection) => {
    for (const [i, row] of sorted.entries()) {
      const where = 'window_start = epoch_ms($1::BIGINT) AND brand = $2';
      const key = [BigInt(row.window_start), row.brand];
      const heal = i % 3 === 0 ? "status = 'retracted', anomaly_type = NULL, " : '';
      const risk = i % 5 === 1 ? 'NULL' : 'revenue_at_risk';
      await connection.run(
        `UPDATE gold_anomalies_hourly_brand SET ${heal}revenue_at_risk = ${risk} WHERE ${where}`,
        key,
      );
      const found = await connection.runAndReadAll(
        `SELECT (revenue_at_risk * 10000)::BIGINT FROM gold_anomalies_hourly_brand WHERE ${where}`,
        key,
      );
      const revenue_at_risk = found.getRows()[0][0] as bigint | null;
      // Made of doubles: the last digit may differ.
      const difference = Number(revenue_at_risk ?? 0n) - Number(row.revenue_at_risk ?? 0n);
      if (revenue_at_risk !== null && Math.abs(difference) > 1)
        throw new Error(`${row.brand}: ${difference}`);
      const status = i % 3 === 0 ? { status: 'retracted', anomaly_type: null } : {};
      result.push({ ...row, ...status, revenue_at_risk });
    }
  });
  return result;
}

/** Hours in which the hostile brands were looked at and bought. */
function hostileEvents(): Buffer {
  const lines = HOSTILE_NAMES.flatMap((brand, b) =>
    Array.from({ length: 24 }, (_, i) =>
      JSON.stringify({
        event_time: new Date(Date.UTC(2019, 9, 5, i % 6, b, i)).toISOString(),
        event_type: i % 4 === (i % 6 === 0 ? 3 : 1) ? 'purchase' : i % 5 === 0 ? 'cart' : 'view',
        product_id: String(i),
        price: `${1 + b}.25`,
        user_id: `u${i}`,
        user_session: `s${b}`,
        category_code: `c${b}.x`,
        brand,
      }),
    ),
  );
  return Buffer.from(lines.join('\n'));
}

export const OPEN_TO_ALL: ApiOptions = {
  ...{ version: '1.2.3', token: null, loopbackNamesOnly: true, assets: null },
  // What no test expects is seen.
  onFailure: (_, error) => process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`),
};

export function apiOf(served: Served, options: Partial<ApiOptions> = {}): Api {
  return createApi(served, { ...OPEN_TO_ALL, ...options });
}

/** The answer, which has to be a good one. */
// biome-ignore lint/suspicious/noExplicitAny: answers are of any form
export async function get(api: Api, path: string): Promise<any> {
  const response = await api.request(path);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** Parameters as a query; a list's parameter again and again. */
export function query(
  parameters: Readonly<Record<string, string | number | readonly string[] | undefined>>,
): string {
  const entries = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((each) => [name, String(each)]),
  );
  return new URLSearchParams(entries).toString();
}

/** All pages of a question, joined. */
// biome-ignore lint/suspicious/noExplicitAny: rows are of any form
export async function allPages(api: Api, path: string, limit: number): Promise<any[]> {
  const rows = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const next: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = await get(api, `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${next}`);
    if (page.rows.length > limit) throw new Error('a page is longer than was asked for');
    rows.push(...page.rows);
    cursor = page.next;
  }
  return rows;
}

/** The counts of some events, as answers have them. */
export function counted(events: readonly SilverRow[]) {
  const of = (type: string): SilverRow[] => events.filter(({ event_type }) => event_type === type);
  const bought = of('purchase');
  return onWire({
    ...{ views: of('view').length, carts: of('cart').length, removals: of('remove_from_cart').length },
    ...{ purchases: bought.length, revenue: bought.reduce((sum, { price }) => sum + (price ?? 0n), 0n) },
  });
}

export function onWire({ views, carts, removals, purchases, revenue }: Funnel) {
  const over = (a: number, b: number): number | null => (b === 0 ? null : a / b);
  return {
    ...{ views, carts, removals, purchases, revenue: decimal(revenue) },
    ...{ view_to_cart_rate: over(carts, views), cart_to_purchase_rate: over(purchases, carts) },
    conversion_rate: over(purchases, views),
  };
}

/** Ten-thousandths as a decimal, by division. */
export function decimal(money: bigint): string {
  const [sign, size] = money < 0n ? ['-', -money] : ['', money];
  return `${sign}${size / 10_000n}.${String(size % 10_000n).padStart(4, '0')}`;
}

export const KEYS: Record<string, (event: SilverRow) => string | null> = {
  shop: () => null,
  brand: ({ brand_norm }) => brand_norm ?? UNKNOWN,
  category: ({ category_root }) => category_root ?? UNKNOWN,
  price_band: ({ price_band }) => price_band,
};

export function groupBy<T, K>(rows: readonly T[], key: (row: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const row of rows) {
    const name = key(row);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return groups;
}
