-- The batch job as DuckDB SQL: the same CSV in, the same gold and anomaly tables out. What is tuned is what was measured to help: typed columns
-- and UUIDs instead of text, one GROUP BY straight from the CSV instead of a silver table, brands normalised after it, the winner of a duplicate
-- looked for only where one key has two contents, and one fine aggregate that all four gold tables roll up from.
-- It expects the generator's input: ids that are numbers, sessions that are UUIDs, no quotes. @input@, @output@ and @now@ are filled in.
SET threads = 2;
SET preserve_insertion_order = false;

CREATE MACRO normal_brand(brand) AS nullif(lower(trim(brand)), '');
CREATE MACRO normal_category(code) AS nullif(regexp_replace(lower(trim(code)), '[^a-z0-9._-]', '_', 'g'), '');

-- Distinct rows with the number of times each was read; rejected ones too, so that one pass counts everything.
CREATE TEMP TABLE records AS
SELECT
  event_time AS t,
  CASE event_type WHEN 'view' THEN 0 WHEN 'cart' THEN 1 WHEN 'remove_from_cart' THEN 2 WHEN 'purchase' THEN 3
    ELSE list_position(['view', 'cart', 'remove_from_cart', 'purchase'], lower(trim(event_type))) - 1 END::UTINYINT AS type,
  product_id, category_id, category_code, brand, price, user_id, user_session,
  count(*)::UINTEGER AS n
FROM read_csv('@input@', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', new_line = '\n',
  timestampformat = '%Y-%m-%d %H:%M:%S UTC', columns = {
  'event_time': 'TIMESTAMP', 'event_type': 'VARCHAR', 'product_id': 'UINTEGER', 'category_id': 'UBIGINT', 'category_code': 'VARCHAR',
  'brand': 'VARCHAR', 'price': 'DECIMAL(18,4)', 'user_id': 'UINTEGER', 'user_session': 'UUID'})
GROUP BY ALL;

-- Keys with more than one content: found by a hash, then normalised and told apart exactly. Place 1 wins, the others only count as revisions.
CREATE TEMP TABLE doubtful AS
WITH kept AS (
  SELECT *, rowid AS id, hash(t, type, product_id, user_id, user_session) AS h FROM records WHERE price > 0 AND type IS NOT NULL),
twice AS (
  SELECT hash(t, type, product_id, user_id, user_session) AS h FROM records WHERE price > 0 AND type IS NOT NULL
  GROUP BY 1 HAVING count(*) > 1)
SELECT * EXCLUDE (brand, category_code), normal_brand(brand) AS brand, normal_category(category_code) AS category
FROM kept SEMI JOIN twice USING (h);

CREATE TEMP TABLE settled AS
SELECT t, type, brand, category, price,
  row_number() OVER (PARTITION BY t, type, product_id, user_id, user_session
    ORDER BY price, brand NULLS FIRST, category NULLS FIRST, category_id NULLS FIRST) AS place
FROM (SELECT DISTINCT t, type, product_id, user_id, user_session, brand, category, category_id, price FROM doubtful);

CREATE TEMP TABLE cube AS
WITH counted AS (
  SELECT t, type, brand, category_code AS category, price, 1 AS counts FROM records
  WHERE price > 0 AND type IS NOT NULL AND rowid NOT IN (SELECT id FROM doubtful)
  UNION ALL
  SELECT t, type, brand, category, price, (place = 1)::INTEGER AS counts FROM settled)
SELECT
  date_trunc('hour', t) AS hour,
  brand AS raw_brand,
  category AS raw_category,
  CASE WHEN price < 10 THEN '<10' WHEN price < 30 THEN '10-30' WHEN price < 60 THEN '30-60' ELSE '60+' END AS band,
  counts,
  count(*) FILTER (type = 0) AS views,
  count(*) FILTER (type = 1) AS carts,
  count(*) FILTER (type = 2) AS removals,
  count(*) FILTER (type = 3) AS purchases,
  coalesce(sum(price) FILTER (type = 3), 0) AS revenue
