"""The batch job in Beam Python: python bench/peers/beam.py INPUT OUTPUT_FOLDER [options of Beam]

The same CSV in, the rows of the four gold tables out, a JSON line each. It is written as its users would: text lines, the csv module, a GroupByKey
that finds duplicates, one CombinePerKey a table. It does less than the others: no revisions, no anomalies, no ledger, and what it rejects
is gone. Money is whole ten-thousandths: quicker than adding up decimals.
"""

import csv
import json
import re
import sys
from datetime import datetime, timezone
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path

# So that this file, which has a package's name, isn't taken for one.
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).resolve().parent]
import apache_beam as beam  # noqa: E402
from apache_beam.options.pipeline_options import PipelineOptions  # noqa: E402
from apache_beam.transforms.window import FixedWindows, TimestampedValue  # noqa: E402

COLUMNS = ["event_time", "event_type", "product_id", "category_id", "category_code", "brand", "price", "user_id", "user_session"]
TYPES = {"view": 0, "cart": 1, "remove_from_cart": 2, "purchase": 3}
PURCHASE = TYPES["purchase"]
HOUR, DAY = 3600, 86400
PRICE = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
NOT_IN_CATEGORY = re.compile(r"[^a-z0-9._-]")


class Parse(beam.DoFn):
    """Lines to (dedup key, content), at the event's time. Of two contents of one key the lesser counts."""

    def process(self, line):
        row = next(csv.reader([line]), [])
        if len(row) != len(COLUMNS):
            return
        time, kind, product, category_id, category, brand, price, user, session = [field.strip() for field in row]
        try:
            at = datetime.fromisoformat(time.removesuffix(" UTC")).replace(tzinfo=timezone.utc).timestamp()
        except ValueError:
            return
        code = TYPES.get(kind.lower())
        if code is None or not PRICE.fullmatch(price):
            return
        try:
            money = int((Decimal(price) * 10_000).to_integral_value(ROUND_HALF_UP))
        except InvalidOperation:
            return
        if not 0 < money < 10**13:
            return
        content = (money, brand.lower(), NOT_IN_CATEGORY.sub("_", category.lower()), category_id)
        yield TimestampedValue(((at, user, session, product, code), content), at)


def one_of_each(record):
    """One event of what has come for one key: (type, price, brand, root of the category)."""
    (_, _, _, _, code), contents = record
    money, brand, category, _ = min(contents)
    return code, money, brand or "unknown", category.partition(".")[0] or "unknown"


def price_band(money):
    return "<10" if money < 100_000 else "10-30" if money < 300_000 else "30-60" if money < 600_000 else "60+"


class Measures(beam.CombineFn):
    """Views, carts, removals, purchases and revenue."""

    def create_accumulator(self):
        return [0, 0, 0, 0, 0]

    def add_input(self, sums, event):
        code, money = event
        sums[code] += 1
        if code == PURCHASE:
            sums[4] += money
        return sums

    def merge_accumulators(self, accumulators):
        return [sum(column) for column in zip(*accumulators)]

    def extract_output(self, sums):
        return sums


class ToJson(beam.DoFn):
    """A row as a line of JSON, with its window's begin as the time column."""

    def __init__(self, time, key):
        self.time, self.key = time, key

    def process(self, cell, window=beam.DoFn.WindowParam):
        key, (views, carts, removals, purchases, revenue) = cell
        begin = window.start.to_utc_datetime()
        yield json.dumps({
            self.time: begin.date().isoformat() if self.time == "date" else begin.isoformat(),
            self.key: key,
            "views": views, "carts": carts, "removals": removals, "purchases": purchases,
            "revenue": str(Decimal(revenue).scaleb(-4)),
            "view_to_cart_rate": carts / views if views else None,
            "cart_to_purchase_rate": purchases / carts if carts else None,
            "conversion_rate": purchases / views if views else None,
        })


# Table, seconds of its windows, name of its time column and of its key, the key of an event.
TABLES = [
    ("gold_funnel_hourly_brand", HOUR, "window_start", "brand", lambda e: (e[2], (e[0], e[1]))),
    ("gold_funnel_hourly_price_band", HOUR, "window_start", "price_band", lambda e: (price_band(e[1]), (e[0], e[1]))),
    ("gold_funnel_daily_brand", DAY, "date", "brand", lambda e: (e[2], (e[0], e[1]))),
    ("gold_funnel_daily_category", DAY, "date", "category_root", lambda e: (e[3], (e[0], e[1]))),
]


def main(source, output, flags):
    out = Path(output)
    out.mkdir(parents=True, exist_ok=True)
    with beam.Pipeline(options=PipelineOptions(flags)) as pipeline:
        events = (
            pipeline
            | "Read" >> beam.io.ReadFromText(source, skip_header_lines=1)
            | "Parse" >> beam.ParDo(Parse())
            | "Hours" >> beam.WindowInto(FixedWindows(HOUR))
            | "Same key" >> beam.GroupByKey()
            | "One of each" >> beam.Map(one_of_each)
        )
        spans = {HOUR: events, DAY: events | "Days" >> beam.WindowInto(FixedWindows(DAY))}
        for table, span, time, key, keyed in TABLES:
            (
                spans[span]
                | f"{table}: key" >> beam.Map(keyed)
                | f"{table}: sum" >> beam.CombinePerKey(Measures())
                | f"{table}: row" >> beam.ParDo(ToJson(time, key))
                | f"{table}: write" >> beam.io.WriteToText(str(out / table), ".json")
            )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
