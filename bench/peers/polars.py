"""The batch job in Polars: python3 bench/peers/polars.py INPUT OUTPUT_FOLDER NOW

The same CSV in, the same gold and anomaly tables out, as Parquet. Like duckdb.sql it counts distinct records in one pass and looks for the
winner of a duplicate only where one key has two contents. Money is whole ten-thousandths; a session is compared by two 64-bit hashes with
different seeds, which the spec allows and text columns pay for. Set POLARS_MAX_THREADS.
"""

import sys
from datetime import datetime
from pathlib import Path

# This file has the package's name: without this, `import polars` would find itself.
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).resolve().parent]
import polars as pl  # noqa: E402

TYPES = ["view", "cart", "remove_from_cart", "purchase"]
MEASURES = ["views", "carts", "removals", "purchases", "revenue"]
KEY = ["t", "type", "product_id", "user_id", "session_a", "session_b"]
MONEY = pl.Decimal(18, 4)


def read(path: str) -> pl.LazyFrame:
    raw = pl.scan_csv(
        path,
        schema={
            "event_time": pl.String,
            "event_type": pl.String,
            "product_id": pl.UInt32,
            "category_id": pl.UInt64,
            "category_code": pl.String,
            "brand": pl.String,
            "price": pl.Float64,
            "user_id": pl.UInt32,
            "user_session": pl.String,
        },
    )
    session = pl.col("user_session").fill_null("")
    return raw.select(
        pl.col("event_time").str.head(19).str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="ms").alias("t"),
        pl.col("event_type").cast(pl.Enum(TYPES), strict=False).to_physical().alias("type"),
        "product_id",
        "user_id",
        session.hash(1).alias("session_a"),
        session.hash(2).alias("session_b"),
        "category_id",
        "category_code",
        "brand",
        # At most four decimals and far below 2^53: exact after rounding.
        (pl.col("price") * 10_000).round().cast(pl.Int64).alias("price"),
    )


def normalise(frame: pl.LazyFrame) -> pl.LazyFrame:
    """After the pass over all rows, where there is little left to do it on."""

    def text(name: str) -> pl.Expr:
        return pl.col(name).str.strip_chars().str.to_lowercase()

    def empty_to_null(expr: pl.Expr) -> pl.Expr:
        return pl.when(expr != "").then(expr)

    return frame.with_columns(
        empty_to_null(text("category_code").str.replace_all(r"[^a-z0-9._-]", "_")).alias("category"),
        empty_to_null(text("brand")).alias("brand"),
    ).drop("category_code")


def finish(frame: pl.LazyFrame, now: datetime) -> pl.LazyFrame:
    """Adds what every gold table has besides its key and measures."""

    def rate(part: str, whole: str) -> pl.Expr:
        return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))

    return frame.with_columns(
        (pl.col("revenue").cast(pl.Decimal(38, 4)) / pl.lit(10_000, pl.Decimal(38, 4))).cast(MONEY).alias("revenue"),
        rate("carts", "views").alias("view_to_cart_rate"),
        rate("purchases", "carts").alias("cart_to_purchase_rate"),
        rate("purchases", "views").alias("conversion_rate"),
        pl.lit("on_time").alias("pane"),
        pl.lit(now).alias("computed_at"),
    )


def anomalies(hourly: pl.DataFrame) -> pl.DataFrame:
    hourly = hourly.with_columns(pl.col("window_start").dt.hour().cast(pl.Int64).alias("hour_of_day"))
    base = hourly.filter(pl.col("views") >= 10).sort("window_start")
    rate = pl.col("conversion_rate")

    def baseline(suffix: str) -> list[pl.Expr]:
        return [rate.mean().alias(f"conv_mean_{suffix}"), rate.std().alias(f"conv_std_{suffix}"), pl.len().alias(f"n_{suffix}")]

    def z(suffix: str) -> pl.Expr:
        std = pl.col(f"conv_std_{suffix}")
        score = (rate - pl.col(f"conv_mean_{suffix}")) / std
        return pl.when(std > 0).then(score).otherwise(0.0).alias(f"z_{suffix}")

    average = (pl.col("revenue").sum().cast(pl.Float64) / pl.col("purchases").sum()).alias("base_price")
    expected = pl.col("views") * pl.col("conv_mean_brand")
    price = pl.when(pl.col("purchases") > 0).then(pl.col("revenue").cast(pl.Float64) / pl.col("purchases")).otherwise(pl.col("base_price"))
    return (
        hourly.filter(pl.col("views") >= 50)
        .join(base.group_by("brand").agg(*baseline("brand"), average), on="brand", how="left")
        .join(base.group_by("brand", "hour_of_day").agg(baseline("brand_hour")), on=["brand", "hour_of_day"], how="left")
        .with_columns(z("brand"), z("brand_hour"))
        .filter(pl.col("z_brand").abs() >= 2)
        .with_columns(
            pl.lit("zscore").alias("detector"),
            pl.lit("open").alias("status"),
            pl.when(pl.col("z_brand") < 0).then(pl.lit("drop")).otherwise(pl.lit("spike")).alias("anomaly_type"),
            (pl.col("z_brand") <= -2).alias("is_drop_anomaly"),
            (pl.col("z_brand") >= 2).alias("is_spike_anomaly"),
            expected.alias("expected_purchases"),
            ((expected - pl.col("purchases")) * price).round(4).cast(MONEY, strict=False).alias("revenue_at_risk"),
            pl.lit("run").alias("baseline"),
        )
        .drop("base_price")
    )


