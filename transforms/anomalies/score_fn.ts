import type { PrecedingWindow } from '../../beam/preceding_window';
import { HOUR_MS } from '../../schema/events';
import type { AnomalyRow } from '../../schema/tables';
import { type Baseline, type BaselineName, fullestBaseline, hourOfDayOf } from '../baseline/baseline';
import type { HourBrands } from '../baseline/baseline_fn';
import type { Lookup, PaneContext } from '../context';
import { COUNTS } from '../count/cells';
import { isoDate, paneLabel } from '../gold/gold_rows';
import { MeasuredRow } from '../gold/measured_row';
import { type ScoreOptions, score } from './score';
import type { HourVerdict } from './verdict_fn';

export const DETECTOR = 'zscore';

/** What rows say of the baseline that they were scored against. */
export interface ScoredAgainst {
  readonly name: BaselineName;
  /** The hours that it may hold, for a main window; null where it may hold any. */
  readonly hours: PrecedingWindow | null;
}

/**
 * Brands of an hour × baseline → the verdict on each of its brands.
 *
 * An early pane is not scored: an unfinished hour always looks bad. Where the pane is the only one that its hour will ever have (bounded input), there is nothing to retract,
 * and only flagged brands are passed on.
 */
export class ScoreHour {
  constructor(
    readonly options: ScoreOptions,
    readonly computedAt: number,
    readonly bounded: boolean,
    readonly against: ScoredAgainst,
  ) {}

  *process(
    { hour: start, revision, brands }: HourBrands,
    context: PaneContext & { baseline: Lookup<Baseline[]> },
  ): Generator<{ key: string; value: HourVerdict }> {
    const info = context.pane.lookup();
    const pane = paneLabel(info, this.bounded);
    if (pane === 'early') return;
    const baseline = fullestBaseline(context.baseline.lookup());
    const through = this.against.hours?.endFor(start) ?? null;
    const isOnlyPane = this.bounded || (info.isFirst && info.isLast);
    const provenance = { pane, revision, computed_at: this.computedAt };
    const rows: AnomalyRow[] = [];
    for (let cell = 0; cell < brands.size; cell++) {
      // What is not judged is not flagged, and most is not judged.
      if (isOnlyPane && brands.counts[cell * COUNTS] < this.options.minFlagViews) continue;
      const brand = brands.names[cell];
      const measured = new MeasuredRow(brands, cell, provenance);
      const verdict = score(brand, start, measured, baseline, this.options);
      if (isOnlyPane && verdict.status !== 'open') continue;
      rows.push({
        window_start: start,
        window_end: start + HOUR_MS,
        window_date: isoDate(start),
        hour_of_day: hourOfDayOf(start),
        brand,
        detector: DETECTOR,
        ...verdict,
        baseline: this.against.name,
        baseline_through: through,
        ...measured,
      });
    }
    if (rows.length > 0) yield { key: String(start), value: rows };
  }
}
