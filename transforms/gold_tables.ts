import { isBounded } from '../beam/bounded';
import { type PCollection, paneInfoParam, windowParam } from '../beam/sdk';
import { type StepFn, step, type Transform } from '../beam/step';
import type { DailyBrandRow, DailyCategoryRow, HourlyBrandRow, HourlyPriceBandRow } from '../schema/tables';
import type { PaneContext } from './context';
import type { Rollup } from './count/rollup';
import { DailyBrandRows, DailyCategoryRows, HourlyBrandRows, HourlyPriceBandRows } from './gold/gold_rows';

/** The four gold tables, as lists of the rows of one hour or day. */
export interface GoldTables {
  readonly hourlyBrand: PCollection<HourlyBrandRow[]>;
  readonly hourlyPriceBand: PCollection<HourlyPriceBandRow[]>;
  readonly dailyBrand: PCollection<DailyBrandRow[]>;
  readonly dailyCategory: PCollection<DailyCategoryRow[]>;
}

/**
 * Merged hours and days → rows with measures, revision and the label of their pane. Every pane gives out every row of its window anew; time and windows stay as they are.
 */
export function goldTables(
  hours: PCollection<Rollup>,
  days: PCollection<Rollup>,
  computedAt: number,
): GoldTables {
  const bounded = isBounded(hours);
  return {
    hourlyBrand: hours.apply(rows('Hourly brand rows', new HourlyBrandRows(computedAt, bounded))),
    hourlyPriceBand: hours.apply(
      rows('Hourly price band rows', new HourlyPriceBandRows(computedAt, bounded)),
    ),
    dailyBrand: days.apply(rows('Daily brand rows', new DailyBrandRows(computedAt, bounded))),
    dailyCategory: days.apply(rows('Daily category rows', new DailyCategoryRows(computedAt, bounded))),
  };
}

function rows<R>(name: string, fn: StepFn<Rollup, R[], PaneContext>): Transform<Rollup, R[]> {
  return step(name, fn, { window: windowParam(), pane: paneInfoParam() });
}