FROM counted GROUP BY ALL;

CREATE TEMP TABLE hours AS
SELECT hour, sum(views + carts + removals + purchases)::BIGINT AS revision FROM cube GROUP BY 1;

DELETE FROM cube WHERE counts = 0;
CREATE TEMP VIEW normal_cube AS
SELECT * EXCLUDE (raw_brand, raw_category, counts), normal_brand(raw_brand) AS brand, normal_category(raw_category) AS category FROM cube;

CREATE MACRO rate(part, whole) AS CASE WHEN whole > 0 THEN part::DOUBLE / whole END;

ATTACH '@output@' AS out;

CREATE TABLE out.gold_funnel_hourly_brand AS
SELECT c.hour AS window_start, c.hour + INTERVAL 1 HOUR AS window_end, c.hour::DATE AS window_date, coalesce(brand, 'unknown') AS brand,
  sum(views)::BIGINT AS views, sum(carts)::BIGINT AS carts, sum(removals)::BIGINT AS removals, sum(purchases)::BIGINT AS purchases,
  sum(revenue)::DECIMAL(18,4) AS revenue, rate(sum(carts), sum(views)) AS view_to_cart_rate,
  rate(sum(purchases), sum(carts)) AS cart_to_purchase_rate, rate(sum(purchases), sum(views)) AS conversion_rate,
  'on_time' AS pane, any_value(revision) AS revision, TIMESTAMP '@now@' AS computed_at
FROM normal_cube c JOIN hours h ON h.hour = c.hour GROUP BY c.hour, coalesce(brand, 'unknown');

CREATE TABLE out.gold_funnel_daily_brand AS
WITH days AS (SELECT hour::DATE AS date, sum(revision)::BIGINT AS revision FROM hours GROUP BY 1)
SELECT window_date AS date, brand,
  sum(views)::BIGINT AS views, sum(carts)::BIGINT AS carts, sum(removals)::BIGINT AS removals, sum(purchases)::BIGINT AS purchases,
  sum(revenue)::DECIMAL(18,4) AS revenue, rate(sum(carts), sum(views)) AS view_to_cart_rate,
  rate(sum(purchases), sum(carts)) AS cart_to_purchase_rate, rate(sum(purchases), sum(views)) AS conversion_rate,
  'on_time' AS pane, any_value(d.revision) AS revision, TIMESTAMP '@now@' AS computed_at
FROM out.gold_funnel_hourly_brand g JOIN days d ON d.date = g.window_date GROUP BY window_date, brand;

CREATE TABLE out.gold_funnel_daily_category AS
WITH days AS (SELECT hour::DATE AS date, sum(revision)::BIGINT AS revision FROM hours GROUP BY 1)
SELECT date, coalesce(nullif(split_part(category, '.', 1), ''), 'unknown') AS category_root,
  sum(views)::BIGINT AS views, sum(carts)::BIGINT AS carts, sum(removals)::BIGINT AS removals, sum(purchases)::BIGINT AS purchases,
  sum(revenue)::DECIMAL(18,4) AS revenue, rate(sum(carts), sum(views)) AS view_to_cart_rate,
  rate(sum(purchases), sum(carts)) AS cart_to_purchase_rate, rate(sum(purchases), sum(views)) AS conversion_rate,
  'on_time' AS pane, any_value(d.revision) AS revision, TIMESTAMP '@now@' AS computed_at
FROM normal_cube c JOIN days d ON d.date = c.hour::DATE GROUP BY 1, 2;

