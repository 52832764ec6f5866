/** What a run has to say at its end, read back from the tables it wrote. */
import { withDuckdb } from '../io/duckdb/open';

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

type Value = string | number | null;

/** Reads the summary of a run from its DuckDB file. */
export async function readSummary(
  file: string,
  runId: string,
  run: { seconds: number; bytes: number; currencies: string[] },
): Promise<RunSummary> {
  return withDuckdb(file, 'READ_ONLY', async (connection) => {
    const query = async (sql: string): Promise<Record<string, Value>[]> =>
      (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, Value>[];
    const [counts] = await query('SELECT counts FROM runs ORDER BY started_at DESC LIMIT 1');
    const { tables, ...books } = JSON.parse(String(counts.counts)) as {
      tables: Record<string, number>;
      read: number;
      counted: number;
      duplicates: number;
      rejected: number;
    };
    const reasons = await query(
      'SELECT reason, count(*)::INTEGER AS n FROM dead_letters GROUP BY reason ORDER BY n DESC, reason',
    );
    const [span] = await query(
      "SELECT min(bucket) AS first, max(bucket) AS last FROM pipeline_ledger WHERE bucket <> 'unknown'",
    );
    const [total] = await query(
      'SELECT coalesce(sum(revenue), 0)::VARCHAR AS revenue FROM gold_funnel_daily_brand',
    );
    const brands = await query(
      `SELECT brand, sum(views)::INTEGER AS views, sum(purchases)::INTEGER AS purchases, sum(revenue)::VARCHAR AS revenue,
         sum(purchases) / nullif(sum(views), 0) AS conversion_rate
       FROM gold_funnel_daily_brand WHERE brand <> 'unknown' GROUP BY brand ORDER BY sum(revenue) DESC, brand LIMIT 5`,
    );
    const anomalies = await query(
      `SELECT strftime(window_start, '%Y-%m-%d %H:%M') AS window_start, brand, anomaly_type AS type, z_brand AS z, views::INTEGER AS views, purchases::INTEGER AS purchases, expected_purchases
       FROM gold_anomalies_hourly_brand WHERE status = 'open' ORDER BY abs(z_brand) DESC, window_start, brand LIMIT 5`,
    );
    const [open] = await query(
      "SELECT count(*)::INTEGER AS n FROM gold_anomalies_hourly_brand WHERE status = 'open'",
    );
    return {
      run_id: runId,
      ...books,
      rejected_by_reason: Object.fromEntries(reasons.map(({ reason, n }) => [String(reason), Number(n)])),
      first_hour: span.first === null ? null : String(span.first),
      last_hour: span.last === null ? null : String(span.last),
      tables,
      revenue: String(total.revenue),
      top_brands: brands as never,
      anomalies: anomalies as never,
      anomalies_open: Number(open.n),
      ...run,
      output: file,
    };
  });
}
