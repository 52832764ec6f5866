/** Brands, categories and price bands: who sells, and who turns views into purchases. */
import { brandDaysChart, CONVERSION_BY_DAY, REVENUE_BY_DAY } from '../charts/brand_days';
import { byPrice } from '../charts/names';
import { revenueConversionChart } from '../charts/revenue_conversion';
import { countText, moneyText } from '../numbers';
import type { KeyedFunnel } from '../questions/totals';
import { figure, figureWithNumbers, PALETTE } from './chart';
import { funnelTable } from './funnel_table';
import type { ReportData } from './gather';
import { type Html, html } from './html';

export function brandSections({
  period,
  topBrands,
  brands,
  brandDays,
  withoutBrand,
}: ReportData): Html | null {
  if (period === null || topBrands.length === 0) return null;
  const names = topBrands.map(({ key }) => key);
  const [revenue, conversion] = [REVENUE_BY_DAY, CONVERSION_BY_DAY].map((measure) =>
    figureWithNumbers(brandDaysChart(measure, period, names, brandDays, PALETTE), measure.title),
  );
  return html`<section aria-labelledby="brands"><h2 id="brands">Top brands by revenue</h2>
<p class="faint">${topBrands.length} of ${countText(brands)} brands. Events that name no brand, ${countText(withoutBrand.views)} views with a revenue of ${moneyText(withoutBrand.revenue)}, are in no line; elsewhere they are called unknown.</p>
${tableOf('Brand', topBrands)}</section>
<section aria-labelledby="daily"><h2 id="daily">Daily trends of the top brands</h2>
${revenue}
${conversion}</section>
`;
}

export function categorySection({ categories }: ReportData): Html | null {
  if (categories.length === 0) return null;
  return html`<section aria-labelledby="categories"><h2 id="categories">Categories</h2>
${barsOf('categories', categories)}${tableOf('Category', categories)}</section>
`;
}

export function priceBandSection({ priceBands }: ReportData): Html | null {
  if (priceBands.length === 0) return null;
  const bands = [...priceBands].sort((a, b) => byPrice(a.key, b.key));
  return html`<section aria-labelledby="bands"><h2 id="bands">Price bands</h2>
${barsOf('price bands', bands)}${tableOf('Price band', bands)}</section>
`;
}

/** The table beside it has the numbers. */
function barsOf(of: string, all: readonly KeyedFunnel[]): Html {
  return figure(revenueConversionChart(of, all, PALETTE), `Revenue and conversion of ${of}`);
}

function tableOf(of: string, all: readonly KeyedFunnel[]): Html {
  return funnelTable(
    of,
    all.map((funnel) => ({ name: funnel.key, funnel })),
  );
}
