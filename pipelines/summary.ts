/** What a run has to say at its end, read back from the tables it wrote. */
import { withDuckdb } from '../io/duckdb/open';
import { MONEY_SCALE } from '../schema/column';
import { quote } from '../schema/duckdb';

export interface RunSummary {
  readonly run_id: string;
  readonly read: number;
  readonly counted: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly rejected_by_reason: Record<string, number>;
  readonly first_hour: string | null;
  readonly last_hour: string | null;
  readonly tables: Record<string, number>;
  /** Exact decimal. */
  readonly revenue: string;
  readonly top_brands: {
    brand: string;
    views: number;
    purchases: number;
    revenue: string;
    conversion_rate: number | null;
  }[];
  readonly anomalies: {
    window_start: string;
    brand: string;
    type: string;
    z: number;
    views: number;
    purchases: number;
    expected_purchases: number | null;
  }[];
  readonly anomalies_open: number;
  readonly currencies: string[];
  readonly seconds: number;
  readonly bytes: number;
  readonly output: string;
}

/** What only the launcher knows. */
export interface RunMeasures {
  readonly seconds: number;
  readonly bytes: number;
  readonly currencies: string[];
}

type Value = string | number | null;

/** A store that a summary can be read from. */
export interface SummaryStore {
  /** The output as the user knows it. */
  readonly output: string;
  /** A table as SQL names it. */
  readonly name: (table: string) => string;
  /** Types of whole numbers and of texts. */
  readonly types: { readonly whole: string; readonly text: string };
  /** A JSON column as its text. */
  readonly document: (column: string) => string;
  /** A time as `YYYY-MM-DD HH:MM`. */
  readonly minute: (time: string) => string;
  readonly query: (sql: string) => Promise<Record<string, Value>[]>;
}

/** Reads the summary of a run from its DuckDB file. */
export function readSummary(file: string, runId: string, run: RunMeasures): Promise<RunSummary> {
  return withDuckdb(file, 'READ_ONLY', (connection) =>
    summaryOf(
      {
        output: file,
        name: quote,
        types: { whole: 'INTEGER', text: 'VARCHAR' },
        document: (column) => column,
        minute: (time) => `strftime(${time}, '%Y-%m-%d %H:%M')`,
        query: async (sql) =>
          (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, Value>[],
      },
      runId,
      run,
    ),
  );
}

/** Reads the summary of the run that wrote last. */
export async function summaryOf(store: SummaryStore, runId: string, run: RunMeasures): Promise<RunSummary> {
  const { name, minute, query } = store;
  const whole = (expression: string): string => `CAST(${expression} AS ${store.types.whole})`;
  const text = (expression: string): string => `CAST(${expression} AS ${store.types.text})`;
  const [counts] = await query(
    `SELECT ${store.document('counts')} AS counts FROM ${name('runs')} ORDER BY started_at DESC LIMIT 1`,
  );
  const { tables, ...books } = JSON.parse(String(counts.counts)) as {
    tables: Record<string, number>;
    read: number;
    counted: number;
    duplicates: number;
    rejected: number;
  };
  const reasons = await query(
    `SELECT reason, ${whole('count(*)')} AS n FROM ${name('dead_letters')} GROUP BY reason ORDER BY n DESC, reason`,
  );
  const [span] = await query(
    `SELECT min(bucket) AS first, max(bucket) AS last FROM ${name('pipeline_ledger')} WHERE bucket <> 'unknown'`,
  );
  const [total] = await query(
    `SELECT ${text('coalesce(sum(revenue), 0)')} AS revenue FROM ${name('gold_funnel_daily_brand')}`,
  );
  const brands = await query(
    `SELECT brand, ${whole('sum(views)')} AS views, ${whole('sum(purchases)')} AS purchases, ${text('sum(revenue)')} AS revenue,
       sum(purchases) / nullif(sum(views), 0) AS conversion_rate
     FROM ${name('gold_funnel_daily_brand')} WHERE brand <> 'unknown' GROUP BY brand ORDER BY sum(revenue) DESC, brand LIMIT 5`,
  );
  const anomalies = await query(
    `SELECT ${minute('window_start')} AS window_start, brand, anomaly_type AS type, z_brand AS z, ${whole('views')} AS views, ${whole('purchases')} AS purchases, expected_purchases
     FROM ${name('gold_anomalies_hourly_brand')} WHERE status = 'open' ORDER BY abs(z_brand) DESC, window_start, brand LIMIT 5`,
  );
  const [open] = await query(
    `SELECT ${whole('count(*)')} AS n FROM ${name('gold_anomalies_hourly_brand')} WHERE status = 'open'`,
  );
  return {
    run_id: runId,
    ...books,
    rejected_by_reason: Object.fromEntries(reasons.map(({ reason, n }) => [String(reason), Number(n)])),
    first_hour: span.first === null ? null : String(span.first),
    last_hour: span.last === null ? null : String(span.last),
    tables,
    revenue: moneyText(total.revenue),
    top_brands: brands.map((row) => ({ ...row, revenue: moneyText(row.revenue) })) as never,
    anomalies: anomalies as never,
    anomalies_open: Number(open.n),
    ...run,
    output: store.output,
  };
}

/** Money with all its fractional digits, of which stores leave zeros out. */
function moneyText(value: Value): string {
  const [whole, fraction = ''] = String(value).split('.');
  return `${whole}.${fraction.slice(0, MONEY_SCALE).padEnd(MONEY_SCALE, '0')}`;
}
