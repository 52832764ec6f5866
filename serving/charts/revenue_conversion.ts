/** Revenue and conversion of categories or price bands side by side, a bar each. */
import { moneyNumber, moneyText, percentText } from '../numbers';
import { conversionOf } from '../questions/funnel';
import type { KeyedFunnel } from '../questions/totals';
import { STILL } from './axes';
import { type Drawing, type Palette, themed } from './drawing';
import { drawable } from './names';

/** @param of what they are, like `price bands` */
export function revenueConversionChart(of: string, all: readonly KeyedFunnel[], palette: Palette): Drawing {
  const { ink, faint, grid, lines } = palette;
  const names = all.map(({ key }) => key);
  const axis = (name: string, gridIndex: number) => ({
    ...{ type: 'category' as const, gridIndex, inverse: true, data: names.map(drawable) },
    ...{ name, nameLocation: 'start' as const, nameTextStyle: { color: faint, align: 'left' as const } },
    axisLabel: { show: gridIndex === 0, color: ink, interval: 0 },
    axisLine: { lineStyle: { color: grid } },
    axisTick: { show: false },
  });
  const bars = (index: number, values: readonly (number | null)[], texts: readonly string[]) => ({
    ...{ ...STILL, type: 'bar' as const, xAxisIndex: index, yAxisIndex: index, barMaxWidth: 18 },
    itemStyle: { color: lines[index] },
    data: values.map((value, i) => ({
      value: value ?? 0,
      label: { formatter: texts[i].replace(/[{}|]/g, ' ') },
    })),
    label: { show: true, position: 'right' as const, color: ink, textBorderWidth: 0 },
  });
  const hidden = (gridIndex: number) => ({ type: 'value' as const, gridIndex, show: false, min: 0 });
  const texts = all.map((funnel) => [moneyText(funnel.revenue), percentText(conversionOf(funnel))]);
  const title = `Revenue and conversion of ${of}`;
  return {
    option: themed(palette, {
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
          texts.map(([revenue]) => revenue),
        ),
        bars(
          1,
          all.map(conversionOf),
          texts.map(([, conversion]) => conversion),
        ),
      ],
    }),
    height: 48 + 28 * all.length,
    label: `${title}: ${all.map(({ key }, i) => `${key} ${texts[i].join(', ')}`).join('; ')}`,
    numbers: () => ({
      titles: ['Name', 'Revenue', 'Conversion'],
      rows: all.map(({ key }, i) => [key, ...texts[i]]),
    }),
  };
}