CREATE TABLE out.gold_funnel_hourly_price_band AS
SELECT c.hour AS window_start, c.hour + INTERVAL 1 HOUR AS window_end, c.hour::DATE AS window_date, band AS price_band,
  sum(views)::BIGINT AS views, sum(carts)::BIGINT AS carts, sum(removals)::BIGINT AS removals, sum(purchases)::BIGINT AS purchases,
  sum(revenue)::DECIMAL(18,4) AS revenue, rate(sum(carts), sum(views)) AS view_to_cart_rate,
  rate(sum(purchases), sum(carts)) AS cart_to_purchase_rate, rate(sum(purchases), sum(views)) AS conversion_rate,
  'on_time' AS pane, any_value(revision) AS revision, TIMESTAMP '@now@' AS computed_at
FROM normal_cube c JOIN hours h ON h.hour = c.hour GROUP BY c.hour, band;

CREATE TABLE out.gold_anomalies_hourly_brand AS
WITH base AS (SELECT * FROM out.gold_funnel_hourly_brand WHERE views >= 10),
by_brand AS (
  SELECT brand, avg(conversion_rate) AS mean, stddev_samp(conversion_rate) AS std, count(*) AS n FROM base GROUP BY 1),
by_hour AS (
  SELECT brand, hour(window_start) AS hour_of_day, avg(conversion_rate) AS mean, stddev_samp(conversion_rate) AS std, count(*) AS n
  FROM base GROUP BY 1, 2),
price AS (SELECT brand, sum(revenue)::DOUBLE / nullif(sum(purchases), 0) AS average FROM base GROUP BY 1),
scored AS (
  SELECT g.*, hour(window_start) AS hour_of_day, b.mean AS conv_mean_brand, b.std AS conv_std_brand, coalesce(b.n, 0) AS n_brand,
    h.mean AS conv_mean_brand_hour, h.std AS conv_std_brand_hour, coalesce(h.n, 0) AS n_brand_hour,
    CASE WHEN b.std > 0 THEN (conversion_rate - b.mean) / b.std ELSE 0 END AS z_brand,
    CASE WHEN h.std > 0 THEN (conversion_rate - h.mean) / h.std ELSE 0 END AS z_brand_hour,
    CASE WHEN purchases > 0 THEN g.revenue::DOUBLE / purchases ELSE p.average END AS average_price
  FROM out.gold_funnel_hourly_brand g
  LEFT JOIN by_brand b ON b.brand = g.brand
  LEFT JOIN by_hour h ON h.brand = g.brand AND h.hour_of_day = hour(g.window_start)
  LEFT JOIN price p ON p.brand = g.brand
  WHERE views >= 50)
SELECT window_start, window_end, window_date, hour_of_day, brand, 'zscore' AS detector, 'open' AS status,
  CASE WHEN z_brand < 0 THEN 'drop' ELSE 'spike' END AS anomaly_type, z_brand <= -2 AS is_drop_anomaly, z_brand >= 2 AS is_spike_anomaly,
  z_brand, z_brand_hour, conv_mean_brand, conv_std_brand, n_brand, conv_mean_brand_hour, conv_std_brand_hour, n_brand_hour,
  views * conv_mean_brand AS expected_purchases,
  round((views * conv_mean_brand - purchases) * average_price, 4)::DECIMAL(18,4) AS revenue_at_risk,
  'run' AS baseline, NULL::TIMESTAMP AS baseline_through,
  views, carts, removals, purchases, revenue, view_to_cart_rate, cart_to_purchase_rate, conversion_rate, pane, revision, computed_at
FROM scored WHERE abs(z_brand) >= 2;

CREATE TABLE out.counts AS
SELECT sum(n)::BIGINT AS read,
  coalesce(sum(n) FILTER (type IS NULL), 0)::BIGINT AS unknown_event_type,
  coalesce(sum(n) FILTER (type IS NOT NULL AND price <= 0), 0)::BIGINT AS nonpositive_price,
  coalesce(sum(n) FILTER (type IS NOT NULL AND price > 0), 0)::BIGINT - (SELECT sum(views + carts + removals + purchases) FROM cube)::BIGINT AS duplicates,
  (SELECT sum(views + carts + removals + purchases) FROM cube)::BIGINT AS counted
FROM records;
DETACH out;
