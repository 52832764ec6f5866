/** Hours in which a brand converted unlike itself: the list, or one of them. */
import { useState } from 'preact/hooks';
import { countText, periodText } from '../../serving/numbers';
import type { Period } from '../../serving/questions/store';
import { anomalies } from '../api';
import { AnomalyFilter } from '../filters/anomaly_filter';
import { BrandFilter } from '../filters/brand_filter';
import { PeriodFilter } from '../filters/period_filter';
import { usePage } from '../page_context';
import { NoDays } from '../parts/no_days';
import { ViewOf } from '../parts/view_of';
import { chosenPeriod } from '../period';
import { useRounds } from '../use_rounds';
import { AnomalyDetail } from './anomaly_detail';
import { AnomalyTable } from './anomaly_table';

const PAGE = 50;

export function Anomalies() {
  const { place, coverage } = usePage();
  if (place.anomaly !== null) return <AnomalyDetail key={place.anomaly} id={place.anomaly} />;
  const period = chosenPeriod(coverage.days, place);
  return (
    <>
      <div class="filters">
        <AnomalyFilter />
        <BrandFilter shown={period} />
        <PeriodFilter shown={period} />
      </div>
      {period === null ? <NoDays /> : <List period={period} />}
    </>
  );
}

function List({ period }: { readonly period: Period }) {
  const { place, version } = usePage();
  const { status, type, brand, order } = place;
  const filters = JSON.stringify([period, status, type, brand, order]);
  const [more, setMore] = useState({ filters, pages: 1 });
  const pages = more.filters === filters ? more.pages : 1;
  const round = useRounds(`${filters} ${pages}`, version, (signal) =>
    anomalies(place, period, pages, PAGE, signal),
  );
  return (
    <ViewOf
      round={round}
      summary={({ total, anomalies: { length } }) => `${countText(total ?? length)} anomalies.`}
    >
      {({ anomalies: found, isCut, total }) => (
        <section>
          <h2>{periodText(period)}</h2>
          {found.length === 0 ? (
            <p>
              None by these filters.
              {status === 'open'
                ? ' Retracted ones were healed by later data; the status “All” shows them, too.'
                : ''}
            </p>
          ) : (
            <>
              <p class="faint">
                {countText(found.length)} of {countText(total ?? found.length)}. The score is in standard
                deviations from the brand’s usual conversion. Revenue at risk is what the missing purchases
                would have brought; below zero, more was sold than expected.
              </p>
              <AnomalyTable
                caption={order === 'risk' ? 'The most revenue at risk first' : 'The newest first'}
                anomalies={found}
              />
            </>
          )}
          {isCut ? (
            <button type="button" onClick={() => setMore({ filters, pages: pages + 1 })}>
              Show {PAGE} more
            </button>
          ) : null}
        </section>
      )}
    </ViewOf>
  );
}
