-- The tables of a run as SQL over one well-formed CSV file of the shop: valid rows with plain ids, UTC times and at most four fractional digits, so
-- that only what the tables mean is computed here, not what dirty input means. The variable `events` is its path; the options are the product's defaults.
-- Written apart from the reference in TypeScript, to catch mistakes that one head makes once.

CREATE TEMP VIEW raw AS
SELECT *
FROM read_csv(getvariable('events'), header = true, all_varchar = true, auto_detect = false, delim = ',', quote = '"', escape = '"', columns = {
  event_time: 'VARCHAR', event_type: 'VARCHAR', product_id: 'VARCHAR', category_id: 'VARCHAR', category_code: 'VARCHAR',
  brand: 'VARCHAR', price: 'VARCHAR', user_id: 'VARCHAR', user_session: 'VARCHAR'});

CREATE TEMP TABLE parsed AS
SELECT
  strptime(event_time, '%Y-%m-%d %H:%M:%S UTC') AS event_time,
  event_type,
  product_id,
  coalesce(category_id, '') AS category_id,
  coalesce(brand, '') AS brand,
  lower(coalesce(brand, '')) AS brand_norm,
  regexp_replace(lower(coalesce(category_code, '')), '[^a-z0-9._-]', '_', 'g') AS category_code_norm,
  CAST(price AS DECIMAL(18, 4)) AS price,
  user_id,
  coalesce(user_session, '') AS user_session
FROM raw;

CREATE TEMP TABLE kept AS SELECT * FROM parsed WHERE price > 0;

CREATE TEMP TABLE winners AS
SELECT
  *,
  date_trunc('hour', event_time) AS hour,
  CAST(event_time AS DATE) AS date,
  coalesce(nullif(brand_norm, ''), 'unknown') AS brand_key,
  coalesce(nullif(split_part(category_code_norm, '.', 1), ''), 'unknown') AS category_root,
  CASE WHEN price < 10 THEN '<10' WHEN price < 30 THEN '10-30' WHEN price < 60 THEN '30-60' ELSE '60+' END AS price_band
FROM kept
QUALIFY row_number() OVER (
  PARTITION BY event_time, user_id, user_session, product_id, event_type
  ORDER BY price, brand_norm, category_code_norm, category_id) = 1;

CREATE TEMP TABLE distinct_records AS
SELECT DISTINCT event_time, event_type, product_id, category_id, category_code_norm, brand_norm, price, user_id, user_session FROM kept;

CREATE TEMP TABLE hour_revisions AS
SELECT date_trunc('hour', event_time) AS hour, count(*) AS revision FROM distinct_records GROUP BY 1;

CREATE TEMP TABLE day_revisions AS
SELECT CAST(event_time AS DATE) AS date, count(*) AS revision FROM distinct_records GROUP BY 1;

CREATE TEMP MACRO rate(n, d) AS CASE WHEN d = 0 THEN NULL ELSE CAST(n AS DOUBLE) / CAST(d AS DOUBLE) END;

CREATE TEMP TABLE cells AS
SELECT
  hour, date, brand_key, category_root, price_band,
  GROUPING(hour, date, brand_key, category_root, price_band) AS level,
  countif(event_type = 'view') AS views, countif(event_type = 'cart') AS carts,
  countif(event_type = 'remove_from_cart') AS removals, countif(event_type = 'purchase') AS purchases,
  coalesce(sum(price) FILTER (WHERE event_type = 'purchase'), 0) AS revenue
FROM winners
GROUP BY GROUPING SETS ((hour, brand_key), (date, brand_key), (date, category_root), (hour, price_band));

CREATE TEMP TABLE rated AS
SELECT *, rate(carts, views) AS view_to_cart_rate, rate(purchases, carts) AS cart_to_purchase_rate, rate(purchases, views) AS conversion_rate
FROM cells;

CREATE TEMP VIEW gold_funnel_hourly_brand AS
SELECT hour AS window_start, hour + INTERVAL 1 HOUR AS window_end, CAST(hour AS DATE) AS window_date, brand_key AS brand,
  rated.* EXCLUDE (hour, date, brand_key, category_root, price_band, level), 'on_time' AS pane, revision, TIMESTAMP '2026-01-01' AS computed_at
FROM rated JOIN hour_revisions USING (hour) WHERE level = 11;

CREATE TEMP VIEW gold_funnel_daily_brand AS
SELECT date, brand_key AS brand,
  rated.* EXCLUDE (hour, date, brand_key, category_root, price_band, level), 'on_time' AS pane, revision, TIMESTAMP '2026-01-01' AS computed_at
