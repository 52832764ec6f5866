/** The shop at a glance. */
import { MOST_LINES } from '../../serving/charts/drawing';
import { countText, periodText } from '../../serving/numbers';
import { DimensionFilter } from '../filters/dimension_filter';
import { PeriodFilter } from '../filters/period_filter';
import { usePage } from '../page_context';
import { NoDays } from '../parts/no_days';
import { ViewOf } from '../parts/view_of';
import { chosenPeriod } from '../period';
import { shortName } from '../short_name';
import { useRounds } from '../use_rounds';
import { AnomalyDays } from './anomaly_days';
import { comparedDays } from './compared';
import { FunnelTable } from './funnel_table';
import { Headline } from './headline';
import { askOverview, type OverviewData } from './overview_data';
import { RevenueConversion } from './revenue_conversion';
import { Steps } from './steps';
import { Trends } from './trends';

export function Overview() {
  const { place, coverage, version } = usePage();
  const { by, keys } = place;
  const period = chosenPeriod(coverage.days, place);
  const compared = period === null ? null : comparedDays(coverage, period);
  const question = JSON.stringify([period, compared, by, keys]);
  const round = useRounds(question, version, (signal) =>
    period === null ? Promise.resolve(null) : askOverview(place, period, compared, signal),
  );
  return (
    <>
      <div class="filters">
        <PeriodFilter shown={period} />
        <DimensionFilter shown={period} />
      </div>
      {period === null ? (
        <NoDays />
      ) : (
        <ViewOf round={round} summary={summaryOf}>
          {(data) => (data === null ? null : <Shown data={data} />)}
        </ViewOf>
      )}
    </>
  );
}

function Shown({ data }: { readonly data: OverviewData }) {
  const { place } = usePage();
  const { brands, brandsInAll, categories, priceBands, period } = data;
  return (
    <>
      <h2>
        {periodText(period)}
        {place.keys.length === 0 ? null : `: ${place.keys.map(shortName).join(', ')}`}
      </h2>
      <Headline data={data} />
      <Steps funnel={data.total} />
      <Trends
        title={
          place.by === 'shop' || place.keys.length > 0
            ? 'By day'
            : `By day, the ${MOST_LINES} with the most revenue`
        }
        period={period}
        names={data.lines}
        days={data.lineDays}
      />
      <section>
        <h2>Top brands by revenue</h2>
        <p class="faint">
          {countText(brands.length)} of {countText(brandsInAll)} brands, the whole shop.
        </p>
        <FunnelTable of="Brand" caption="Top brands by revenue" lines={brands} isBrands />
      </section>
      <section>
        <h2>Categories</h2>
        <RevenueConversion of="categories" lines={categories} />
        <FunnelTable of="Category" caption="Categories" lines={categories} />
      </section>
      <section>
        <h2>Price bands</h2>
        <RevenueConversion of="price bands" lines={priceBands} />
        <FunnelTable of="Price band" caption="Price bands" lines={priceBands} />
      </section>
      <AnomalyDays period={period} days={data.anomalyDays} />
    </>
  );
}

function summaryOf(data: OverviewData | null): string {
  if (data === null) return '';
  const { total, period } = data;
  return `${periodText(period)}: ${countText(total.views)} views, ${countText(total.purchases)} purchases.`;
}
