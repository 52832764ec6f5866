/** Brands to choose from. */

import { countText } from '../../serving/numbers';
import type { Period } from '../../serving/questions/store';
import { topBrands } from '../api';
import { usePage } from '../page_context';
import { ViewOf } from '../parts/view_of';
import { useRounds } from '../use_rounds';
import { FunnelTable } from './funnel_table';

const MOST_BRANDS = 50;

export function BrandList({ period }: { readonly period: Period }) {
  const { version } = usePage();
  const round = useRounds(JSON.stringify(period), version, (signal) =>
    topBrands(period, '', MOST_BRANDS, signal),
  );
  return (
    <ViewOf round={round} summary={({ total }) => `${countText(total)} brands.`}>
      {({ brands, total }) => (
        <section>
          <h2>Choose a brand</h2>
          <p class="faint">
            The {countText(brands.length)} of {countText(total)} with the most revenue. Others are found by
            name.
          </p>
          <FunnelTable of="Brand" caption="Brands by revenue" lines={brands} isBrands />
        </section>
      )}
    </ViewOf>
  );
}
