/** Whether results agree: every row of every gold table, keys, counts, money and revision; anomalies by their keys and kinds. */
const { DuckDBInstance } = require('@duckdb/node-api');

const MEASURES = 'views::BIGINT, carts::BIGINT, removals::BIGINT, purchases::BIGINT, revenue::DECIMAL(18,4)';
/** What a peer has that makes no revisions and no anomalies. */
const GOLD_MEASURES = {
  gold_funnel_hourly_brand: `window_start::TIMESTAMP, brand, ${MEASURES}`,
  gold_funnel_daily_brand: `date::DATE, brand, ${MEASURES}`,
  gold_funnel_daily_category: `date::DATE, category_root, ${MEASURES}`,
  gold_funnel_hourly_price_band: `window_start::TIMESTAMP, price_band, ${MEASURES}`,
};
const TABLES = Object.fromEntries(
  Object.entries({
    ...GOLD_MEASURES,
    gold_anomalies_hourly_brand: `window_start::TIMESTAMP, brand, anomaly_type, ${MEASURES}`,
  }).map(([table, columns]) => [table, `${columns}, revision::BIGINT`]),
);

/** What a result holds: per table its rows, sums, and a checksum of all rows that doesn't depend on their order. */
async function digest(contestant, output, tables = TABLES) {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  if (output.endsWith('.duckdb')) await connection.run(`ATTACH '${output}' AS result (READ_ONLY)`);
  const result = {};
  for (const [table, columns] of Object.entries(tables)) {
    const reader = await connection.runAndReadAll(
      `SELECT count(*)::VARCHAR AS rows, sum(views)::BIGINT::VARCHAR AS views, sum(purchases)::BIGINT::VARCHAR AS purchases,
         sum(revenue::DECIMAL(18,4))::VARCHAR AS revenue, bit_xor(hash(${columns}))::VARCHAR AS checksum
       FROM ${contestant.from(output, table)}`,
    );
    result[table] = reader.getRowObjects()[0];
  }
  connection.closeSync();
  return result;
}

/** Throws where two digests differ, naming the table and both. */
function assertAgree(title, one, otherTitle, other) {
  for (const table of Object.keys(one)) {
    const [a, b] = [one, other].map((digests) => JSON.stringify(digests[table]));
    if (a !== b) throw new Error(`${table} differs:\n  ${title}: ${a}\n  ${otherTitle}: ${b}`);
  }
}

module.exports = { assertAgree, digest, GOLD_MEASURES };
