/** How many hours were anomalous, by day: drops and spikes. */
import { countText, dayText } from '../numbers';
import { daysOf } from '../periods';
import type { AnomalyDay } from '../questions/anomalies';
import type { Period } from '../questions/store';
import { PLOT, STILL, valueAxis } from './axes';
import { type Drawing, type Palette, themed } from './drawing';
import { legend } from './names';

/** @param found days that have or had anomalies, in order; those of the period without any are drawn as empty */
export function anomalyDaysChart(period: Period, found: readonly AnomalyDay[], palette: Palette): Drawing {
  const byDate = new Map(found.map((day) => [day.date, day]));
  const days = daysOf(period).map((date) => byDate.get(date) ?? { date, drops: 0, spikes: 0 });
  const bars = (name: string, color: string, count: (day: (typeof days)[number]) => number) => ({
    ...{ ...STILL, type: 'bar' as const, stack: 'all', name, barMaxWidth: 18, barMinWidth: 3 },
    itemStyle: { color },
    data: days.map(count),
  });
  return {
    option: themed(palette, {
      grid: PLOT,
      legend: { ...legend(palette), itemWidth: 14 },
      xAxis: {
        type: 'category',
        data: days.map(({ date }) => dayText(date)),
        axisLine: { lineStyle: { color: palette.grid } },
        axisTick: { show: false },
        axisLabel: { color: palette.faint, hideOverlap: true },
      },
      yAxis: { ...valueAxis('Hours', countText, palette), minInterval: 1 },
      series: [
        bars('Drops', palette.drop, ({ drops }) => drops),
        bars('Spikes', palette.spike, ({ spikes }) => spikes),
      ],
    }),
    height: 240,
    label: 'Anomalous hours by day: drops and spikes. The numbers are in the table below.',
    numbers: () => ({
      titles: ['Day', 'Drops', 'Spikes', 'Healed'],
      rows: found.map(({ date, drops, spikes, retracted }) => [
        dayText(date),
        ...[drops, spikes, retracted].map(countText),
      ]),
      places: days.flatMap(({ date }, i) => (byDate.has(date) ? [i] : [])),
    }),
  };
}
