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
import { type Measures, withMeasures } from './measures';

/** What a row says of its firing: the pane's label, the window's revision, and when it was computed. */
export interface Provenance {
  pane: PaneLabel;
  revision: number;
  computed_at: number;
}

export type PaneLabel = 'early' | 'on_time' | 'late';

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

/** A row for each cell: what `key` makes of its name, and its measures. */
function rows<R extends object>(cells: Cells, key: (name: string) => R): (R & Measures)[] {
  return cells.names.map((name, cell) => withMeasures(key(name), cells, cell));
}

/** What all rows of an hour have. */
function hourOf(
  start: number,
  provenance: Provenance,
): Provenance & { window_start: number; window_end: number; window_date: string } {
  return { ...provenance, window_start: start, window_end: start + HOUR_MS, window_date: isoDate(start) };
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
  protected override rows(rollup: Rollup, start: number, provenance: Provenance): HourlyBrandRow[] {
    const hour = hourOf(start, provenance);
    return rows(rollup.brands, (brand) => ({ ...hour, brand }));
  }
}

/** Merged hour → rows of gold_funnel_hourly_price_band. */
export class HourlyPriceBandRows extends GoldRows<HourlyPriceBandRow> {
  protected override rows(rollup: Rollup, start: number, provenance: Provenance): HourlyPriceBandRow[] {
    const hour = hourOf(start, provenance);
    return rows(rollup.priceBands, (price_band) => ({ ...hour, price_band }));
  }
}

/** Merged day → rows of gold_funnel_daily_brand. */
export class DailyBrandRows extends GoldRows<DailyBrandRow> {
  protected override rows(rollup: Rollup, start: number, provenance: Provenance): DailyBrandRow[] {
    const day = { ...provenance, date: isoDate(start) };
    return rows(rollup.brands, (brand) => ({ ...day, brand }));
  }
}

/** Merged day → rows of gold_funnel_daily_category. */
export class DailyCategoryRows extends GoldRows<DailyCategoryRow> {
  protected override rows(rollup: Rollup, start: number, provenance: Provenance): DailyCategoryRow[] {
    const day = { ...provenance, date: isoDate(start) };
    return rows(rollup.categories, (category_root) => ({ ...day, category_root }));
  }
}
