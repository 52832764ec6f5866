/** Anomalies: how many a day, and of each what speaks for it. */
import { HOUR_MS } from '../../schema/events';
import { anomalyDaysChart } from '../charts/anomaly_days';
import { type BrandHoursData, brandHoursChart, expectedConversion } from '../charts/brand_hours';
import { byPrice } from '../charts/names';
import { changeText, countText, decimalText, hourText, moneyText, percentText } from '../numbers';
import { conversionOf, type Funnel } from '../questions/funnel';
import { figure, figureWithNumbers, PALETTE } from './chart';
import { table } from './funnel_table';
import { type BrandHours, type Evidence, MOST_EVIDENCE, type ReportData } from './gather';
import { type Html, html } from './html';

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
${figureWithNumbers(anomalyDaysChart(period, anomalyDays, PALETTE), 'Anomalous hours by day')}</section>
<section aria-labelledby="evidence"><h2 id="evidence">Evidence</h2>
<p class="faint">The most revenue at risk first. Revenue at risk is what the missing purchases would have brought; below zero, more was sold than expected.</p>${less}
${evidence.map((each, i) => evidenceOf(each, data, i < OPEN_AT_FIRST))}</section>
`;
}

function evidenceOf({ anomaly, hours, bands }: Evidence, { priceBands }: ReportData, open: boolean): Html {
  const { brand, window_start, anomaly_type, detector } = anomaly;
  const usual = new Map<string, Funnel>(priceBands.map((band) => [band.key, band]));
  const sorted = [...bands].sort((a, b) => byPrice(a.price_band, b.price_band));
  const summary = html`<b>${brand}</b>: ${anomaly_type}, ${hourText(window_start)}, revenue at risk ${moneyText(anomaly.revenue_at_risk)}`;
  const facts = table(
    ['Measure', 'Expected', 'Actual'],
    [
      ['Conversion', percentText(expectedConversion(anomaly)), percentText(anomaly.conversion_rate)],
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
${hoursFigure({ title: `Conversion of ${brand} in the hours around`, hours, anomalies: [anomaly], from: window_start - 12 * HOUR_MS, to: window_start + 12 * HOUR_MS, expected: expectedConversion(anomaly), height: 200 })}
<h3>Price bands in that hour, all brands together</h3>
${moved}</details>
`;
}
const OPEN = html` open`;

export function brandHoursSection({ brandHours, period }: ReportData): Html | null {
  if (period === null || brandHours.length === 0) return null;
  const to = Date.parse(period.until) + 23 * HOUR_MS;
  const one = ({ brand, hours, anomalies }: BrandHours, i: number): Html =>
    html`<details class="brand"${i === 0 ? OPEN : null}><summary><b>${brand}</b>: ${countText(hours.length)} hours, ${countText(anomalies.length)} anomalous</summary>
${hoursFigure({ title: `Conversion of ${brand} by hour`, hours, anomalies, from: Date.parse(period.since), to, expected: null, height: 240 })}</details>
`;
  return html`<section aria-labelledby="hours"><h2 id="hours">Brands by the hour</h2>
<p class="faint">Conversion of the brands with the most revenue at risk, then of those with the most revenue. Triangles that point down are drops, those that point up are spikes. Hours in which a brand had no views are left out.</p>
${brandHours.map(one)}</section>
`;
}

function hoursFigure(data: BrandHoursData): Html {
  return figure(brandHoursChart(data, PALETTE), data.title);
}
