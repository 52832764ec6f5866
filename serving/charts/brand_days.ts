/** A measure of some brands by day, a line each. */
import { countText, dayText, moneyNumber, moneyText, percentText } from '../numbers';
import { daysOf } from '../periods';
import { conversionOf } from '../questions/funnel';
import type { Period } from '../questions/store';
import type { BrandDayFunnel } from '../questions/totals';
import { PLOT, STILL, timeAxis, valueAxis } from './axes';
import { DASHES, type Drawing, MOST_LINES, type Palette, themed } from './drawing';
import { legendOf } from './names';

type DayValue = BrandDayFunnel | undefined;

/** What is drawn of a day; a day without events is undefined. */
export interface DayMeasure {
  readonly title: string;
  readonly unit: string;
  /** Null where it has none. */
  readonly value: (day: DayValue) => number | null;
  readonly axis: (value: number) => string;
  readonly text: (day: DayValue) => string;
}

export const REVENUE_BY_DAY: DayMeasure = {
  title: 'Revenue by day',
  unit: 'Revenue',
  value: (day) => (day === undefined ? 0 : moneyNumber(day.revenue)),
  axis: countText,
  text: (day) => moneyText(day?.revenue ?? 0n),
};

export const CONVERSION_BY_DAY: DayMeasure = {
  title: 'Conversion by day',
  unit: 'Purchases / views',
  value: (day) => (day === undefined ? null : conversionOf(day)),
  axis: (value) => `${decimals(value * 100)}%`,
  text: (day) => percentText(day === undefined ? null : conversionOf(day)),
};

/** @param brands in the order of their lines, the first {@link MOST_LINES} of them; those that have no day are left out */
export function brandDaysChart(
  { title, unit, value, axis, text }: DayMeasure,
  period: Period,
  brands: readonly string[],
  days: readonly BrandDayFunnel[],
  palette: Palette,
): Drawing {
  const drawn = new Set(days.map(({ brand }) => brand));
  const names = brands.filter((brand) => drawn.has(brand)).slice(0, MOST_LINES);
  const found = new Map(days.map((day) => [`${day.date} ${day.brand}`, day]));
  const dates = daysOf(period);
  const dayOf = (date: string, name: string): DayValue => found.get(`${date} ${name}`);
  const lonely = names.some((name) => hasLonely(dates.map((date) => value(dayOf(date, name)))));
  return {
    option: themed(palette, {
      grid: PLOT,
      legend: legendOf(names, palette),
      xAxis: timeAxis(Date.parse(period.since), Date.parse(period.until), palette),
      yAxis: valueAxis(unit, axis, palette),
      series: names.map((name, i) => ({
        ...{ ...STILL, type: 'line' as const, name: String(i), symbol: 'circle', symbolSize: 4 },
        // A day between days without a value would be no line, and not be seen.
        ...{ showSymbol: lonely, showAllSymbol: true, itemStyle: { color: palette.lines[i] } },
        lineStyle: { width: 2, type: DASHES[i] as never },
        data: dates.map((date) => [Date.parse(date), value(dayOf(date, name))]),
      })),
    }),
    height: 300,
    label: `${title} of ${names.join(', ')}. The numbers are in the table below.`,
    numbers: () => ({
      titles: ['Day', ...names],
      rows: dates.map((date) => [dayText(date), ...names.map((name) => text(dayOf(date, name)))]),
      places: dates.map((date) => Date.parse(date)),
    }),
  };
}

/** Whether a value has none beside it. */
function hasLonely(values: readonly (number | null)[]): boolean {
  const none = (i: number): boolean => (values[i] ?? null) === null;
  return values.some((_, i) => !none(i) && none(i - 1) && none(i + 1));
}

/** Up to two decimals, none that are zero. */
function decimals(value: number): string {
  return String(Math.round(value * 100) / 100);
}
