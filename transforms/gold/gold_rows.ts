/**
 * Gold rows of merged hours and days.
 */
import type { PaneInfo } from 'apache-beam/values';
import { HOUR_MS } from '../../schema/events';
import type {
  DailyBrandRow,
  DailyCategoryRow,
  HourlyBrandRow,
  HourlyPriceBandRow,
} from '../../schema/tables';
import { type PaneContext, windowStart } from '../context';
import type { Cells } from '../count/cells';
import type { Rollup } from '../count/rollup';
import { MeasuredRow, type PaneLabel, type Provenance } from './measured_row';

/**
 * A pane's label. Rows of bounded input are on time whatever the runner says: there is one pane, and some runners call it late or don't say. UNKNOWN, which is what a runner
 * says that doesn't do panes, counts as on time.
 */
export function paneLabel(pane: PaneInfo, bounded: boolean): PaneLabel {
  if (bounded) return 'on_time';
  if (pane.timing === 'EARLY') return 'early';
  return pane.timing === 'LATE' ? 'late' : 'on_time';
}

/** UTC day of a time, `YYYY-MM-DD`. */
export function isoDate(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** An hour as its rows name it. */
class Hour {
  readonly start: number;
  readonly end: number;
  readonly date: string;

  constructor(start: number) {
    this.start = start;
    this.end = start + HOUR_MS;
    this.date = isoDate(start);
  }
}

abstract class HourlyRow extends MeasuredRow {
  declare readonly window_start: number;
  declare readonly window_end: number;
  declare readonly window_date: string;

  constructor(hour: Hour, cells: Cells, cell: number, provenance: Provenance) {
    super(cells, cell, provenance);
    this.window_start = hour.start;
    this.window_end = hour.end;
    this.window_date = hour.date;
  }
}

class HourOfBrand extends HourlyRow {
  declare readonly brand: string;

  constructor(hour: Hour, cells: Cells, cell: number, provenance: Provenance) {
    super(hour, cells, cell, provenance);
    this.brand = cells.names[cell];
  }
}

class HourOfPriceBand extends HourlyRow {
  declare readonly price_band: string;

  constructor(hour: Hour, cells: Cells, cell: number, provenance: Provenance) {
    super(hour, cells, cell, provenance);
    this.price_band = cells.names[cell];
  }
}

class DayOfBrand extends MeasuredRow {
  declare readonly brand: string;

  constructor(
    readonly date: string,
    cells: Cells,
    cell: number,
    provenance: Provenance,
  ) {
    super(cells, cell, provenance);
    this.brand = cells.names[cell];
  }
}

class DayOfCategory extends MeasuredRow {
  declare readonly category_root: string;

  constructor(
    readonly date: string,
    cells: Cells,
    cell: number,
    provenance: Provenance,
  ) {
    super(cells, cell, provenance);
    this.category_root = cells.names[cell];
  }
}

/** `computedAt`: milliseconds since 1970 that rows carry as computed_at; `bounded`: whether the input ends. */
abstract class GoldRows<R> {
  constructor(
    readonly computedAt: number,
    readonly bounded: boolean,
  ) {}

  *process(rollup: Rollup, context: PaneContext): Generator<R[]> {
    const provenance = {
      pane: paneLabel(context.pane.lookup(), this.bounded),
      revision: rollup.revision,
      computed_at: this.computedAt,
    };
    yield this.rows(rollup, windowStart(context.window.lookup()), provenance);
  }

  protected abstract rows(rollup: Rollup, start: number, provenance: Provenance): R[];
}

/** Merged hour → rows of gold_funnel_hourly_brand. */
export class HourlyBrandRows extends GoldRows<HourlyBrandRow> {
  protected override rows({ brands }: Rollup, start: number, provenance: Provenance): HourlyBrandRow[] {
    const hour = new Hour(start);
    return brands.names.map((_, cell) => new HourOfBrand(hour, brands, cell, provenance));
  }
}

/** Merged hour → rows of gold_funnel_hourly_price_band. */
export class HourlyPriceBandRows extends GoldRows<HourlyPriceBandRow> {
  protected override rows(
    { priceBands }: Rollup,
    start: number,
    provenance: Provenance,
  ): HourlyPriceBandRow[] {
    const hour = new Hour(start);
    return priceBands.names.map((_, cell) => new HourOfPriceBand(hour, priceBands, cell, provenance));
  }
}

/** Merged day → rows of gold_funnel_daily_brand. */
export class DailyBrandRows extends GoldRows<DailyBrandRow> {
  protected override rows({ brands }: Rollup, start: number, provenance: Provenance): DailyBrandRow[] {
    const date = isoDate(start);
    return brands.names.map((_, cell) => new DayOfBrand(date, brands, cell, provenance));
  }
}

/** Merged day → rows of gold_funnel_daily_category. */
export class DailyCategoryRows extends GoldRows<DailyCategoryRow> {
  protected override rows({ categories }: Rollup, start: number, provenance: Provenance): DailyCategoryRow[] {
    const date = isoDate(start);
    return categories.names.map((_, cell) => new DayOfCategory(date, categories, cell, provenance));
  }
}
