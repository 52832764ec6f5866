/** Revenue and conversion side by side. The table beside it has the numbers. */
import { useMemo } from 'preact/hooks';
import { WIDTH } from '../../serving/charts/drawing';
import { revenueConversionChart } from '../../serving/charts/revenue_conversion';
import type { KeyedFunnel } from '../../serving/questions/totals';
import { usePage } from '../page_context';
import { Chart } from '../parts/chart';

export function RevenueConversion(props: { readonly of: string; readonly lines: readonly KeyedFunnel[] }) {
  const { of, lines } = props;
  const { palette } = usePage();
  const drawing = useMemo(() => revenueConversionChart(of, lines, palette), [of, lines, palette]);
  return <Chart drawing={drawing} caption={`Revenue and conversion of ${of}`} minWidth={WIDTH} />;
}
