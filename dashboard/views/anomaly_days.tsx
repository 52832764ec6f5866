/** How many hours were anomalous, by day. */
import { useMemo } from 'preact/hooks';
import { anomalyDaysChart } from '../../serving/charts/anomaly_days';
import type { AnomalyDay } from '../../serving/questions/anomalies';
import type { Period } from '../../serving/questions/store';
import { usePage } from '../page_context';
import { Chart } from '../parts/chart';
import { Link } from '../parts/link';

export function AnomalyDays({
  period,
  days,
}: {
  readonly period: Period;
  readonly days: readonly AnomalyDay[];
}) {
  const { palette, place } = usePage();
  const drawing = useMemo(() => anomalyDaysChart(period, days, palette), [period, days, palette]);
  return (
    <section>
      <h2>Anomalies</h2>
      {days.length === 0 ? (
        <p>None: no hour of a brand converted unlike the others.</p>
      ) : (
        <>
          <Chart drawing={drawing} caption="Anomalous hours by day" />
          <p>
            <Link to={{ ...place, view: 'anomalies', brand: null, anomaly: null }}>
              All anomalies of these days
            </Link>
          </p>
        </>
      )}
    </section>
  );
}
