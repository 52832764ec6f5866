/** One brand by the hour and by the day. */
import { useMemo } from 'preact/hooks';
import { DAY_MS, HOUR_MS } from '../../schema/events';
import { brandHoursChart } from '../../serving/charts/brand_hours';
import { countText, dayText, periodText } from '../../serving/numbers';
import { BrandFilter } from '../filters/brand_filter';
import { PeriodFilter } from '../filters/period_filter';
import { usePage } from '../page_context';
import { LEAST_HOURS_WIDTH } from '../parts/canvas';
import { Chart } from '../parts/chart';
import { Link } from '../parts/link';
import { Name } from '../parts/name';
import { NoDays } from '../parts/no_days';
import { ViewOf } from '../parts/view_of';
import { chosenPeriod, MOST_HOURLY_DAYS } from '../period';
import { shortName } from '../short_name';
import { useRounds } from '../use_rounds';
import { AnomalyTable } from './anomaly_table';
import { askBrand, type BrandData } from './brand_data';
import { BrandList } from './brand_list';
import { comparedDays } from './compared';
import { FunnelTable } from './funnel_table';
import { Headline } from './headline';
import { Steps } from './steps';
import { Trends } from './trends';

export function Brand() {
  const { place, coverage } = usePage();
  const period = chosenPeriod(coverage.days, place);
  return (
    <>
      <div class="filters">
        <BrandFilter shown={period} />
        <PeriodFilter shown={period} />
      </div>
      {period === null ? <NoDays /> : place.brand === null ? <BrandList period={period} /> : <OneBrand />}
    </>
  );
}

function OneBrand() {
  const { place, coverage, version } = usePage();
  const { brand } = place;
  const period = chosenPeriod(coverage.days, place);
  const compared = period === null ? null : comparedDays(coverage, period);
  const question = JSON.stringify([brand, period, compared]);
  const round = useRounds(question, version, (signal) =>
    brand === null || period === null ? Promise.resolve(null) : askBrand(brand, period, compared, signal),
  );
  return (
    <ViewOf round={round} summary={summaryOf}>
      {(data) => (data === null ? null : <Shown data={data} />)}
    </ViewOf>
  );
}

function Shown({ data }: { readonly data: BrandData }) {
  const { place } = usePage();
  const { brand, period, total, days, anomalies } = data;
  if (days.length === 0)
    return (
      <div class="notice">
        <h2>
          No events of <Name text={brand} /> in these days
        </h2>
        <p>Choose other days, or another name: names are in lower case, as the tables have them.</p>
      </div>
    );
  return (
    <>
      <h2>
        <Name text={brand} />, {periodText(period)}
      </h2>
      <Headline data={data} />
      <Hours data={data} />
      <section>
        <h2>Anomalies</h2>
        {anomalies.length === 0 ? (
          <p>None in these days.</p>
        ) : (
          <>
            <AnomalyTable
              caption={`Anomalies of ${shortName(brand)}, the newest first`}
              anomalies={anomalies}
              isBrandLeftOut
            />
            <p>
              <Link to={{ ...place, view: 'anomalies', anomaly: null }}>All anomalies of this brand</Link>
            </p>
          </>
        )}
      </section>
      <Steps funnel={total} />
      <Trends title="By day" period={period} names={[brand]} days={data.lineDays} />
      <section>
        <h2>Funnel by day</h2>
        <FunnelTable
          of="Day"
          caption="Funnel by day"
          lines={days.map(({ date, ...funnel }) => ({ key: dayText(date), ...funnel }))}
        />
      </section>
    </>
  );
}

function Hours({ data }: { readonly data: BrandData }) {
  const { palette } = usePage();
  const drawing = useMemo(() => {
    const { brand, hours, anomalies, hourly } = data;
    const open = anomalies.filter(({ status }) => status === 'open');
    const [from, to] = [Date.parse(hourly.since), Date.parse(hourly.until) + DAY_MS - HOUR_MS];
    const title = `Conversion of ${brand} by hour`;
    return brandHoursChart({ title, hours, anomalies: open, from, to, expected: null, height: 260 }, palette);
  }, [data, palette]);
  return (
    <section>
      <h2>By the hour</h2>
      <p class="faint">
        Triangles that point down are drops, those that point up are spikes. Hours without views are left out
        {data.hourly.since === data.period.since ? '' : `; these are the last ${MOST_HOURLY_DAYS} days`}.
      </p>
      <Chart drawing={drawing} caption="Conversion by hour" minWidth={LEAST_HOURS_WIDTH} />
    </section>
  );
}

function summaryOf(data: BrandData | null): string {
  if (data === null) return '';
  const { brand, total, anomalies } = data;
  return `${shortName(brand)}: ${countText(total.views)} views, ${countText(total.purchases)} purchases, ${countText(anomalies.length)} anomalies shown.`;
}
