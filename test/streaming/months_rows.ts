/** Hourly rows of the reference, and what they are as history. */
import type { HourlyBrandRow } from '../../schema/tables';
import { type MonthsEvent, monthsCsv } from '../dirty/months';
import { compareUtf8 } from '../reference/duplicates';
import { computeReference } from '../reference/reference';

export function hourlyRows(events: readonly MonthsEvent[]): HourlyBrandRow[] {
  const file = { source: 'stream', format: 'csv' as const, bytes: monthsCsv(events) };
  return computeReference([file]).gold_funnel_hourly_brand;
}

/** Rows as a history's hours, brands in their order. */
export function historyOf(rows: readonly HourlyBrandRow[]) {
  const hours = new Set(rows.map((row) => row.window_start));
  return [...hours].map((hour) => ({
    hour,
    brands: rows
      .filter((row) => row.window_start === hour)
      .sort((a, b) => compareUtf8(a.brand, b.brand))
      .map(({ brand, views, purchases, revenue }) => ({ brand, views, purchases, revenue: String(revenue) })),
  }));
}
