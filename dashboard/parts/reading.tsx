/** What a chart says at the pointer: the numbers of the nearest place that has some. The table below the chart says the same to those who don't point. */
import type { ECharts } from 'echarts/core';
import type { ChartNumbers } from '../../serving/charts/drawing';
import { Name } from './name';

export interface Reading {
  readonly titles: readonly string[];
  readonly row: readonly string[];
  /** Pixels from the chart's left edge. */
  readonly x: number;
  /** Whether it stands in the right half, and so leaves more room on its left. */
  readonly isRight: boolean;
}

/** @param x pixels from the chart's left edge, as `y` from its top. Null where no numbers stand, outside the plot above all */
export function readingAt(
  chart: ECharts,
  { titles, rows, places = [] }: ChartNumbers,
  x: number,
  y: number,
): Reading | null {
  if (places.length === 0 || !chart.containPixel('grid', [x, y])) return null;
  const at = nearest(places, Number(chart.convertFromPixel({ xAxisIndex: 0 }, x)));
  const there = Number(chart.convertToPixel({ xAxisIndex: 0 }, places[at]));
  return { titles, row: rows[at], x: there, isRight: there > chart.getWidth() / 2 };
}

/** Index of the place that is nearest to `at`. @param places ascending, at least one */
function nearest(places: readonly number[], at: number): number {
  let low = 0;
  let high = places.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (places[middle] <= at) low = middle;
    else high = middle;
  }
  return Math.abs(places[high] - at) < Math.abs(places[low] - at) ? high : low;
}

export function ReadingNote({ reading: { titles, row, x, isRight } }: { readonly reading: Reading }) {
  const [name, ...cells] = row;
  return (
    <div class={isRight ? 'reading right' : 'reading'} style={{ left: `${x}px` }}>
      <div class="note">
        <strong>{name}</strong>
        <dl>
          {cells.map((cell, i) =>
            cell === '' ? null : (
              <div key={i}>
                <dt>
                  <Name text={titles[i + 1]} />
                </dt>
                <dd>{cell}</dd>
              </div>
            ),
          )}
        </dl>
      </div>
    </div>
  );
}
