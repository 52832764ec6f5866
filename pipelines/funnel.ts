/**
 * The graph: raw records of an online shop → its conversion funnel per hour and day, anomalies, and the books of the run.
 *
 *   source → parse and clean → count records → merge hours → merge days
 *                 │                                 │            │
 *                 │                                 ├────────────┴─→ gold tables ───┐
 *                 │                                 ├─→ baseline ─┐                 │
 *                 │                                 ├─────────────┴─→ anomalies ────┤
 *                 ├─ tallies ───────────────────────┴─→ ledger ────────────────────→├─→ publish
 *                 └─ rejects ─→ dead letters ───────────────────────────────────────┘
 *
 * It knows neither files nor databases nor whether its input ends: where records come from and where rows go is handed to it as its ends.
 */

import type { PCollection, Root } from '../beam/sdk';
import type { Transform } from '../beam/step';
import type { RangeChunk } from '../schema/chunk';
import type { Row, Table } from '../schema/table';
import {
  deadLetters,
  goldAnomaliesHourlyBrand,
  goldFunnelDailyBrand,
  goldFunnelDailyCategory,
  goldFunnelHourlyBrand,
  goldFunnelHourlyPriceBand,
  type LedgerRow,
  pipelineLedger,
  silverEvents,
} from '../schema/tables';
import { detectAnomalies, takeBrands } from '../transforms/anomalies';
import type { ScoreOptions } from '../transforms/anomalies/score';
import type { BaselineEnd } from '../transforms/baselines';
import { balanceLedger, deadLetterRows } from '../transforms/books';
import type { EventBatch } from '../transforms/clean/event_batch';
import { countRecords, mergeDays, mergeHours } from '../transforms/count_and_merge';
import { goldTables } from '../transforms/gold_tables';
import type { ParseOptions } from '../transforms/parse/parse_fn';
import { parseAndClean } from '../transforms/parse_and_clean';
import { silverEventRows } from '../transforms/silver_events';
import type { WindowingOptions } from '../transforms/windowing';

/** Where the graph begins and ends. `Part` is what a sink says of the rows that it has taken. */
export interface FunnelEnds<Part> {
  /** Raw records. */
  readonly source: (root: Root) => PCollection<RangeChunk>;
  /** What hours are scored against, see transforms/baselines.ts. */
  readonly baseline: BaselineEnd;
  /** Batches that came too late for their hour, where the runner gives them; null where there are none or it doesn't. */
  readonly late: ((root: Root) => PCollection<EventBatch>) | null;
  /** Looks at the ledger before anything is published. */
  readonly audit: Transform<LedgerRow[], LedgerRow[]>;
  /** Takes a table's rows. */
  readonly sink: <T extends Table>(table: T) => Transform<Row<T>[], Part>;
  /** The last step, behind all sinks: makes what they took visible. */
  readonly publish: (parts: PCollection<Part>[]) => void;
}

export interface FunnelOptions {
  readonly parse: ParseOptions;
  readonly windowing: WindowingOptions;
  /** Bounds of the price bands, see PriceBands. */
  readonly priceBandBounds: readonly number[];
  /** Views that an hour needs to count for the baseline. */
  readonly minBaselineViews: number;
  readonly score: ScoreOptions;
  /** What rows carry as computed_at, and dead letters as rejected_at: milliseconds since 1970. */
  readonly computedAt: number;
}

/** Builds the graph on `root`. */
export function funnel<Part>(root: Root, ends: FunnelEnds<Part>, options: FunnelOptions): void {
  const { windowing, minBaselineViews, computedAt } = options;

  const cleaned = ends.source(root).apply(parseAndClean(options.parse) as never) as unknown as ReturnType<
    ReturnType<typeof parseAndClean>
  >;
  const hours = cleaned.batches
    .apply(countRecords(windowing, options.priceBandBounds))
    .apply(mergeHours(windowing));
  const days = hours.apply(mergeDays(windowing));

  const gold = goldTables(hours, days, computedAt);
  const brands = hours.apply(takeBrands());
  const baseline = ends.baseline(root, brands, { minViews: minBaselineViews, windowing });
  const anomalies = brands.apply(detectAnomalies(baseline, options.score, windowing, computedAt));

  const ledger = balanceLedger(cleaned.tallies, hours, ends.late?.(root) ?? null).apply(ends.audit);
  const letters = cleaned.rejects.apply(deadLetterRows(computedAt));

  ends.publish([
    gold.hourlyBrand.apply(ends.sink(goldFunnelHourlyBrand)),
    gold.dailyBrand.apply(ends.sink(goldFunnelDailyBrand)),
    gold.dailyCategory.apply(ends.sink(goldFunnelDailyCategory)),
    gold.hourlyPriceBand.apply(ends.sink(goldFunnelHourlyPriceBand)),
    anomalies.apply(ends.sink(goldAnomaliesHourlyBrand)),
    letters.apply(ends.sink(deadLetters)),
    ledger.apply(ends.sink(pipelineLedger)),
    ...(options.parse.silver
      ? [
          cleaned.silver
            .apply(silverEventRows(windowing, options.priceBandBounds))
            .apply(ends.sink(silverEvents)),
        ]
      : []),
  ]);
}
