/** Conversion of a brand by hour, with a triangle at each anomaly, and a dashed line where something else was expected. */
import { countText, hourText, percentText } from '../numbers';
import type { ServedAnomaly } from '../questions/anomalies';
import { conversionOf } from '../questions/funnel';
import type { HourFunnel } from '../questions/hours';
import { PLOT, STILL, timeAxis, valueAxis } from './axes';
import { type Drawing, type Palette, themed } from './drawing';
import { legend } from './names';

/** What is drawn of an anomaly. */
export type MarkedAnomaly = Pick<
  ServedAnomaly,
  'window_start' | 'anomaly_type' | 'views' | 'purchases' | 'conversion_rate'
>;

/** Hours in which the brand had no views are left out. */
export interface BrandHoursData {
  /** Like `Conversion of acme by hour`. */
  readonly title: string;
  readonly hours: readonly HourFunnel[];
  readonly anomalies: readonly MarkedAnomaly[];
  /** Ends of the axis, milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** The conversion that was expected of all these hours; null draws none. */
  readonly expected: number | null;
  /** Pixels. */
  readonly height: number;
}

export function brandHoursChart(data: BrandHoursData, palette: Palette): Drawing {
  const { title, hours, anomalies, from, to, expected, height } = data;
  const { ground, drop, spike, faint } = palette;
  const marks = (name: string, type: string, color: string, rotate: number) => ({
    ...{ ...STILL, type: 'scatter' as const, name, symbol: 'triangle', symbolRotate: rotate, symbolSize: 11 },
    ...{ z: 5, itemStyle: { color, borderColor: ground, borderWidth: 1 } },
    data: anomalies
      .filter(({ anomaly_type }) => anomaly_type === type)
      .map((anomaly) => [anomaly.window_start, conversionOf(anomaly)]),
  });
  const line = {
    ...{ ...STILL, type: 'line' as const, name: 'Conversion', symbol: 'circle', symbolSize: 4 },
    showSymbol: hours.length <= 25,
    lineStyle: { width: hours.length > 200 ? 1 : 2, color: spike },
    itemStyle: { color: spike },
    data: hours.flatMap((hour) => {
      const value = conversionOf(hour);
      return value === null ? [] : [[hour.window_start, Math.round(value * 1e5) / 1e5]];
    }),
  };
  const mean = {
    ...{ ...STILL, type: 'line' as const, name: 'Expected', symbol: 'none' },
    lineStyle: { width: 1.5, type: [6, 4] as never, color: faint },
    data: [
      [from, expected],
      [to, expected],
    ],
  };
  return {
    option: themed(palette, {
      grid: PLOT,
      legend: { ...legend(palette), data: ['Conversion', ...(expected === null ? [] : ['Expected'])] },
      xAxis: timeAxis(from, to, palette),
      yAxis: valueAxis('Purchases / views', (value) => `${Math.round(value * 1e4) / 100}%`, palette),
      series: [
        line,
        ...(expected === null ? [] : [mean]),
        marks('Drop', 'drop', drop, 180),
        marks('Spike', 'spike', spike, 0),
      ],
    }),
    height,
    label: `${title}: ${anomalies.map((each) => `${each.anomaly_type} ${hourText(each.window_start)}, ${percentText(each.conversion_rate)}`).join('; ')}`,
    numbers: () => numbersOf(hours, anomalies),
  };
}

function numbersOf(hours: readonly HourFunnel[], anomalies: readonly MarkedAnomaly[]) {
  const types = new Map(anomalies.map((each) => [each.window_start, each.anomaly_type]));
  return {
    titles: ['Hour', 'Views', 'Purchases', 'Conversion', 'Anomaly'],
    rows: hours.map((hour) => [
      ...[hourText(hour.window_start), countText(hour.views), countText(hour.purchases)],
      ...[percentText(conversionOf(hour)), types.get(hour.window_start) ?? ''],
    ]),
    places: hours.map(({ window_start }) => window_start),
  };
}

/** The conversion that was expected of an anomalous hour, of whichever basis its score had; null where there was none. */
export function expectedConversion({
  expected_purchases,
  views,
}: Pick<ServedAnomaly, 'expected_purchases' | 'views'>): number | null {
  return expected_purchases === null || views === 0 ? null : expected_purchases / views;
}