FROM rated JOIN day_revisions USING (date) WHERE level = 19;

CREATE TEMP VIEW gold_funnel_daily_category AS
SELECT date, category_root,
  rated.* EXCLUDE (hour, date, brand_key, category_root, price_band, level), 'on_time' AS pane, revision, TIMESTAMP '2026-01-01' AS computed_at
FROM rated JOIN day_revisions USING (date) WHERE level = 21;

CREATE TEMP VIEW gold_funnel_hourly_price_band AS
SELECT hour AS window_start, hour + INTERVAL 1 HOUR AS window_end, CAST(hour AS DATE) AS window_date, price_band,
  rated.* EXCLUDE (hour, date, brand_key, category_root, price_band, level), 'on_time' AS pane, revision, TIMESTAMP '2026-01-01' AS computed_at
FROM rated JOIN hour_revisions USING (hour) WHERE level = 14;

CREATE TEMP VIEW baseline AS SELECT *, hour(window_start) AS hour_of_day FROM gold_funnel_hourly_brand WHERE views >= 10;

CREATE TEMP MACRO deviation(c) AS
  CASE WHEN count(c) < 2 THEN NULL WHEN min(c) = max(c) THEN 0 ELSE stddev_samp(c) END;

CREATE TEMP VIEW by_brand AS
SELECT brand, avg(conversion_rate) AS mean, deviation(conversion_rate) AS std, count(*) AS n, sum(purchases) AS purchases, sum(revenue) AS revenue
FROM baseline GROUP BY ALL;

CREATE TEMP VIEW by_brand_hour AS
SELECT brand, hour_of_day, avg(conversion_rate) AS mean, deviation(conversion_rate) AS std, count(*) AS n
FROM baseline GROUP BY ALL;

CREATE TEMP MACRO score(c, mean, std) AS CASE WHEN std > 0 THEN (c - mean) / std ELSE 0 END;

CREATE TEMP VIEW scored AS
SELECT
  g.window_start, g.window_end, g.window_date, hour(g.window_start) AS hour_of_day, g.brand, 'zscore' AS detector, 'open' AS status,
  score(g.conversion_rate, b.mean, b.std) AS z_brand, score(g.conversion_rate, h.mean, h.std) AS z_brand_hour,
  b.mean AS conv_mean_brand, b.std AS conv_std_brand, coalesce(b.n, 0) AS n_brand,
  h.mean AS conv_mean_brand_hour, h.std AS conv_std_brand_hour, coalesce(h.n, 0) AS n_brand_hour,
  g.views * b.mean AS expected_purchases,
  -- DOUBLE up to the last step; the caller knows that this one column can be off by a ten-thousandth
  CAST(round((g.views * b.mean - g.purchases)
    * CASE WHEN g.purchases > 0 THEN CAST(g.revenue AS DOUBLE) / g.purchases
           WHEN b.purchases > 0 THEN CAST(b.revenue AS DOUBLE) / b.purchases END, 4) AS DECIMAL(18, 4)) AS revenue_at_risk,
  'run' AS baseline, CAST(NULL AS TIMESTAMP) AS baseline_through,
  g.* EXCLUDE (window_start, window_end, window_date, brand)
FROM gold_funnel_hourly_brand g
LEFT JOIN by_brand b ON b.brand = g.brand
LEFT JOIN by_brand_hour h ON h.brand = g.brand AND h.hour_of_day = hour(g.window_start)
WHERE g.views >= 50;

CREATE TEMP VIEW gold_anomalies_hourly_brand AS
SELECT *, CASE WHEN z_brand <= -2 THEN 'drop' ELSE 'spike' END AS anomaly_type, z_brand <= -2 AS is_drop_anomaly, z_brand >= 2 AS is_spike_anomaly
FROM scored WHERE abs(z_brand) >= 2;

CREATE TEMP VIEW pipeline_ledger AS
SELECT
  strftime(hour, '%Y-%m-%dT%H:00:00Z') AS bucket, hour AS window_start, "read", counted, kept_rows - counted AS duplicates, "read" - kept_rows AS rejected,
  CAST(0 AS BIGINT) AS late_dropped, 'runner' AS late_source, CAST(0 AS BIGINT) AS redriven, CAST(0 AS BIGINT) AS unaccounted, CAST(0 AS BIGINT) AS "commit"
FROM (SELECT date_trunc('hour', event_time) AS hour, count(*) AS "read", count(*) FILTER (WHERE price > 0) AS kept_rows FROM parsed GROUP BY 1)
LEFT JOIN (SELECT hour, count(*) AS counted FROM winners GROUP BY 1) USING (hour);
