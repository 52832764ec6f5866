/** Brands, categories and price bands: who sells, and who turns views into purchases. */
import { conversionOf } from '../questions/funnel';
import type { BrandDayFunnel, KeyedFunnel } from '../questions/totals';
import {
  COLOURS,
  DASHES,
  drawable,
  FAINT,
  figure,
  GRID,
  INK,
  legendOf,
  PLOT,
  STILL,
  timeAxis,
  valueAxis,
} from './chart';
import { funnelTable, table } from './funnel_table';
import type { ReportData } from './gather';
import { type Html, html } from './html';
import { countText, dayText, moneyNumber, moneyText, percentText } from './numbers';
import { daysOf } from './periods';

export function brandSections(data: ReportData): Html | null {
  const { period, topBrands, brands, withoutBrand } = data;
  if (period === null || topBrands.length === 0) return null;
  return html`<section aria-labelledby="brands"><h2 id="brands">Top brands by revenue</h2>
<p class="faint">${topBrands.length} of ${countText(brands)} brands. Events that name no brand, ${countText(withoutBrand.views)} views with a revenue of ${moneyText(withoutBrand.revenue)}, are in no line; elsewhere they are called unknown.</p>
${funnelTable(
  'Brand',
  topBrands.map((funnel) => ({ name: funnel.key, funnel })),
)}</section>
<section aria-labelledby="daily"><h2 id="daily">Daily trends of the top brands</h2>
${dailyFigure(
  data,
  'Revenue by day',
  'Revenue',
  (day) => (day === undefined ? 0 : moneyNumber(day.revenue)),
  countText,
  (day) => moneyText(day?.revenue ?? 0n),
)}
${dailyFigure(
  data,
  'Conversion by day',
  'Purchases / views',
  (day) => (day === undefined ? null : conversionOf(day)),
  (value) => `${decimals(value * 100)}%`,
  (day) => percentText(day === undefined ? null : conversionOf(day)),
)}</section>
`;
}

type DayValue = BrandDayFunnel | undefined;

function dailyFigure(
  { period, brandDays, topBrands }: ReportData,
  title: string,
  unit: string,
  value: (day: DayValue) => number | null,
  axis: (value: number) => string,
  text: (day: DayValue) => string,
): Html | null {
  if (period === null) return null;
  const drawn = new Set(brandDays.map(({ brand }) => brand));
  const names = topBrands.map(({ key }) => key).filter((key) => drawn.has(key));
  const found = new Map(brandDays.map((day) => [`${day.date} ${day.brand}`, day]));
  const dates = daysOf(period);
  const numbers = table(
    ['Day', ...names],
    dates.map((date) => [dayText(date), ...names.map((name) => text(found.get(`${date} ${name}`)))]),
  );
  const lonely = names.some((name) => hasLonely(dates.map((date) => value(found.get(`${date} ${name}`)))));
  const option = {
    grid: PLOT,
    legend: legendOf(names),
    xAxis: timeAxis(Date.parse(period.since), Date.parse(period.until)),
    yAxis: valueAxis(unit, axis),
    series: names.map((name, i) => ({
      ...{ ...STILL, type: 'line' as const, name: String(i), symbol: 'circle', symbolSize: 4 },
      // A day between days without a value would be no line, and not be seen.
      ...{ showSymbol: lonely, showAllSymbol: true, itemStyle: { color: COLOURS[i] } },
      lineStyle: { width: 2, type: DASHES[i] as never },
      data: dates.map((date) => [Date.parse(date), value(found.get(`${date} ${name}`))]),
    })),
  };
  const label = `${title} of ${names.join(', ')}. The numbers are in the table below.`;
  return figure({ option, height: 300, label }, title, numbers);
}

/** Whether a value has none beside it. */
function hasLonely(values: readonly (number | null)[]): boolean {
  const none = (i: number): boolean => (values[i] ?? null) === null;
  return values.some((_, i) => !none(i) && none(i - 1) && none(i + 1));
}

export function categorySection({ categories }: ReportData): Html | null {
  if (categories.length === 0) return null;
  return html`<section aria-labelledby="categories"><h2 id="categories">Categories</h2>
${barsFigure('categories', categories)}${funnelTable(
  'Category',
  categories.map((funnel) => ({ name: funnel.key, funnel })),
)}</section>
`;
}

export function priceBandSection({ priceBands }: ReportData): Html | null {
  if (priceBands.length === 0) return null;
  const bands = [...priceBands].sort((a, b) => byPrice(a.key, b.key));
  return html`<section aria-labelledby="bands"><h2 id="bands">Price bands</h2>
${barsFigure('price bands', bands)}${funnelTable(
  'Price band',
  bands.map((funnel) => ({ name: funnel.key, funnel })),
)}</section>
`;
}

/** `<10` before `10-30` before `30-60` before `60+`; what is no band comes last. */
export function byPrice(a: string, b: string): number {
  const place = (band: string): number => {
    const bound = /^(<?)(\d+(?:\.\d+)?)/.exec(band);
    return bound === null ? Number.POSITIVE_INFINITY : bound[1] === '<' ? -1 : Number(bound[2]);
  };
  const [first, second] = [place(a), place(b)];
  return first === second ? (a < b ? -1 : a > b ? 1 : 0) : first - second;
}

/** Revenue and conversion side by side, a bar each. The table beside it has the numbers. */
function barsFigure(of: string, all: readonly KeyedFunnel[]): Html {
  const names = all.map(({ key }) => key);
  const axis = (name: string, gridIndex: number) => ({
    ...{
      type: 'category' as const,
      gridIndex,
      inverse: true,
      data: names.map(drawable),
      name,
      nameLocation: 'start' as const,
    },
    nameTextStyle: { color: FAINT, align: 'left' as const },
    axisLabel: {
      show: gridIndex === 0,
      color: INK,
      interval: 0,
    },
    axisLine: { lineStyle: { color: GRID } },
    axisTick: { show: false },
  });
  const bars = (index: number, values: readonly (number | null)[], texts: readonly string[]) => ({
    ...{ ...STILL, type: 'bar' as const, xAxisIndex: index, yAxisIndex: index, barMaxWidth: 18 },
    itemStyle: { color: COLOURS[index] },
    data: values.map((value, i) => ({
      value: value ?? 0,
      label: { formatter: texts[i].replace(/[{}|]/g, ' ') },
    })),
    label: { show: true, position: 'right' as const, color: INK, textBorderWidth: 0 },
  });
  const hidden = (gridIndex: number) => ({ type: 'value' as const, gridIndex, show: false, min: 0 });
  const option = {
    grid: [
      { left: 120, width: 200, top: 32, bottom: 8 },
      { left: 440, width: 230, top: 32, bottom: 8 },
    ],
    xAxis: [hidden(0), hidden(1)],
    yAxis: [axis('Revenue', 0), axis('Conversion', 1)],
    series: [
      bars(
        0,
        all.map(({ revenue }) => moneyNumber(revenue)),
        all.map(({ revenue }) => moneyText(revenue)),
      ),
      bars(
        1,
        all.map(conversionOf),
        all.map((funnel) => percentText(conversionOf(funnel))),
      ),
    ],
  };
  const label = `Revenue and conversion of ${of}: ${all.map((each) => `${each.key} ${moneyText(each.revenue)}, ${percentText(conversionOf(each))}`).join('; ')}`;
  return figure({ option, height: 48 + 28 * all.length, label }, `Revenue and conversion of ${of}`);
}

/** Up to two decimals, none that are zero. */
function decimals(value: number): string {
  return String(Math.round(value * 100) / 100);
}
