/** Anomalies: how many a day, and of each what speaks for it. */
import { HOUR_MS } from '../../schema/events';
import type { ServedAnomaly } from '../questions/anomalies';
import { conversionOf, type Funnel } from '../questions/funnel';
import type { HourFunnel } from '../questions/hours';
import { byPrice } from './brands';
import { DROP, FAINT, figure, GRID, LEGEND, PLOT, SPIKE, STILL, timeAxis, valueAxis } from './chart';
import { table } from './funnel_table';
import { type BrandHours, type Evidence, MOST_EVIDENCE, type ReportData } from './gather';
import { type Html, html } from './html';
import { changeText, countText, dayText, decimalText, hourText, moneyText, percentText } from './numbers';
import { daysOf } from './periods';

/** Evidence that is open from the start; the rest opens by a click. */
const OPEN_AT_FIRST = 3;

export function anomalySections(data: ReportData): Html | null {
  const { period, anomalyDays, evidence } = data;
  if (period === null) return null;
  const open = anomalyDays.reduce((sum, { drops, spikes }) => sum + drops + spikes, 0);
  const healed = anomalyDays.reduce((sum, { retracted }) => sum + retracted, 0);
  const less =
    open > evidence.length
      ? html`<p>The ${MOST_EVIDENCE} of ${countText(open)} with the most revenue at risk are shown here; the table gold_anomalies_hourly_brand has all.</p>`
      : null;
  if (open === 0)
    return html`<section aria-labelledby="anomalies"><h2 id="anomalies">Anomalies</h2><p>None: no hour of a brand converted unlike the others.${healed === 0 ? null : ` ${countText(healed)} were healed by later data.`}</p></section>
`;
  return html`<section aria-labelledby="anomalies"><h2 id="anomalies">Anomalies</h2>
<p>${countText(open)} hours in which a brand converted unlike itself${healed === 0 ? null : `; ${countText(healed)} more were healed by later data`}.</p>
${daysFigure(data)}</section>
<section aria-labelledby="evidence"><h2 id="evidence">Evidence</h2>
<p class="faint">The most revenue at risk first. Revenue at risk is what the missing purchases would have brought; below zero, more was sold than expected.</p>${less}
${evidence.map((each, i) => evidenceOf(each, data, i < OPEN_AT_FIRST))}</section>
`;
}

function daysFigure({ period, anomalyDays }: ReportData): Html | null {
  if (period === null) return null;
  const found = new Map(anomalyDays.map((day) => [day.date, day]));
  const days = daysOf(period).map((date) => found.get(date) ?? { date, drops: 0, spikes: 0, retracted: 0 });
  const bars = (name: string, color: string, count: (day: (typeof days)[number]) => number) => ({
    ...{ ...STILL, type: 'bar' as const, stack: 'all', name, barMaxWidth: 18, barMinWidth: 3 },
    itemStyle: { color },
    data: days.map(count),
  });
  const option = {
    grid: PLOT,
    legend: { ...LEGEND, itemWidth: 14 },
    xAxis: {
      type: 'category' as const,
      data: days.map(({ date }) => dayText(date)),
      axisLine: { lineStyle: { color: GRID } },
      axisTick: { show: false },
      axisLabel: { color: FAINT, hideOverlap: true },
    },
    yAxis: { ...valueAxis('Hours', countText), minInterval: 1 } as ReturnType<typeof valueAxis>,
    series: [bars('Drops', DROP, ({ drops }) => drops), bars('Spikes', SPIKE, ({ spikes }) => spikes)],
  };
  const numbers = table(
    ['Day', 'Drops', 'Spikes', 'Healed'],
    anomalyDays.map(({ date, drops, spikes, retracted }) => [
      dayText(date),
      ...[drops, spikes, retracted].map(countText),
    ]),
  );
  return figure(
    {
      option,
      height: 240,
      label: 'Anomalous hours by day: drops and spikes. The numbers are in the table below.',
    },
    'Anomalous hours by day',
    numbers,
  );
}

