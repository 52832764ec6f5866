/** An anomaly and what speaks for it. */
import { useMemo } from 'preact/hooks';
import { DAY_MS, HOUR_MS } from '../../schema/events';
import { brandHoursChart, expectedConversion } from '../../serving/charts/brand_hours';
import { byPrice } from '../../serving/charts/names';
import {
  changeText,
  countText,
  decimalText,
  hourText,
  moneyText,
  percentText,
  periodText,
} from '../../serving/numbers';
import { conversionOf } from '../../serving/questions/funnel';
import { type AnomalyEvidence, anomalyEvidence } from '../api';
import { usePage } from '../page_context';
import { LEAST_HOURS_WIDTH } from '../parts/canvas';
import { Chart } from '../parts/chart';
import { Link } from '../parts/link';
import { Name } from '../parts/name';
import { NumberTable } from '../parts/number_table';
import { ViewOf } from '../parts/view_of';
import { shortName } from '../short_name';
import { useRounds } from '../use_rounds';
import { verdictOf } from './anomaly_table';

/** Hours drawn before and after. */
const HOURS_AROUND = 12;

export function AnomalyDetail({ id }: { readonly id: string }) {
  const { place, version } = usePage();
  const round = useRounds(id, version, (signal) => anomalyEvidence(id, signal));
  return (
    <>
      <p>
        <Link to={{ ...place, anomaly: null }}>Back to the list</Link>
      </p>
      <ViewOf round={round} summary={({ anomaly }) => `${shortName(anomaly.brand)}: ${verdictOf(anomaly)}.`}>
        {(evidence) => <Shown evidence={evidence} />}
      </ViewOf>
    </>
  );
}

function Shown({ evidence }: { readonly evidence: AnomalyEvidence }) {
  const { place } = usePage();
  const { anomaly } = evidence;
  const { brand, window_start, status } = anomaly;
  const day = (ms: number): string => new Date(window_start + ms).toISOString().slice(0, 10);
  return (
    <>
      <h2>
        <Name text={brand} />: {verdictOf(anomaly)}, {hourText(window_start)}
      </h2>
      {status === 'open' ? null : (
        <p class="notice">
          <b>Retracted.</b> Events that came later have healed this hour: it converts as usual now.
        </p>
      )}
      <p>
        {countText(anomaly.views)} views. Score {decimalText(anomaly.z_brand)} against all hours of the brand,{' '}
        {decimalText(anomaly.z_brand_hour)} against those of the same time of day ({anomaly.detector}).
        Revenue at risk {moneyText(anomaly.revenue_at_risk)}.
      </p>
      <NumberTable
        caption="Expected against actual"
        titles={['Measure', 'Expected', 'Actual']}
        rows={[
          ['Conversion', percentText(expectedConversion(anomaly)), percentText(anomaly.conversion_rate)],
          ['Purchases', decimalText(anomaly.expected_purchases), countText(anomaly.purchases)],
        ]}
      />
      <Around evidence={evidence} />
      <Bands evidence={evidence} />
      <p>
        <Link
          to={{ ...place, view: 'brand', brand, anomaly: null, from: day(-3 * DAY_MS), to: day(3 * DAY_MS) }}
        >
          The brand in the days around
        </Link>
      </p>
    </>
  );
}

function Around({ evidence }: { readonly evidence: AnomalyEvidence }) {
  const { palette } = usePage();
  const drawing = useMemo(() => {
    const { anomaly, hours } = evidence;
    const [from, to] = [-1, 1].map((side) => anomaly.window_start + side * HOURS_AROUND * HOUR_MS);
    return brandHoursChart(
      {
        ...{ title: `Conversion of ${anomaly.brand} in the hours around`, hours, anomalies: [anomaly] },
        ...{ from, to, expected: expectedConversion(anomaly), height: 220 },
      },
      palette,
    );
  }, [evidence, palette]);
  return (
    <section>
      <h3>The hours around</h3>
      <Chart drawing={drawing} caption="Conversion in the hours around" minWidth={LEAST_HOURS_WIDTH} />
    </section>
  );
}

function Bands({ evidence }: { readonly evidence: AnomalyEvidence }) {
  const bands = [...evidence.bands].sort((a, b) => byPrice(a.price_band, b.price_band));
  return (
    <section>
      <h3>Price bands in that hour, all brands together</h3>
      <p class="faint">Beside them what they usually do: {periodText(evidence.usual)}, without that hour.</p>
      <NumberTable
        caption="Price bands in that hour"
        isCaptionUnseen
        titles={['Price band', 'Views', 'Purchases', 'Conversion', 'Usually', 'Change']}
        rows={bands.map((band) => [
          ...[band.price_band, countText(band.views), countText(band.purchases)],
          ...[
            percentText(conversionOf(band)),
            percentText(band.usual),
            changeText(band.usual, conversionOf(band)),
          ],
        ])}
      />
    </section>
  );
}
