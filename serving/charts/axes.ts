/** Axes, and the frame of charts that have one plot. */
import type { EChartsOption } from 'echarts';
import type { Palette } from './drawing';

export const PLOT = { left: 64, right: 24, top: 36, bottom: 32 };

/** Nothing reacts to a pointer. */
export const STILL = { silent: true, emphasis: { disabled: true } };

export function textOf(color: string, { font }: Palette) {
  return { fontFamily: font, fontSize: 12, color };
}

/** A horizontal axis of days or of hours. @param from milliseconds since 1970, as `to` */
export function timeAxis(from: number, to: number, palette: Palette): NonNullable<EChartsOption['xAxis']> {
  const { grid, faint } = palette;
  return {
    type: 'time',
    ...{ min: from, max: to },
    axisLine: { lineStyle: { color: grid } },
    axisTick: { lineStyle: { color: grid } },
    axisLabel: {
      ...textOf(faint, palette),
      hideOverlap: true,
      formatter: { day: '{d} {MMM}', month: '{d} {MMM}', year: '{d} {MMM}' },
    },
    splitLine: { show: false },
  };
}

/** A vertical axis of amounts from 0. */
export function valueAxis(name: string, text: (value: number) => string, palette: Palette) {
  const { grid, faint } = palette;
  return {
    type: 'value' as const,
    ...{ name, min: 0, splitNumber: 4 },
    nameTextStyle: { ...textOf(faint, palette), align: 'left' as const },
    axisLabel: { ...textOf(faint, palette), formatter: text },
    splitLine: { lineStyle: { color: grid } },
  };
}