function evidenceOf({ anomaly, hours, bands }: Evidence, { priceBands }: ReportData, open: boolean): Html {
  const { brand, window_start, anomaly_type, detector } = anomaly;
  const usual = new Map<string, Funnel>(priceBands.map((band) => [band.key, band]));
  const sorted = [...bands].sort((a, b) => byPrice(a.price_band, b.price_band));
  const summary = html`<b>${brand}</b>: ${anomaly_type}, ${hourText(window_start)}, revenue at risk ${moneyText(anomaly.revenue_at_risk)}`;
  const facts = table(
    ['', 'Expected', 'Actual'],
    [
      ['Conversion', percentText(expectedRate(anomaly)), percentText(anomaly.conversion_rate)],
      ['Purchases', decimalText(anomaly.expected_purchases), countText(anomaly.purchases)],
    ],
  );
  const moved = table(
    ['Price band', 'Views', 'Purchases', 'Conversion', 'In the period', 'Change'],
    sorted.map((band) => {
      const [now, then] = [conversionOf(band), conversionOf(usual.get(band.price_band) ?? band)];
      return [
        ...[band.price_band, countText(band.views), countText(band.purchases)],
        ...[percentText(now), percentText(then), changeText(then, now)],
      ];
    }),
  );
  return html`<details class="anomaly"${open ? OPEN : null}><summary>${summary}</summary>
<p>${countText(anomaly.views)} views. Score ${decimalText(anomaly.z_brand)} against all hours of the brand, ${decimalText(anomaly.z_brand_hour)} against those of the same time of day (${detector}).</p>
${facts}
${hoursFigure(`Conversion of ${brand} in the hours around`, hours, [anomaly], { from: window_start - 12 * HOUR_MS, to: window_start + 12 * HOUR_MS }, expectedRate(anomaly), 200)}
<h3>Price bands in that hour, all brands together</h3>
${moved}</details>
`;
}
const OPEN = html` open`;

/** The conversion that was expected, of whichever basis the score had; null where there was none. */
function expectedRate({ expected_purchases, views }: ServedAnomaly): number | null {
  return expected_purchases === null || views === 0 ? null : expected_purchases / views;
}

export function brandHoursSection({ brandHours, period }: ReportData): Html | null {
  if (period === null || brandHours.length === 0) return null;
  const to = Date.parse(period.until) + 23 * HOUR_MS;
  const one = ({ brand, hours, anomalies }: BrandHours, i: number): Html =>
    html`<details class="brand"${i === 0 ? OPEN : null}><summary><b>${brand}</b>: ${countText(hours.length)} hours, ${countText(anomalies.length)} anomalous</summary>
${hoursFigure(`Conversion of ${brand} by hour`, hours, anomalies, { from: Date.parse(period.since), to }, null, 240)}</details>
`;
  return html`<section aria-labelledby="hours"><h2 id="hours">Brands by the hour</h2>
<p class="faint">Conversion of the brands with the most revenue at risk, then of those with the most revenue. Triangles that point down are drops, those that point up are spikes. Hours in which a brand had no views are left out.</p>
${brandHours.map(one)}</section>
`;
}

/** Conversion by hour, with a triangle at each anomaly, and a dashed line where something else was expected. */
function hoursFigure(
  title: string,
  hours: readonly HourFunnel[],
  anomalies: readonly ServedAnomaly[],
  { from, to }: { from: number; to: number },
  expected: number | null,
  height: number,
): Html {
  const marks = (name: string, type: string, color: string, rotate: number) => ({
    ...{ ...STILL, type: 'scatter' as const, name, symbol: 'triangle', symbolRotate: rotate, symbolSize: 11 },
    ...{ z: 5, itemStyle: { color, borderColor: 'var(--ground)', borderWidth: 1 } },
    data: anomalies
      .filter(({ anomaly_type }) => anomaly_type === type)
      .map((anomaly) => [anomaly.window_start, conversionOf(anomaly)]),
  });
  const line = {
    ...{
      ...STILL,
      type: 'line' as const,
      name: 'Conversion',
      showSymbol: hours.length <= 25,
      symbol: 'circle',
      symbolSize: 4,
    },
    lineStyle: { width: hours.length > 200 ? 1 : 2, color: SPIKE },
    itemStyle: { color: SPIKE },
    data: hours.flatMap((hour) => {
      const value = conversionOf(hour);
      return value === null ? [] : [[hour.window_start, Math.round(value * 1e5) / 1e5]];
    }),
  };
  const mean = {
    ...{ ...STILL, type: 'line' as const, name: 'Expected', showSymbol: false },
    lineStyle: { width: 1.5, type: [6, 4] as never, color: FAINT },
    data: [
      [from, expected],
      [to, expected],
    ],
  };
  const option = {
    grid: PLOT,
    legend: { ...LEGEND, data: ['Conversion', ...(expected === null ? [] : ['Expected'])] },
    xAxis: timeAxis(from, to),
    yAxis: valueAxis('Purchases / views', (value) => `${Math.round(value * 1e4) / 100}%`),
    series: [
      line,
      ...(expected === null ? [] : [mean]),
      marks('Drop', 'drop', DROP, 180),
      marks('Spike', 'spike', SPIKE, 0),
    ],
  };
  const label = `${title}: ${anomalies.map((each) => `${each.anomaly_type} ${hourText(each.window_start)}, ${percentText(each.conversion_rate)}`).join('; ')}`;
  return figure({ option, height, label }, title);
}
