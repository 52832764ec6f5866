/**
 * A chart as data, for whoever draws it: the report as SVG while it is made, the dashboard on a canvas. Charts are pure functions of answers to serving/questions; they load no ECharts, know no Node and run in
 * browsers.
 */
import type { EChartsOption } from 'echarts';

/** Colours and font of what a chart stands in. SVG in a page may name CSS variables, a canvas needs what they come to. */
export interface Palette {
  readonly ground: string;
  readonly ink: string;
  readonly faint: string;
  readonly grid: string;
  readonly drop: string;
  readonly spike: string;
  /** At least as many as {@link MOST_LINES}. */
  readonly lines: readonly string[];
  /** A CSS font family. A canvas can't inherit one. */
  readonly font: string;
}

/** Lines of one chart: more can't be told apart. */
export const MOST_LINES = 5;

/** Lines differ in their dashes, too, for those who see no colours. */
export const DASHES = ['solid', [8, 3], [2, 2], [10, 3, 2, 3], [5, 5]] as const;

export interface Drawing {
  /** Names of the data in it are drawable (names.ts); formatters give plain text, never HTML. */
  readonly option: EChartsOption;
  /** Pixels, where it is {@link WIDTH} wide. */
  readonly height: number;
  /** What the chart shows, for those who don't see it. May hold any text of the data. */
  readonly label: string;
  /** What the chart shows, in numbers. */
  readonly numbers: () => ChartNumbers;
}

/** Rows are named by their first cell. Cells may hold any text of the data. */
export interface ChartNumbers {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Where each row stands on the horizontal axis, ascending: milliseconds since 1970, or its index among the axis' names. Without it, the chart says its numbers itself. */
  readonly places?: readonly number[];
}

/** Pixels for which charts are laid out. */
export const WIDTH = 760;

/** What all charts have in common. Nothing moves, and times are UTC wherever somebody looks. */
export function themed({ lines, faint, font }: Palette, option: EChartsOption): EChartsOption {
  return {
    ...{ animation: false, useUTC: true, backgroundColor: 'transparent', color: [...lines] },
    textStyle: { fontFamily: font, fontSize: 12, color: faint },
    ...option,
  };
}