def main(source: str, output: str, now: datetime) -> None:
    out = Path(output)
    out.mkdir(parents=True, exist_ok=True)

    records = read(source).group_by(*KEY, "category_id", "category_code", "brand", "price").len("n").collect(engine="streaming")
    kept = records.lazy().filter(pl.col("price") > 0, pl.col("type").is_not_null())

    # Keys with more than one content: found by a hash, then normalised and told apart exactly. The least wins, the others are only revisions.
    content = ["t", "type", "category_code", "brand", "price"]
    hashes = kept.select(pl.struct(KEY).hash().alias("h")).collect().to_series()
    counted, revised = kept.select(content), None
    if hashes.n_unique() < len(hashes):
        twice = hashes.filter(hashes.is_duplicated()).unique().implode()
        hashed = kept.with_columns(pl.struct(KEY).hash().alias("h"))
        contents = normalise(hashed.filter(pl.col("h").is_in(twice))).select(*KEY, "price", "brand", "category", "category_id").unique()
        revised = contents.select("t")
        winners = contents.sort("price", "brand", "category", "category_id", nulls_last=False).unique(KEY, keep="first", maintain_order=True)
        clear = hashed.filter(~pl.col("h").is_in(twice)).select(content)
        counted = pl.concat([clear, winners.rename({"category": "category_code"}).select(content)])
        revised = pl.concat([clear.select("t"), revised])
    del hashes

    count = lambda code, name: (pl.col("type") == code).sum().cast(pl.Int64).alias(name)  # noqa: E731
    price = pl.col("price")
    band = (
        pl.when(price < 100_000).then(pl.lit("<10")).when(price < 300_000).then(pl.lit("10-30"))
        .when(price < 600_000).then(pl.lit("30-60")).otherwise(pl.lit("60+"))
    )
    fine = (
        counted.group_by(pl.col("t").dt.truncate("1h").alias("hour"), "brand", "category_code", band.alias("price_band"))
        .agg(
            count(0, "views"), count(1, "carts"), count(2, "removals"), count(3, "purchases"),
            price.filter(pl.col("type") == 3).sum().alias("revenue"),
        )
        .collect(engine="streaming")
    )
    cube = normalise(fine.lazy()).collect().lazy()
    revisions = (kept if revised is None else revised).group_by(pl.col("t").dt.truncate("1h").alias("hour"))
    hours = revisions.agg(pl.len().cast(pl.Int64).alias("revision")).collect(engine="streaming").lazy()
    days = hours.group_by(pl.col("hour").dt.date().alias("date")).agg(pl.col("revision").sum())
    sums = [pl.col(name).sum() for name in MEASURES]
    brand = pl.col("brand").fill_null("unknown")
    root = pl.col("category").str.split(".").list.first()
    window = [
        pl.col("hour").alias("window_start"),
        (pl.col("hour") + pl.duration(hours=1)).alias("window_end"),
        pl.col("hour").dt.date().alias("window_date"),
    ]

    def hourly(*keys: pl.Expr) -> pl.DataFrame:
        rolled = cube.group_by("hour", *keys).agg(sums).join(hours, on="hour").with_columns(window).drop("hour")
        return finish(rolled, now).collect()

    def daily(*keys: pl.Expr) -> pl.DataFrame:
        rolled = cube.group_by(pl.col("hour").dt.date().alias("date"), *keys).agg(sums).join(days, on="date")
        return finish(rolled, now).collect()

    hourly_brand = hourly(brand.alias("brand"))
    tables = {
        "gold_funnel_hourly_brand": hourly_brand,
        "gold_funnel_daily_brand": daily(brand.alias("brand")),
        "gold_funnel_daily_category": daily(pl.when(root != "").then(root).fill_null("unknown").alias("category_root")),
        "gold_funnel_hourly_price_band": hourly(pl.col("price_band")),
        "gold_anomalies_hourly_brand": anomalies(hourly_brand),
    }
    total = int(cube.select(pl.sum_horizontal("views", "carts", "removals", "purchases").sum()).collect().item())
    n = pl.col("n").sum().cast(pl.Int64)
    totals = records.lazy().select(
        n.alias("read"),
        pl.col("n").filter(pl.col("type").is_null()).sum().cast(pl.Int64).alias("unknown_event_type"),
        pl.col("n").filter(pl.col("type").is_not_null(), price <= 0).sum().cast(pl.Int64).alias("nonpositive_price"),
        pl.col("n").filter(pl.col("type").is_not_null(), price > 0).sum().cast(pl.Int64).alias("duplicates") - total,
        pl.lit(total).alias("counted"),
    )
    tables["counts"] = totals.collect()
    for name, frame in tables.items():
        frame.write_parquet(out / f"{name}.parquet")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3].replace("Z", "")))
