/** Revenue and conversion by day, a line for each name. */
import { useMemo } from 'preact/hooks';
import { brandDaysChart, CONVERSION_BY_DAY, REVENUE_BY_DAY } from '../../serving/charts/brand_days';
import type { Period } from '../../serving/questions/store';
import type { BrandDayFunnel } from '../../serving/questions/totals';
import { usePage } from '../page_context';
import { Chart } from '../parts/chart';

/** Pixels: in less, a legend of five names covers the lines. */
const LEAST_WIDTH = 600;

interface Props {
  readonly title: string;
  readonly period: Period;
  readonly names: readonly string[];
  readonly days: readonly BrandDayFunnel[];
}

export function Trends({ title, period, names, days }: Props) {
  const { palette } = usePage();
  const charts = useMemo(
    () =>
      [REVENUE_BY_DAY, CONVERSION_BY_DAY].map((measure) => ({
        title: measure.title,
        drawing: brandDaysChart(measure, period, names, days, palette),
      })),
    [period, names, days, palette],
  );
  return (
    <section>
      <h2>{title}</h2>
      {charts.map((chart) => (
        <Chart key={chart.title} drawing={chart.drawing} caption={chart.title} minWidth={LEAST_WIDTH} />
      ))}
    </section>
  );
}
